"""Transcript: for each persona the scene that shows best what she is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.core.simulation.diary import Diary, Line, Speaker

MOST_LINES: Final = 14
HEAD: Final = 4
MOST_ALERTS: Final = 2
BEFORE_ALERT, AFTER_ALERT = 3, 1
LONGEST: Final = 120


def transcripts(diaries: Iterable[Diary]) -> list[dict[str, Any]]:
    """One short scene per persona, of the patient to whom most happened."""
    told: dict[str, tuple[int, Diary]] = {}
    for diary in diaries:
        persona = diary.person.persona.id
        weight = max((_weight(scene, diary) for scene in diary.scenes), default=0)
        if persona not in told or weight > told[persona][0]:
            told[persona] = (weight, diary)
    return [_transcript(persona, diary) for persona, (_, diary) in told.items()]


def _transcript(persona: str, diary: Diary) -> dict[str, Any]:
    scene = max(diary.scenes, key=lambda one: _weight(one, diary), default=[])
    kept = _kept(scene)
    lines: list[dict[str, Any]] = []
    for number, index in enumerate(kept):
        if number and index != kept[number - 1] + 1:
            lines.append({"day": scene[index].day, "at": "", "who": "", "text": "…"})
        lines.append(_line(scene[index]))
    return {
        "persona": persona,
        "patient": diary.person.number,
        "tier": diary.person.tier,
        "left_out": len(scene) - len(kept),
        "lines": lines,
    }


def _kept(scene: list[Line]) -> list[int]:
    """The beginning, what led to the first alerts and what came of it, and the end."""
    if len(scene) <= MOST_LINES:
        return list(range(len(scene)))
    alerts = [index for index, line in enumerate(scene) if line.who is Speaker.NURSE]
    kept = {*range(HEAD), len(scene) - 1}
    for index in alerts[:MOST_ALERTS]:
        kept |= set(range(index - BEFORE_ALERT, index + AFTER_ALERT + 1))
    if not alerts:
        kept |= set(range(len(scene) - HEAD, len(scene)))
    return sorted(index for index in kept if 0 <= index < len(scene))


def _weight(scene: list[Line], diary: Diary) -> int:
    """Alerts first; then, for a persona with words or an illness of her own, what she says."""
    alerts = sum(line.who is Speaker.NURSE for line in scene)
    own_words = {saying.words.say(diary.language) for saying in diary.person.persona.sayings}
    spoke = any(line.text in own_words for line in scene)
    ill = diary.person.persona.illness
    in_illness = bool(
        ill and scene and ill.from_day <= scene[0].day < ill.from_day + ill.lasts_days
    )
    return 100 * spoke + 50 * (in_illness and alerts > 0) + 10 * min(alerts, 3) + bool(scene)


def _line(line: Line) -> dict[str, Any]:
    text = " ".join(line.text.split())
    return {
        "day": line.day,
        "at": f"{line.at:%Y-%m-%d %H:%M}",
        "who": line.who.value,
        "text": text if len(text) <= LONGEST else text[: LONGEST - 1] + "…",
    }
