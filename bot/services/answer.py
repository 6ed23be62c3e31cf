"""Answer: one message inside a check-in - read it, store it, weigh it, go on.

Nothing that was not understood is ever stored as "no": after two failed readings
the words are kept, marked not understood, and a nurse looks at them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.asking import is_question
from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import ButtonPress, Conversation, Inbound
from bot.core.pathway import open_questions
from bot.core.question import Kind, Question
from bot.core.reading import Outcome, Reading, read_many
from bot.core.reading.wishes import without_wish
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said, ask_question, next_open
from bot.services.call_back import call_back_if_unhappy
from bot.services.facts import facts_of
from bot.services.finish_check_in import finish_check_in
from bot.services.hard_talk import WITH_TASK
from bot.services.no_words import not_words
from bot.services.outbox import fill, phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.postpone import postpone
from bot.services.record_answer import Given, record_answer, value_words
from bot.services.reread import answered_by_original, nurse_reads_edit, reread
from bot.services.talk import PERSON, SURE, is_talk, talk
from bot.services.weigh import weigh
from bot.services.whom import Whom

MOST_READINGS = 2
KEPT_OPEN = (Outcome.DONT_KNOW, Outcome.REFUSED)


class _Scene:
    """The message and everything around it; lives for one transaction."""

    def __init__(
        self,
        tx: Transaction,
        parts: Parts,
        chat: Conversation,
        who: Whom,
        message: Inbound,
        check_in: CheckIn,
    ) -> None:
        self.tx, self.parts, self.chat, self.who = tx, parts, chat, who
        self.message, self.check_in = message, check_in
        self.before = facts_of(tx, who, check_in, parts.clock.now())
        asked = who.pathway.questions.get(check_in.current_question or "")
        self.current = asked if asked and asked.id not in self.before.answers else None
        self.current = self.current or next_open(tx, parts, who, check_in, before=self.before)

    def say(self, key: str, **values: object) -> Said:
        return Said(phrase(self.parts, key, self.chat.language, **values))


def hear_in_check_in(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    check_in: CheckIn,
    understood_as: tuple[str, float],
) -> list[Said]:
    """What to say to one message while a check-in is open, the next question included."""
    if check_in.postponed_until is not None:
        # She came back by herself, so the check-in no longer waits.
        back = replace(check_in, postponed_until=None)
        tx.check_ins.swap(check_in, back)
        check_in = back
    scene = _Scene(tx, parts, chat, who, message, check_in)
    press = tx.buttons.get(message.button) if message.button else None
    if message.button:
        said = _pressed(scene, press)
    elif message.edited:
        said = _edited(scene)
    else:
        said = _typed(scene, *understood_as)
    return said + _go_on(scene)


def _edited(scene: _Scene) -> list[Said]:
    """An edited message corrects what its first version answered, or a nurse reads it."""
    pathway = scene.who.pathway
    standing = answered_by_original(scene.tx, scene.message, scene.check_in)
    ids = dict.fromkeys(one.question_id for one in standing if one.question_id in pathway.questions)
    questions = [pathway.questions[id] for id in ids]
    found = (
        reread(scene.parts, scene.who, scene.message, questions, scene.chat.language)
        if questions
        else {}
    )
    if found:
        return _store(scene, found)
    nurse_reads_edit(scene.tx, scene.parts, scene.who, scene.message)
    return [scene.say("edited_noted")]


def _pressed(scene: _Scene, press: ButtonPress | None) -> list[Said]:
    """A tap: it stands for exactly one value of one question of this check-in."""
    payload: dict[str, Any] = press.payload if press else {}
    question = scene.who.pathway.questions.get(payload.get("question_id", ""))
    if (
        press is None
        or press.conversation_id != scene.chat.id
        or payload.get("check_in_id") != scene.check_in.id
        or question is None
    ):
        return [scene.say("stale_button")]
    if press.used_at is None:
        scene.tx.buttons.swap(press, replace(press, used_at=scene.parts.clock.now()))
    if "outcome" in payload:
        return _left_open(scene, question, Reading(Outcome(payload["outcome"]), span=press.title))
    value = payload["value"]
    if question.kind is Kind.CHOICES:
        value = _several(scene, question, tuple(value))
    if scene.before.answers.get(question.id) == value:
        return []  # the same tap again
    reading = Reading(
        Outcome.UNDERSTOOD,
        value=value,
        unit=question.unit,
        span=press.title,
        correction=question.id in scene.before.answers and question.kind is not Kind.CHOICES,
    )
    said = _store(scene, {question.id: reading})
    if question.kind is Kind.CHOICES and value != ("none",) and not said:
        words = value_words(scene.parts, question, value, scene.chat.language)
        said = [scene.say("answers_noted", items=words)]
    return said


def _several(scene: _Scene, question: Question, tapped: tuple[str, ...]) -> tuple[str, ...]:
    """A further tap on a question with several choices adds to the earlier ones."""
    earlier = scene.before.answers.get(question.id)
    if not isinstance(earlier, tuple) or "none" in tapped or "none" in earlier:
        return tapped
    return tuple(dict.fromkeys((*earlier, *tapped)))


def _typed(scene: _Scene, intent: str, confidence: float) -> list[Said]:
    """Own words: read them for the question asked and for every other one."""
    current = scene.current
    if current is None:
        return _talk(scene, intent, confidence)
    readings = _read(scene, current)
    found = {id: one for id, one in readings.items() if one.understood}
    asked = readings.get(current.id, Reading(Outcome.NOT_UNDERSTOOD))
    aside = _aside(scene, intent, confidence)
    if found:
        return _store(scene, found) + aside
    if intent == PERSON or _asks_who_we_are(scene, intent, confidence):
        return _talk(scene, intent, confidence)
    if asked.outcome is Outcome.WHY:
        why = current.why
        return [
            Said(fill(scene.parts, why, scene.chat.language)) if why else scene.say("why_default")
        ]
    if asked.outcome is Outcome.LATER or _says_later(asked, intent, confidence):
        return postpone(scene.tx, scene.parts, scene.chat, scene.who, scene.check_in)
    if asked.outcome in KEPT_OPEN:
        return _left_open(scene, current, asked)
    if asked.outcome is Outcome.WEARY and _only_weary(scene, intent, confidence):
        return _not_yet(scene, current, asked, intent, confidence)
    if aside:
        return aside
    if is_talk(intent, confidence) or _screened(scene):
        return _talk(scene, intent, confidence)
    return _not_yet(scene, current, asked, intent, confidence)


def _talk(scene: _Scene, intent: str, confidence: float) -> list[Said]:
    return talk(scene.tx, scene.parts, scene.chat, scene.who, scene.message, intent, confidence)


def _says_later(asked: Reading, intent: str, confidence: float) -> bool:
    """Nothing was read as an answer, and the model knows the wording for "later"."""
    unread = asked.outcome is Outcome.NOT_UNDERSTOOD
    return unread and intent == "later" and confidence >= SURE


def _only_weary(scene: _Scene, intent: str, confidence: float) -> bool:
    """Neither a worry nor abuse or grief, which have words and a nurse of their own."""
    other = intent != "complain_bot" and is_talk(intent, confidence)
    return not other and not _screened(scene)


def _asks_who_we_are(scene: _Scene, intent: str, confidence: float) -> bool:
    """ "Am I talking to a computer?" is no "I will not talk to a computer"."""
    sure = intent == "are_you_human" and is_talk(intent, confidence)
    return sure and is_question(scene.message.text)


def _screened(scene: _Scene) -> bool:
    """Screening already sent this message to a nurse: it is a worry, not a bad answer."""
    return TriageLevel.from_word(scene.message.level).needs_nurse


def _read(scene: _Scene, current: Question) -> dict[str, Reading]:
    if scene.message.text.lstrip().startswith("/"):
        return {}  # a command of some machine: the 1 in /x{"a": 1} is nobody's pain
    pathway, plan = scene.who.pathway, scene.who.pathway.check_in(scene.check_in.plan_id)
    still_open = open_questions(pathway, plan, scene.before.answers, facts=scene.before)
    answered = [pathway.questions[id] for id in scene.before.answers if id in pathway.questions]
    others = [one for one in (*still_open, *answered) if one.id != current.id]
    return read_many(
        without_wish(scene.message.text, scene.parts.answer_words),
        asked=current,
        others=others,
        words=scene.parts.answer_words,
        language=scene.chat.language,
        answered=frozenset(scene.before.answers),
        today=scene.who.today(scene.parts.clock.now()),
    )


def _aside(scene: _Scene, intent: str, confidence: float) -> list[Said]:
    """A question beside the answer is answered too; a description is not taken for one."""
    if not is_talk(intent, confidence):
        return []
    if intent == PERSON:
        return _talk(scene, intent, confidence)
    asks = intent == "when_next" or intent.startswith("ask_")
    hard = intent in WITH_TASK and confidence >= SURE
    if hard or (asks and is_question(scene.message.text)):
        return _talk(scene, intent, confidence)
    return []


def _store(scene: _Scene, found: dict[str, Reading]) -> list[Said]:
    """Keep every answer that was understood, then let the rules look at them."""
    pathway, language = scene.who.pathway, scene.chat.language
    corrected: list[str] = []
    unhappy: list[Said] = []
    for id, reading in found.items():
        question = pathway.questions[id]
        record_answer(scene.tx, scene.parts, scene.who, _given(scene, question, reading))
        unhappy += _call_back(scene, question, reading)
        if reading.correction and id in scene.before.answers:
            corrected.append(value_words(scene.parts, question, reading.value, language))
    said = [scene.say("correction_noted", answer="，".join(corrected))] if corrected else []
    if len(found) > 1 and not corrected:
        items = [
            value_words(scene.parts, pathway.questions[id], one.value, language, named=True)
            for id, one in found.items()
        ]
        joined = ("；" if language == "zh" else "; ").join(items)
        said = [scene.say("answers_noted", items=joined)]
    return said + unhappy + _weigh(scene)


def _call_back(scene: _Scene, question: Question, reading: Reading) -> list[Said]:
    given = _given(scene, question, reading)
    return call_back_if_unhappy(scene.tx, scene.parts, scene.who, given, scene.chat.language)


def _weigh(scene: _Scene) -> list[Said]:
    return weigh(
        scene.tx, scene.parts, scene.chat, scene.who, scene.message, scene.check_in, scene.before
    )


def _given(scene: _Scene, question: Question, reading: Reading) -> Given:
    return Given(check_in=scene.check_in, question=question, reading=reading, message=scene.message)


def _left_open(scene: _Scene, question: Question, reading: Reading) -> list[Said]:
    """ "I don't know" or "I'd rather not say": kept as just that, never as no."""
    record_answer(scene.tx, scene.parts, scene.who, _given(scene, question, reading))
    key = "dont_know_noted" if reading.outcome is Outcome.DONT_KNOW else "refused_noted"
    return [scene.say(key), *_weigh(scene)]


def _not_yet(
    scene: _Scene, question: Question, reading: Reading, intent: str, confidence: float
) -> list[Said]:
    """Not read: ask back or ask again once, then keep the words and tell a nurse."""
    asked = scene.tx.asked.one(check_in_id=scene.check_in.id, question_id=question.id)
    tries = (asked.attempts if asked else 0) + 1
    if asked is not None:
        scene.tx.asked.swap(asked, replace(asked, attempts=tries))
    if tries >= MOST_READINGS:
        unread = replace(reading, outcome=Outcome.NOT_UNDERSTOOD)
        record_answer(scene.tx, scene.parts, scene.who, _given(scene, question, unread))
        unhappy = _call_back(scene, question, unread)
        return [scene.say("not_understood_twice"), *unhappy, *_weigh(scene)]
    if reading.outcome is Outcome.ASK_BACK:
        return _ask_back(scene, question, reading)
    if reading.outcome is Outcome.WEARY:
        return [scene.say("weary_of_questions")]
    if not_words(scene.message) or is_question(scene.message.text):
        # Talk, as far as we can tell. It has counted as a try all the same.
        return _talk(scene, intent, confidence)
    said = [scene.say("not_understood_once")]
    return said + (
        [Said(fill(scene.parts, question.help, scene.chat.language))] if question.help else []
    )


def _ask_back(scene: _Scene, question: Question, reading: Reading) -> list[Said]:
    """ "38 or 83?": offer what it may have meant; nothing is stored yet."""
    words = [
        value_words(scene.parts, question, one, scene.chat.language) for one in reading.candidates
    ]
    if len(words) >= 2:
        return [scene.say("ask_back_two", first=words[0], second=words[1])]
    if words:
        return [scene.say("ask_back_one", answer=words[0])]
    if question.minimum is not None and question.maximum is not None:
        low, high = f"{question.minimum:g}", f"{question.maximum:g}"
        return [scene.say("ask_back_range", low=low, high=high)]
    return [scene.say("ask_back_number")]


def _go_on(scene: _Scene) -> list[Said]:
    """The next question, or the end of the check-in, or nothing when it was stopped."""
    check_in = scene.tx.check_ins.get(scene.check_in.id)
    if check_in is None or check_in.state is not CheckInState.OPEN or check_in.postponed_until:
        return []
    question = next_open(scene.tx, scene.parts, scene.who, check_in, before=scene.before)
    if question is None:
        return finish_check_in(scene.tx, scene.parts, scene.chat, scene.who, check_in)
    same = scene.current is not None and question.id == scene.current.id
    said = ask_question(scene.tx, scene.parts, scene.chat, check_in, question)
    if same:
        lead = phrase(scene.parts, "check_in_again", scene.chat.language)
        said = replace(said, text=f"{lead}\n{said.text}")
    return [said]
