"""Text: a simulation's report as a page to read, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.core.plurals import fill_in
from bot.core.simulation.page_words import PAGE

MARKS: Final = {"chatbot": "<", "patient": ">", "caregiver": ">", "nurse": "!", "": " "}


def as_text(found: Mapping[str, Any], language: str = "en") -> str:
    """The whole report as lines of text."""
    lines = [head(found, language), PAGE[language]["invented"]]
    for _, title, told in parts(found, language):
        lines += ["", title, *told]
    return "\n".join(lines) + "\n"


def head(found: Mapping[str, Any], language: str) -> str:
    """Which pathway, with how many patients, for how long."""
    return fill_in(
        PAGE[language]["head"],
        title=found["title"][language],
        name=found["pathway"],
        version=found["version"],
        patients=found["patients"],
        days=found["days"],
        seed=found["seed"],
    )


def parts(found: Mapping[str, Any], language: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each part of the report: its key, its title, and its lines."""
    words = PAGE[language]
    for key, part in (
        ("assumptions", _assumptions),
        ("check_ins", _check_ins),
        ("messages", _messages),
        ("reached", _reached),
        ("alerts", _alerts),
        ("forecast", _forecast),
        ("transcripts", _transcripts),
    ):
        yield key, words[f"title_{key}"], list(part(found, words, language))


def _assumptions(
    found: Mapping[str, Any], words: Mapping[str, str], language: str
) -> Iterator[str]:
    taken = found["assumptions"]
    minutes = taken["nurse_minutes"]
    yield fill_in(words["minutes"], **minutes)
    yield fill_in(
        words["dates"],
        start=taken["first_surgery_on"],
        zone=taken["zone"],
        first=taken["days_in_hospital"][0],
        last=taken["days_in_hospital"][1],
        tiers=", ".join(f"{tier} {share:.0%}" for tier, share in taken["tiers"].items()),
    )
    yield fill_in(
        words["chances"],
        **{name: f"{chance:.1%}" for name, chance in taken["chance_per_question"].items()},
    )
    personas = (f"{one['title'][language]} {one['patients']}" for one in found["personas"])
    yield fill_in(words["personas"], personas=words["joint"].join(personas))
    yield words["not_simulated"]


def _check_ins(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    counts = found["check_ins"]
    yield fill_in(words["counts"], **counts)
    if counts["overtaken"]:
        plans = (
            f"{plan} {ends['overtaken']}"
            for plan, ends in counts["by_plan"].items()
            if ends["overtaken"]
        )
        yield fill_in(words["overtaken"], **counts, plans=words["joint"].join(plans))
    if counts["outside_window"]:
        yield fill_in(words["outside_window"], **counts)


def _messages(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    messages = found["messages"]
    yield fill_in(words["unasked"], **messages["unasked"])
    yield fill_in(words["all"], **messages["all"])
    yield fill_in(words["night"], **messages)
    yield fill_in(words["nudges"], **messages)


def _reached(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    for kind in ("check_ins", "questions", "rules"):
        part = found["reached"][kind]
        by_patients = part["by_patients"]
        total = len(by_patients) + len(part["by_explorers_only"]) + len(part["never"])
        yield fill_in(
            words["reached"], kind=words[f"kind_{kind}"], reached=len(by_patients), total=total
        )
        named = words["joint"].join(f"{name} {count}" for name, count in by_patients.items())
        yield f"    {named}"
        if part["by_explorers_only"]:
            names = words["joint"].join(part["by_explorers_only"])
            yield "    " + fill_in(words["by_explorers_only"], names=names)
        for name, why in part["why_never"].items():
            yield "    " + fill_in(words["never"], name=name, why=words[f"why_{why}"])


def _alerts(found: Mapping[str, Any], words: Mapping[str, str], language: str) -> Iterator[str]:
    alerts = found["alerts"]
    per_100 = alerts["per_100_patients"]
    for level, count in alerts["per_level"].items():
        yield fill_in(
            words["level_line"], level=words[f"level_{level}"], count=count, per_100=per_100[level]
        )
    for kind, levels in alerts["per_kind"].items():
        yield fill_in(words["kind_line"], kind=words[f"alert_{kind}"], count=sum(levels.values()))
    yield fill_in(words["joined"], count=alerts["joined_signs"])
    titles = {one["id"]: one["title"][language] for one in found["personas"]}
    for one in found["noticed"]:
        key = "noticed" if one["noticed"] else "not_noticed"
        yield fill_in(words[key], **{**one, "persona": titles[one["persona"]]})
    often = (f"{one['code'] or one['kind']} {one['alerts']}" for one in alerts["most_frequent"])
    yield fill_in(words["often"], names=words["joint"].join(often))


def _forecast(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    forecast = found["forecast"]
    yield fill_in(words["ward"], operations=forecast["operations_per_week"])
    for row in forecast["by_week"]:
        yield fill_in(
            words["week"], week=row["week"], minutes=row["nurse_minutes"], **row["alerts"]
        )
    full = forecast["every_week_once_full"]
    yield fill_in(words["full"], minutes=full["nurse_minutes"], **full["alerts"])


def _transcripts(
    found: Mapping[str, Any], words: Mapping[str, str], language: str
) -> Iterator[str]:
    titles = {one["id"]: one["title"][language] for one in found["personas"]}
    for one in found["transcripts"]:
        yield fill_in(
            words["scene"], persona=titles[one["persona"]], patient=one["patient"], tier=one["tier"]
        )
        for line in one["lines"]:
            day = fill_in(words["day"], day=line["day"])
            yield f"    {day} {line['at'][11:]:5} {MARKS[line['who']]} {line['text']}".rstrip()
