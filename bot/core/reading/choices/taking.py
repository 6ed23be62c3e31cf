"""Taking: how a medicine is taken, told by habit or by lapse instead of an option's words."""

from __future__ import annotations

from bot.core.question import Kind
from bot.core.reading.choices.none import harmless
from bot.core.reading.deeds import other_medicine
from bot.core.reading.denials import Status, status
from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import Stretch, stretches

# The option that stands for each kind of taking is known by one of these words of its own.
MISSED = frozenset(("忘了", "漏了", "forgot", "missed"))
STOPPED = frozenset(("停了", "stopped"))
TAKEN = frozenset(("按时", "按时吃了", "as prescribed", "taken", "on time"))
PLAIN_NO = frozenset(("denial", "no"))
AGAINST = frozenset(("not_a_denial", "hardly", "double_denial", "not_told", "dont_know", "sign"))


def taken_how(text: str, there: list[str], own: OwnWords) -> str | None:
    """The option for 有时候忘 (missed) or "my wife gives me the jab every evening" (taken).

    None when the question is not about taking something, when an option's own words said
    it already (`there`), or when anything speaks against it. "Took one, forgot the other"
    is missed.
    """
    if not own.about_taking:
        return None
    missed, taken = _option(own, MISSED), _option(own, TAKEN)
    if missed is None or taken is None:
        return None
    if there:
        return missed if set(there) == {missed, taken} else None
    parts = stretches(text, own.words)
    lapses = {_lapse(text, part, own) for part in parts} - {""}
    if lapses == {"denied"}:
        plain = all(
            harmless(text, part, own) and not _speaks_against(part, own, PLAIN_NO) for part in parts
        )
        return taken if plain else None
    if lapses:
        stopped = _option(own, STOPPED) or missed
        told = stopped if "stopped" in lapses else missed
        return None if lapses & {"unclear", "denied"} else told
    habits = any(_is_habit(text, part, own) for part in parts)
    return taken if habits and not any(_speaks_against(part, own) for part in parts) else None


def says_a_lapse(value: object, own: OwnWords) -> bool:
    """Whether the value is the option for a missed dose or for a medicine that was stopped."""
    lapses = {_option(own, MISSED), _option(own, STOPPED)} - {None}
    return own.question.kind is Kind.CHOICE and value in lapses


def _option(own: OwnWords, words: frozenset[str]) -> str | None:
    return next((value for value, some in own.phrases.items() if some & words), None)


def _lapse(text: str, part: Stretch, own: OwnWords) -> str:
    """Whether this stretch tells of a missed dose or of a stop: "missed", "stopped" or "".

    "sometimes I forget" is a lapse too: doubt goes up.
    """
    if other_medicine(text[part.start : part.end], own):
        return ""
    said = {
        "stopped" if own.words.holds(hit.phrase, "stop") else "missed": status(
            text, hit, own.words, frozenset()
        )
        for hit in own.words.book("lapse").hits(text, part.start, part.end)
    }
    if not said or part.asked:
        return "unclear" if said else ""
    if set(said.values()) == {Status.DENIED}:
        return "denied"
    if set(said.values()) != {Status.THERE}:
        return "unclear"
    return "stopped" if "stopped" in said else "missed"


def _is_habit(text: str, part: Stretch, own: OwnWords) -> bool:
    """ "he takes it every night": an act of taking that is told as a habit, for the asked drug."""
    said = text[part.start : part.end]
    told = own.words.holds(said, "regular") and own.words.holds(said, "takes")
    return told and not own.words.holds(said, "intended") and not other_medicine(said, own)


def _speaks_against(part: Stretch, own: OwnWords, allowed: frozenset[str] = frozenset()) -> bool:
    kinds = frozenset().union(*(own.words.kinds_of(hit.phrase) for hit in part.hits))
    plain_no = kinds & ({*PLAIN_NO, "only", "later", "almost", "a_little"} - allowed)
    return part.asked or part.but or bool(kinds & AGAINST) or bool(plain_no)
