"""Check the words: long buttons, long sentences, wrong blanks, wrong script, false comfort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.core.words import Words
from bot.pathfiles.findings import Finding, Severity, did_you_mean
from bot.pathfiles.load import Read
from bot.pathfiles.look import Look
from bot.pathfiles.phrase_keys import PHRASE_KEYS

Path = tuple[str, ...]
# What fits on a button of a chat on a small phone.
LONGEST_BUTTON: Final = {"zh": 14, "en": 30}
# One question is one thought; advice may have a few sentences.
LONGEST_QUESTION: Final = {"zh": 60, "en": 140}
LONGEST_ADVICE: Final = {"zh": 160, "en": 420}
TELL_BLANKS: Final = frozenset({"emergency", "crisis"})
LEVEL_BLANKS: Final = frozenset({"emergency", "crisis", "nurse"})
BLANK: Final = re.compile(r"\{(\w*)\}")
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
LATIN: Final = re.compile(r"[A-Za-z]{2}")
# Words that promise what a chatbot cannot know (hazard H03).
COMFORT: Final = {
    "zh": (
        *("放心", "不用担心", "不要担心", "没事的", "很安全"),
        *("是正常的", "属于正常", "正常现象", "没有问题", "不要紧"),
    ),
    "en": (
        *("you are safe", "you're safe", "nothing to worry", "don't worry", "do not worry"),
        *("is normal", "are normal", "perfectly normal", "no need to worry", "you are fine"),
    ),
}


def check_words(look: Look) -> None:
    """Every sentence of one pathway that a person reads."""
    pathway = look.pathway
    for question in pathway.questions.values():
        path = ("questions", question.id)
        _sentence(look, path, question.ask, LONGEST_QUESTION, "question_too_long")
        for words in (question.why, question.help, question.name):
            if words is not None:
                _sentence(look, path, words, LONGEST_ADVICE, "sentence_too_long")
        for option in question.options:
            _button(look, (*path, option.value), option.words)
            for language, phrases in option.also.items():
                _script(look, (*path, option.value), language, " ".join(phrases))
    for rule in pathway.rules:
        path = ("rules", rule.id)
        _advice(look, (*path, "tell"), rule.tell)
        _sentence(look, path, rule.reason, LONGEST_ADVICE, "sentence_too_long")
    for plan in pathway.check_ins:
        if plan.intro is not None:
            path = ("check_ins", plan.id)
            _sentence(look, path, plan.intro, LONGEST_ADVICE, "sentence_too_long")
    for taught in pathway.teaching:
        path = ("teaching", taught.id)
        _advice(look, path, taught.words)
    for reminder in pathway.reminders:
        path = ("reminders", reminder.id)
        _advice(look, path, reminder.words)
    for topic, words in pathway.answers.items():
        _advice(look, ("answers", topic), words)


def _advice(look: Look, path: Path, words: Words) -> None:
    """A few sentences that may name the emergency number."""
    _sentence(look, path, words, LONGEST_ADVICE, "sentence_too_long", TELL_BLANKS)


def _sentence(
    look: Look,
    path: Path,
    words: Words,
    longest: dict[str, int],
    kind: str,
    blanks: frozenset[str] = frozenset(),
) -> None:
    name = ".".join(path)
    for language, said in words.by_language.items():
        if len(said) > longest[language]:
            what = f"{name} ({language}) has {len(said)} characters, at most {longest[language]}"
            look.warn(path, kind, what, "Say it shorter")
        _script(look, path, language, said)
        if comfort := _comfort(language, said):
            look.note(
                path,
                "false_comfort",
                f"{name} ({language}) says '{comfort}'",
                "Never promise that all is well; say what to do if it gets worse",
            )
    for what, hint in _blank_mistakes(words, blanks):
        look.note(path, "wrong_blank", f"{name}: {what}", hint)


def _button(look: Look, path: Path, words: Words) -> None:
    for language, said in words.by_language.items():
        if len(said) > LONGEST_BUTTON[language]:
            what = (
                f"button '{said}' of {'.'.join(path[1:])} ({language}) has {len(said)} characters"
            )
            look.note(
                path,
                "button_too_long",
                what,
                f"At most {LONGEST_BUTTON[language]} fit on a small phone",
            )
        _script(look, path, language, said)


def _script(look: Look, path: Path, language: str, said: str) -> None:
    """Chinese in the English line, or English only in the Chinese one: swapped."""
    if language == "en" and HAN.search(said):
        what = f"{'.'.join(path)} (en) contains Chinese: '{said[:30]}'"
        look.note(path, "wrong_language", what, "Are zh and en swapped?")
    if language == "zh" and LATIN.search(BLANK.sub("", said)) and not HAN.search(said):
        what = f"{'.'.join(path)} (zh) contains no Chinese: '{said[:30]}'"
        look.note(path, "wrong_language", what, "Are zh and en swapped?")


def _comfort(language: str, said: str) -> str:
    low = said.casefold()
    return next((one for one in COMFORT.get(language, ()) if one in low), "")


def _blank_mistakes(words: Words, allowed: frozenset[str]) -> Iterator[tuple[str, str]]:
    found = {language: set(BLANK.findall(said)) for language, said in words.by_language.items()}
    for language, names in found.items():
        for name in sorted(names - allowed):
            hint = did_you_mean(name, allowed) if allowed else "No blanks are filled here"
            yield f"the blank {{{name}}} ({language}) will not be filled", hint
        loose = BLANK.sub("", words.by_language[language])
        if "{" in loose or "}" in loose:
            yield f"a loose brace in '{language}'", "Write {emergency} with both braces"
    everywhere = set.union(*found.values()) if found else set()
    for language, names in found.items():
        if lost := (everywhere & allowed) - names:
            yield f"{{{sorted(lost)[0]}}} is missing in '{language}'", "Both languages say the same"


def check_shared_words(read: Read) -> list[Finding]:
    """The phrases and the words of the levels: blanks, false comfort, wrong language."""
    findings: list[Finding] = []
    shared = read.library.shared
    for key, words in shared.phrases.by_key.items():
        findings += _shared(read, ("phrases", key), words, PHRASE_KEYS.get(key, frozenset()))
    for level, policy in shared.levels.items():
        path = ("levels", level.word)
        findings += _shared(read, path, policy.tell_patient, TELL_BLANKS)
        findings += _shared(read, path, policy.told_has_nurse, LEVEL_BLANKS)
    findings += _shared(read, ("consent",), shared.consent.words, TELL_BLANKS)
    for key, words in shared.quick_replies.items():
        findings += _shared(read, ("quick_replies", key), words, TELL_BLANKS)
    return findings


def _shared(read: Read, path: Path, words: Words, blanks: frozenset[str]) -> list[Finding]:
    spot = read.places["shared", *path]
    name = ".".join(path)
    notes = [
        ("wrong_blank", f"{name}: {what}", hint) for what, hint in _blank_mistakes(words, blanks)
    ]
    for language, said in words.by_language.items():
        if comfort := _comfort(language, said):
            hint = "Never promise that all is well; say what to do if it gets worse"
            notes.append(("false_comfort", f"{name} ({language}) says '{comfort}'", hint))
        is_button = path[0] == "phrases" and "button_" in path[1]
        if is_button and len(said) > LONGEST_BUTTON[language]:
            hint = f"At most {LONGEST_BUTTON[language]} fit on a small phone"
            notes.append(("button_too_long", f"button '{said}' ({language}) is too long", hint))
    return [
        Finding(spot.file, spot.line, spot.column, kind, what, hint, Severity.ERROR)
        for kind, what, hint in notes
    ]
