"""Read pathways/shared: levels, emergency numbers, phrases, sources, consent, quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Final

from bot.core.shared import (
    CallBackPolicy,
    ConsentText,
    EmergencyNumbers,
    LevelPolicy,
    Phrases,
    QuietHours,
    Shared,
    Source,
)
from bot.core.takeover import TakeoverPolicy
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.pathfiles.desk import Desk, at
from bot.pathfiles.findings import Severity
from bot.pathfiles.phrase_keys import PHRASE_KEYS
from bot.pathfiles.shipped import shipped
from bot.pathfiles.spots import Spot

OWNER: Final = "shared"
EMPTY: Final = Words({"zh": "", "en": ""})
ROTAS: Final = ("first", "second", "charge")
READ: Final = ("full", "part", "seed", "none")


def read_shared(desk: Desk, files: Mapping[str, Spot]) -> Shared:
    """The shared part of the library; `files` maps a file's stem to its content."""
    levels = files.get("levels")
    needs = ("levels", "quiet_hours", "takeover", "call_back")
    parts = desk.block(levels, "levels.yml", needs=needs, may=())
    quiet = desk.hours(parts.get("quiet_hours"), "quiet_hours") or (time(21), time(8))
    return Shared(
        levels=_levels(desk, parts.get("levels")),
        emergency=_emergency(desk, files.get("emergency_numbers")),
        phrases=_phrases(desk, files.get("phrases")),
        sources=_sources(desk, files.get("sources")),
        consent=_consent(desk, files.get("consent")),
        quiet=QuietHours(*quiet),
        takeover=_takeover(desk, parts.get("takeover")),
        call_back=_call_back(desk, parts.get("call_back")),
        quick_replies=_quick_replies(desk, files.get("quick_replies")),
    )


def _levels(desk: Desk, spot: Spot | None) -> dict[TriageLevel, LevelPolicy]:
    known = [level.word for level in TriageLevel]
    entries = desk.block(spot, "levels", needs=known, may=())
    return {
        TriageLevel.from_word(name): _policy(desk, TriageLevel.from_word(name), entry)
        for name, entry in entries.items()
    }


def _policy(desk: Desk, level: TriageLevel, spot: Spot) -> LevelPolicy:
    what = f"level {level.word}"
    desk.mark(spot, OWNER, "levels", level.word)
    times = ("acknowledge_within", "step_every", "outcome_within", "rotas")
    needs = (*times, "source") if level.needs_nurse else ()
    parts = desk.block(
        spot, what, needs=("tell_patient", "told_has_nurse", *needs), may=(*times, "source", "note")
    )
    rotas = parts.get("rotas")
    return LevelPolicy(
        level=level,
        acknowledge_within=desk.duration(parts.get("acknowledge_within"), what),
        step_every=desk.duration(parts.get("step_every"), what),
        rotas=tuple(
            desk.one_of(item, f"a rota of {what}", ROTAS, ROTAS[0]) for item in rotas.items or ()
        )
        if rotas is not None
        else (),
        outcome_within=desk.duration(parts.get("outcome_within"), what),
        tell_patient=desk.words(parts.get("tell_patient"), f"tell_patient of {what}") or EMPTY,
        told_has_nurse=desk.words(parts.get("told_has_nurse"), f"told_has_nurse of {what}")
        or EMPTY,
        source=desk.texts(parts.get("source"), f"source of {what}"),
        note=desk.text(parts.get("note"), f"note of {what}"),
    )


def _takeover(desk: Desk, spot: Spot | None) -> TakeoverPolicy:
    """How long a nurse who leads a chat may be silent."""
    times = ("remind_after", "go_up_after", "hand_back_after")
    parts = desk.block(spot, "takeover", needs=(*times, "note"), may=())
    desk.text(parts.get("note"), "note of takeover")
    read = [desk.duration(parts.get(one), f"{one} of takeover") for one in times]
    return TakeoverPolicy(*(one or timedelta(minutes=15) for one in read))


def _call_back(desk: Desk, spot: Spot | None) -> CallBackPolicy:
    """How soon an unhappy patient hears from a nurse, and has a solution."""
    needs = ("answer_within", "solve_within", "source", "note")
    parts = desk.block(spot, "call_back", needs=needs, may=())
    desk.text(parts.get("note"), "note of call_back")
    answer = desk.duration(parts.get("answer_within"), "answer_within of call_back")
    solve = desk.duration(parts.get("solve_within"), "solve_within of call_back")
    source = desk.texts(parts.get("source"), "source of call_back")
    return CallBackPolicy(answer or timedelta(hours=1), solve or timedelta(hours=24), source)


