"""Nudges due: reminders and teaching, in the patient's own hours, in one message, once.

The shape is that of check-ins: a small transaction that reads the rows again, so it may
be called at any time, twice, or by two workers at once. A nudge waits while a nurse
leads the chat, while a check-in is being answered (its words would be taken for our
question), and while an emergency of this patient is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.conversation import Conversation, Mode, Outbound, OutboundState, Priority
from bot.core.escalation import EscalationState
from bot.core.nudge import Nudge, NudgeKind, NudgeState
from bot.core.nudge_plan import next_morning
from bot.core.pathway import Late
from bot.core.patient import EpisodeState, Role
from bot.core.schedule import in_quiet_hours, next_opening
from bot.core.triage_level import TriageLevel
from bot.services.nurse_tasks import make_task
from bot.services.outbox import fill, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom, chat_for, of_episode, open_check_in

LOOK_AGAIN = timedelta(minutes=10)  # while something holds it back
NOT_CLOSED = (EscalationState.OPEN, EscalationState.ACKNOWLEDGED)
PATIENT = "patient"  # pathways whose respondent is another person are worded for that person


def tend_nudge(parts: Parts, nudge_id: str) -> None:
    """Do what is due for one nudge, and for all that is due to the same patient with it."""
    with parts.record.transaction() as tx:
        nudge, now = tx.nudges.get(nudge_id, lock=True), parts.clock.now()
        if nudge is None or nudge.state is not NudgeState.PLANNED or nudge.look_at > now:
            return
        episode = tx.episodes.get(nudge.episode_id)
        who = of_episode(tx, parts, episode) if episode else None
        if who is None or who.episode.state is not EpisodeState.ACTIVE:
            _settle(tx, nudge, NudgeState.CANCELLED, now)
            return
        if now > nudge.send_until:
            _too_late(tx, parts, who, nudge)
            return
        chat = chat_for(tx, who.episode)
        waits_until = _held_until(tx, who, chat, nudge, now)
        if chat is None or waits_until is not None:
            tx.nudges.swap(nudge, replace(nudge, look_at=waits_until or now + LOOK_AGAIN))
            return
        _tell(tx, parts, who, chat, _together(tx, who, now))


def _held_until(
    tx: Transaction, who: Whom, chat: Conversation | None, nudge: Nudge, now: datetime
) -> datetime | None:
    """When a nudge that may not be told now is looked at again; None when it may."""
    morning = next_opening(now, who.patient.time_zone, who.pathway)
    if morning > now:
        return morning
    if chat is None or chat.mode is not Mode.BOT or emergency_open(tx, who):
        return now + LOOK_AGAIN
    check_in = open_check_in(tx, who.episode)
    if check_in is None:
        return None
    # It is looked at again by itself after hours; a last look comes before it is too late.
    later = max(check_in.follow_up_at or now, now + LOOK_AGAIN)
    return min(later, max(nudge.send_until, now + LOOK_AGAIN))


def emergency_open(tx: Transaction, who: Whom) -> bool:
    """Whether anything else than an emergency of hers would be out of place now."""
    case = tx.escalations.one(
        patient_id=who.patient.id, state__in=NOT_CLOSED, level=TriageLevel.EMERGENCY
    )
    return case is not None


def _too_late(tx: Transaction, parts: Parts, who: Whom, nudge: Nudge) -> None:
    """Not sent any more. A nurse hears of it where the care team wants that."""
    _settle(tx, nudge, NudgeState.SKIPPED, parts.clock.now())
    plan = who.pathway.reminder(nudge.plan_id) if nudge.kind is NudgeKind.REMINDER else None
    if plan is not None and plan.lateness.otherwise is Late.SKIP_AND_TELL_NURSE:
        make_task(
            tx,
            parts,
            kind="late_reminder",
            key=f"late_reminder:{nudge.id}",
            patient_id=who.patient.id,
            episode_id=who.episode.id,
            text=fill(parts, plan.words, parts.house.language),
        )


def _together(tx: Transaction, who: Whom, now: datetime) -> list[Nudge]:
    """All that may be told now: each reminder once, and one piece of teaching at most.

    What came late is not made up for: of one reminder the newest is told, and teaching
    gives way to anything else that was told on this day, as long as it can wait.
    """
    due = tx.nudges.find(
        episode_id=who.episode.id,
        state=NudgeState.PLANNED,
        due_at__lte=now,
        order_by="due_at,plan_id",
    )
    timely = [one for one in due if one.send_until >= now]
    newest = {one.plan_id: one for one in timely if one.kind is NudgeKind.REMINDER}
    for one in timely:
        if one.kind is NudgeKind.REMINDER and newest[one.plan_id].id != one.id:
            _settle(tx, one, NudgeState.SKIPPED, now)
    taught = [one for one in timely if one.kind is NudgeKind.TEACHING and one.look_at <= now]
    told = list(newest.values())
    full, tomorrow = bool(told) or _told_today(tx, who, now), next_morning(now, _zone(who))
    for one in sorted(taught, key=lambda one: one.send_until):
        if full and tomorrow < one.send_until:
            tx.nudges.swap(one, replace(one, look_at=tomorrow))
        else:
            told.append(one)
            full = True
    return told


def _told_today(tx: Transaction, who: Whom, now: datetime) -> bool:
    last = tx.nudges.find(
        episode_id=who.episode.id, state=NudgeState.TOLD, order_by="-settled_at", limit=1
    )
    return any(one.settled_at and who.today(one.settled_at) == who.today(now) for one in last)


def _tell(
    tx: Transaction, parts: Parts, who: Whom, chat: Conversation, nudges: Sequence[Nudge]
) -> None:
    """Hand them to the outbox as one message, in the same transaction that settles them."""
    now, texts, told = parts.clock.now(), [], []
    for one in nudges:
        words = words_of(parts, who, one, chat.language)
        state = NudgeState.TOLD if words else NudgeState.SKIPPED
        if _settle(tx, one, state, now) and words:
            texts.append(words)
            told.append(replace(one, state=state, settled_at=now))
    if not told:
        return
    text, contact = "\n\n".join(texts), tx.contacts.get(chat.contact_id or "")
    if who.pathway.respondent == PATIENT and contact and contact.role is Role.CAREGIVER:
        text = phrase(parts, "nudge_caregiver", chat.language, name=who.patient.name, text=text)
    key = f"nudge:{told[0].id}:{told[0].tries}"
    outbound_id = put(tx, parts, chat.id, text, key=key, priority=Priority.CHECK_IN)
    for one in told:
        tx.nudges.swap(one, replace(one, outbound_id=outbound_id))


def words_of(parts: Parts, who: Whom, nudge: Nudge, language: str) -> str:
    """What the pathway says; empty when its version has nothing of this name (a stand-in)."""
    if nudge.kind is NudgeKind.REMINDER:
        plan = who.pathway.reminder(nudge.plan_id)
        return fill(parts, plan.words, language) if plan else ""
    lesson = who.pathway.lesson(nudge.plan_id)
    return fill(parts, lesson.words, language) if lesson else ""


def may_still_be_told(tx: Transaction, parts: Parts, head: Outbound) -> bool:
    """Whether a message of nudges that waited for its provider may be handed over now.

    Otherwise it is taken back: its nudges are looked at anew, and sent later or not at all.
    """
    nudges = tx.nudges.find(outbound_id=head.id)
    episode = tx.episodes.get(nudges[0].episode_id) if nudges else None
    who = of_episode(tx, parts, episode) if episode else None
    if who is None:
        return True
    now = parts.clock.now()
    if (
        who.episode.state is EpisodeState.ACTIVE
        and not in_quiet_hours(now, who.patient.time_zone, who.pathway)
        and not emergency_open(tx, who)
        and all(one.send_until >= now for one in nudges)
    ):
        return True
    take_back(tx, head)
    return False


def take_back(tx: Transaction, message: Outbound) -> None:
    """Cancel a message that waits, and plan anew what of it were reminders and teaching.

    Not what a provider may have taken already: nobody is reminded twice.
    """
    untouched = message.state is OutboundState.QUEUED and not message.possible_duplicate
    cancelled = tx.outbound.swap(message, replace(message, state=OutboundState.CANCELLED))
    for one in tx.nudges.find(outbound_id=message.id) if untouched and cancelled else ():
        back = replace(one, state=NudgeState.PLANNED, outbound_id=None, settled_at=None)
        tx.nudges.swap(one, replace(back, tries=one.tries + 1, look_at=one.due_at))


def say_one_lesson(tx: Transaction, parts: Parts, who: Whom, language: str) -> str:
    """Teaching for the end of a check-in: what she has not heard yet, else what holds today.

    So it needs no message of its own on this day.
    """
    now = parts.clock.now()
    waiting = tx.nudges.find(
        episode_id=who.episode.id,
        kind=NudgeKind.TEACHING,
        state=NudgeState.PLANNED,
        send_until__gte=now,
        order_by="send_until,due_at",
    )
    for one in waiting:
        words = words_of(parts, who, one, language)
        if words and who.today(one.due_at) <= who.today(now):
            _settle(tx, one, NudgeState.TOLD, now)
            return words
    again = who.pathway.teaching_on(who.day(now))
    return fill(parts, again[0].words, language) if again else ""


def _settle(tx: Transaction, nudge: Nudge, state: NudgeState, now: datetime) -> bool:
    """Says whether it was this transaction that settled it."""
    return tx.nudges.swap(nudge, replace(nudge, state=state, settled_at=now))


def _zone(who: Whom) -> str:
    return who.patient.time_zone
