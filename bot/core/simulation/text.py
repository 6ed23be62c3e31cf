"""Text: a simulation's report as a page to read, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

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
    return PAGE[language]["head"].format(
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
    yield words["minutes"].format(**minutes)
    yield words["dates"].format(
        start=taken["first_surgery_on"],
        zone=taken["zone"],
        first=taken["days_in_hospital"][0],
        last=taken["days_in_hospital"][1],
        tiers=", ".join(f"{tier} {share:.0%}" for tier, share in taken["tiers"].items()),
    )
    yield words["chances"].format(
        **{name: f"{chance:.1%}" for name, chance in taken["chance_per_question"].items()}
    )
    personas = (f"{one['title'][language]} {one['patients']}" for one in found["personas"])
    yield words["personas"].format(personas=words["joint"].join(personas))
    yield words["not_simulated"]


def _check_ins(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    counts = found["check_ins"]
    yield words["counts"].format(**counts)
    if counts["overtaken"]:
        plans = (
            f"{plan} {ends['overtaken']}"
            for plan, ends in counts["by_plan"].items()
            if ends["overtaken"]
        )
        yield words["overtaken"].format(**counts, plans=words["joint"].join(plans))
    if counts["outside_window"]:
        yield words["outside_window"].format(**counts)


def _messages(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    messages = found["messages"]
    yield words["unasked"].format(**messages["unasked"])
    yield words["all"].format(**messages["all"])
    yield words["night"].format(**messages)
    yield words["nudges"].format(**messages)


def _reached(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    for kind in ("check_ins", "questions", "rules"):
        part = found["reached"][kind]
        by_patients = part["by_patients"]
        total = len(by_patients) + len(part["by_explorers_only"]) + len(part["never"])
        yield words["reached"].format(
            kind=words[f"kind_{kind}"], reached=len(by_patients), total=total
        )
        named = words["joint"].join(f"{name} {count}" for name, count in by_patients.items())
        yield f"    {named}"
        if part["by_explorers_only"]:
            names = words["joint"].join(part["by_explorers_only"])
            yield "    " + words["by_explorers_only"].format(names=names)
        for name, why in part["why_never"].items():
            yield "    " + words["never"].format(name=name, why=words[f"why_{why}"])


def _alerts(found: Mapping[str, Any], words: Mapping[str, str], language: str) -> Iterator[str]:
    alerts = found["alerts"]
    per_100 = alerts["per_100_patients"]
    for level, count in alerts["per_level"].items():
        yield words["level_line"].format(
            level=words[f"level_{level}"], count=count, per_100=per_100[level]
        )
    for kind, levels in alerts["per_kind"].items():
        yield words["kind_line"].format(kind=words[f"alert_{kind}"], count=sum(levels.values()))
    yield words["joined"].format(count=alerts["joined_signs"])
    titles = {one["id"]: one["title"][language] for one in found["personas"]}
    for one in found["noticed"]:
        key = "noticed" if one["noticed"] else "not_noticed"
        yield words[key].format(**{**one, "persona": titles[one["persona"]]})
    often = (f"{one['code'] or one['kind']} {one['alerts']}" for one in alerts["most_frequent"])
    yield words["often"].format(names=words["joint"].join(often))


def _forecast(found: Mapping[str, Any], words: Mapping[str, str], _language: str) -> Iterator[str]:
    forecast = found["forecast"]
    yield words["ward"].format(operations=f"{forecast['operations_per_week']:g}")
    for row in forecast["by_week"]:
        yield words["week"].format(week=row["week"], minutes=row["nurse_minutes"], **row["alerts"])
    full = forecast["every_week_once_full"]
    yield words["full"].format(minutes=full["nurse_minutes"], **full["alerts"])


def _transcripts(
    found: Mapping[str, Any], words: Mapping[str, str], language: str
) -> Iterator[str]:
    titles = {one["id"]: one["title"][language] for one in found["personas"]}
    for one in found["transcripts"]:
        yield words["scene"].format(
            persona=titles[one["persona"]], patient=one["patient"], tier=one["tier"]
        )
        for line in one["lines"]:
            day = words["day"].format(day=line["day"])
            yield f"    {day} {line['at'][11:]:5} {MARKS[line['who']]} {line['text']}".rstrip()