def _quick_replies(desk: Desk, spot: Spot | None) -> dict[str, Words]:
    """What a nurse who leads a chat can say with one press, in the patient's language."""
    replies: dict[str, Words] = {}
    for key, entry in desk.named(spot, "quick_replies").items():
        desk.mark(entry, OWNER, "quick_replies", key)
        replies[key] = desk.words(entry, f"quick reply {key}") or EMPTY
    return replies


def _emergency(desk: Desk, spot: Spot | None) -> dict[str, EmergencyNumbers]:
    root = desk.block(spot, "emergency_numbers.yml", needs=("countries",), may=())
    numbers: dict[str, EmergencyNumbers] = {}
    countries = root.get("countries")
    for country, entry in (countries.entries or {}).items() if countries else ():
        what = f"country {country}"
        desk.mark(entry, OWNER, "emergency", country)
        if not (len(country) == 2 and country.isupper()):
            desk.note(entry, "bad_id", f"'{country}' is not a country", "Two letters, such as CN")
        parts = desk.block(
            entry,
            what,
            needs=("emergency", "crisis", "verified_on", "source"),
            may=("other",),
        )
        numbers[country] = EmergencyNumbers(
            country=country,
            emergency=desk.text(parts.get("emergency"), f"emergency of {what}"),
            crisis=desk.text(parts.get("crisis"), f"crisis of {what}"),
            verified_on=_verified(desk, parts.get("verified_on"), f"verified_on of {what}"),
            source=desk.text(parts.get("source"), f"source of {what}"),
            other=desk.text(parts.get("other"), f"other of {what}"),
        )
    return numbers


def _verified(desk: Desk, spot: Spot | None, what: str) -> date | None:
    return None if spot is None or spot.text == "never" else desk.day(spot, what)


def _phrases(desk: Desk, spot: Spot | None) -> Phrases:
    phrases: dict[str, Words] = {}
    for key, entry in desk.named(spot, "phrases").items():
        desk.mark(entry, OWNER, "phrases", key)
        phrases[key] = desk.words(entry, f"phrase {key}") or EMPTY
        if key not in PHRASE_KEYS and spot is not None:
            desk.note(
                at(spot, key),
                "unknown_phrase",
                f"nothing ever says the phrase '{key}'",
                "Remove it, or look for the right key in bot/pathfiles/phrase_keys.py",
            )
    for key in PHRASE_KEYS:
        if key not in phrases and spot is not None:
            phrases[key] = _lent(desk, spot, key)
    return Phrases(phrases)


def _lent(desk: Desk, spot: Spot, key: str) -> Words:
    """A phrase that this copy lacks: the software's own, where it came with one."""
    lent = desk.words(shipped("phrases.yml").get(key), f"phrase {key}")
    if lent is None:
        desk.note(spot, "missing_phrase", f"the phrase '{key}' is missing", "Add it")
        return EMPTY
    desk.mark(spot, OWNER, "phrases", key)
    what = f"the phrase '{key}' is missing, and the software's own stands in"
    hint = "Copy its line from pathways/shared/phrases.yml of this software"
    desk.note(spot, "missing_phrase", what, hint, Severity.WARNING)
    return lent


def _sources(desk: Desk, spot: Spot | None) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for name, entry in (spot.entries or {}).items() if spot is not None else ():
        what = f"source {name}"
        parts = desk.block(entry, what, needs=("title", "read"), may=("address",))
        sources[name] = Source(
            id=name,
            title=desk.text(parts.get("title"), f"title of {what}"),
            address=desk.text(parts.get("address"), f"address of {what}"),
            read=desk.one_of(parts.get("read"), f"read of {what}", READ, "none"),
        )
    return sources


def _consent(desk: Desk, spot: Spot | None) -> ConsentText:
    parts = desk.block(spot, "consent.yml", needs=("version", "say"), may=())
    if "say" in parts:
        desk.mark(parts["say"], OWNER, "consent")
    return ConsentText(
        version=desk.text(parts.get("version"), "version of the consent"),
        words=desk.words(parts.get("say"), "say of the consent") or EMPTY,
    )
