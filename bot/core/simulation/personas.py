"""Personas: the kinds of invented patients, how they answer, and how many there are.

The shares are assumptions. Every persona has at least one patient, so that the
rare ones are always tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.core.words import Words


@dataclass(frozen=True)
class Illness:
    """A course that goes wrong: what a patient reports from a day after surgery on.

    It shows in any question that has one of these options or names; `fever` and
    `pain_rise` move the numbers. The values describe invented people: they are
    no thresholds, those stand in the pathway.
    """

    id: str
    from_day: int
    lasts_days: int
    options: frozenset[str]
    yes_to: frozenset[str] = frozenset()
    fever: tuple[float, float] | None = None
    pain_rise: int = 0


@dataclass(frozen=True)
class Saying:
    """Own words out of turn, on a day after discharge at a local time."""

    day: int
    at: time
    words: Words
    is_stop: bool = False


@dataclass(frozen=True)
class Persona:
    """One kind of patient. Chances are between 0 and 1, waits are in minutes."""

    id: str
    title: Words
    share: float
    answers: float = 0.97  # answers a check-in by herself
    answers_reminder: float = 0.8  # answers once she has been reminded
    leaves_midway: float = 0.02
    first_wait: tuple[int, int] = (3, 120)
    unclear: float = 1.0  # factor on the chance of an unclear answer
    worries: float = 1.0  # factor on the chance of mild and worrying answers
    caregiver: bool = False
    illness: Illness | None = None
    sayings: tuple[Saying, ...] = ()
    zone: str | None = None
    clock_change: bool = False  # the clocks change a few days after discharge
    moves_to: str | None = None
    moves_on_day: int = 0


def _words(zh: str, en: str) -> Words:
    return Words({"zh": zh, "en": en})


INFECTION: Final = Illness(
    id="infection",
    from_day=6,
    lasts_days=6,
    options=frozenset(
        {"red_spreading", "hot", "more_swollen", "pus", "red", "red_hot", "site_red", "worse"}
        | {"smelly", "discharge", "blood_pus", "ear", "poor"}
    ),
    yes_to=frozenset({"feverish", "child_feverish"}),
    fever=(38.1, 39.0),
    pain_rise=3,
)
CLOT: Final = Illness(
    id="clot",
    from_day=9,
    lasts_days=6,
    options=frozenset({"swelling", "calf_pain", "hot_red", "breath"}),
)
NIGHT_FEVER: Final = Illness(
    id="night_fever",
    from_day=5,
    lasts_days=3,
    options=frozenset({"rigors"}),
    yes_to=frozenset({"feverish", "child_feverish"}),
    fever=(38.6, 39.4),
)

_ASKS: Final = (
    ("刀口痒是正常的吗？", "Is it normal that the wound itches?"),
    ("我能洗头吗？", "May I wash my hair?"),
    ("我还是有点担心，什么时候复查？", "I am still a bit worried. When is my next visit?"),
    ("晚上睡不好怎么办？", "I do not sleep well. What can I do?"),
)
TALK: Final = tuple(
    Saying(day, time(10 + 2 * turn, 15), _words(*_ASKS[(day + turn) % len(_ASKS)]))
    for day in range(1, 11)
    for turn in range(3)
)

PERSONAS: Final = (
    Persona("steady_recoverer", _words("平稳恢复", "steady recoverer"), 0.55),
    Persona(
        "needs_a_reminder",
        _words("提醒了才答", "answers when reminded"),
        0.12,
        answers=0.3,
        answers_reminder=0.9,
    ),
    Persona(
        "worried_talker",
        _words("担心、话多", "worried talker"),
        0.08,
        unclear=4.0,
        worries=2.0,
        sayings=TALK,
    ),
    Persona(
        "silent_elder",
        _words("不回消息的老人", "silent elder"),
        0.07,
        answers=0.15,
        answers_reminder=0.2,
        leaves_midway=0.2,
        first_wait=(60, 400),
    ),
    Persona(
        "son_answers",
        _words("儿子代答", "son answers"),
        0.05,
        answers=0.85,
        first_wait=(30, 600),
        unclear=3.0,
        caregiver=True,
    ),
    Persona(
        "infection_day_6", _words("第 6 天感染", "infection on day 6"), 0.04, illness=INFECTION
    ),
    Persona("clot_day_9", _words("第 9 天血栓", "clot on day 9"), 0.01, illness=CLOT),
    Persona(
        "fever_at_3",
        _words("凌晨三点发烧", "fever at 03:00"),
        0.02,
        illness=NIGHT_FEVER,
        sayings=(
            Saying(
                4,
                time(3),
                _words("我发烧了，39.1度，冷得发抖", "I have a fever of 39.1 and I am shivering"),
            ),
        ),
    ),
    Persona(
        "stop_on_day_2",
        _words("回家第 2 天退订", "STOP on day 2 at home"),
        0.02,
        sayings=(Saying(2, time(11), _words("退订", "STOP"), is_stop=True),),
    ),
    Persona(
        "clock_change",
        _words("夏令时切换", "clock change"),
        0.02,
        zone="Europe/London",
        clock_change=True,
    ),
    Persona(
        "moves_zone",
        _words("换时区", "moves to another time zone"),
        0.02,
        moves_to="America/New_York",
        moves_on_day=4,
    ),
)

EXPLORER: Final = Persona(
    "explorer",
    _words("探路者", "explorer"),
    0.0,
    answers=1.0,
    leaves_midway=0.0,
    unclear=0.0,
    worries=0.0,
)


def shares(patients: int) -> tuple[tuple[Persona, int], ...]:
    """How many of each: by share, the rest to those who recover steadily, at least one each.

    With fewer patients than personas, the last personas of the list go without.
    """
    counts = [max(1, int(one.share * patients)) for one in PERSONAS]
    while sum(counts) > patients:
        largest = max(range(len(counts)), key=lambda index: (counts[index], index))
        counts[largest] -= 1
    counts[0] += patients - sum(counts)
    return tuple((one, count) for one, count in zip(PERSONAS, counts, strict=True) if count)
