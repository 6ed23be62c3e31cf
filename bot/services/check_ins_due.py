"""Check-ins due: open them in the patient's own hours, remind once, then tell a nurse.

Each step is a small transaction on one row that checks the row again, so it may
be called at any time, twice, or by two workers at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.pathway import Late
from bot.core.patient import EpisodeState, Role
from bot.core.schedule import in_quiet_hours, next_opening, next_window
from bot.core.triage_level import TriageLevel
from bot.services.ask_again import asked_at, failed_trigger, unsaid
from bot.services.move_episode import move_after_check_in
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.plan_nudges import write_missing_nudges
from bot.services.ports import Transaction
from bot.services.stand_ins import tell_of_stand_in
from bot.services.whom import Whom, chat_for, of_episode

LOOK_AGAIN = timedelta(minutes=10)  # while nobody can be asked

LATE = "late"  # in a trigger's external id: it was to be asked hours ago
TRIGGER = "check_in"  # the part of an inbound row that stands for a check-in of ours


def tend_check_in(parts: Parts, check_in_id: str) -> None:
    """Do whatever is due for one check-in now: open, ask later, remind, or tell a nurse."""
    with parts.record.transaction() as tx:
        check_in = tx.check_ins.get(check_in_id, lock=True)
        if check_in is None:
            return
        episode = tx.episodes.get(check_in.episode_id)
        who = of_episode(tx, parts, episode) if episode else None
        if who is None:
            return
        tell_of_stand_in(tx, parts, who.episode, who.pathway)
        if check_in.state is CheckInState.PLANNED:
            _open_if_due(tx, parts, who, check_in)
        elif check_in.state is CheckInState.OPEN:
            chat = tx.conversations.get(check_in.conversation_id or "")
            if chat is None or chat.mode is not Mode.BOT or chat.unreachable:
                _without_chat(tx, parts, who, check_in, chat)
            elif unsaid(tx, check_in, TRIGGER):
                _not_asked_yet(tx, parts, who, check_in, chat)
            else:
                _follow_up(tx, parts, who, check_in, chat)
                _look_again(tx, who, check_in)


def _open_if_due(tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn) -> None:
    now = parts.clock.now()
    if check_in.due_at > now or who.episode.state is EpisodeState.PLANNED:
        return
    if who.episode.state is not EpisodeState.ACTIVE:
        tx.check_ins.swap(check_in, replace(check_in, state=CheckInState.CANCELLED, ended_at=now))
        return
    late = who.pathway.check_in(check_in.plan_id).lateness
    too_late = now > check_in.due_at + late.send_within
    if too_late and late.otherwise is Late.NEXT_WINDOW and _put_off(tx, who, check_in, now):
        return
    if too_late and late.otherwise is not Late.SEND_ANYWAY:
        tx.check_ins.swap(check_in, replace(check_in, state=CheckInState.MISSED, ended_at=now))
        _task(tx, parts, who, check_in, "late_check_in")
        return
    if in_quiet_hours(now, who.patient.time_zone, who.pathway):
        morning = next_opening(now, who.patient.time_zone, who.pathway)
        tx.check_ins.swap(check_in, replace(check_in, follow_up_at=morning))
        return
    if _newer_is_due(tx, who, check_in, now):
        # After an outage one check-in is enough: the newest asks about today.
        tx.check_ins.swap(check_in, replace(check_in, state=CheckInState.MISSED, ended_at=now))
        _task(tx, parts, who, check_in, "late_check_in")
        return
    chat = chat_for(tx, who.episode)
    if chat is None:
        _nobody_to_ask(tx, parts, who, check_in, now)
    elif chat.mode is not Mode.BOT:
        tx.check_ins.swap(check_in, replace(check_in, follow_up_at=now + LOOK_AGAIN))
    else:
        _close_earlier(tx, parts, who, check_in, now)
        if move_after_check_in(tx, parts, who.episode.id):
            return  # the next sweep asks her by her new version
        write_missing_nudges(tx, parts, who)
        opened = replace(
            check_in,
            state=CheckInState.OPEN,
            opened_at=now,
            conversation_id=chat.id,
            follow_up_at=now + who.pathway.check_in(check_in.plan_id).silence.remind_after,
        )
        tx.check_ins.swap(check_in, opened)
        trigger(tx, parts, chat, f"check_in:{check_in.id}:open")


def _put_off(tx: Transaction, who: Whom, check_in: CheckIn, now: datetime) -> bool:
    """To the same hours of the next day, unless another check-in comes before they end."""
    plan = who.pathway.check_in(check_in.plan_id)
    due_at, ends = next_window(plan, check_in.occurrence, who.patient.time_zone, now)
    planned = tx.check_ins.find(
        episode_id=who.episode.id, state=CheckInState.PLANNED, due_at__lte=ends
    )
    if any(one.id != check_in.id for one in planned):
        return False
    later = replace(check_in, due_at=due_at, window_end=ends, follow_up_at=None)
    return tx.check_ins.swap(check_in, later)


def _nobody_to_ask(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, now: datetime
) -> None:
    """No chat can be written to: at the end of the window a nurse takes over."""
    if now < check_in.window_end:
        tx.check_ins.swap(check_in, replace(check_in, follow_up_at=now + LOOK_AGAIN))
        return
    tx.check_ins.swap(check_in, replace(check_in, state=CheckInState.MISSED, ended_at=now))
    _task(tx, parts, who, check_in, "unreachable")


def _newer_is_due(tx: Transaction, who: Whom, check_in: CheckIn, now: datetime) -> bool:
    due = tx.check_ins.find(
        episode_id=who.episode.id, state=CheckInState.PLANNED, due_at__lte=now, order_by="due_at,id"
    )
    late = {one.id: who.pathway.check_in(one.plan_id).lateness for one in due}
    going = [
        one
        for one in due
        if now <= one.due_at + late[one.id].send_within
        or late[one.id].otherwise is Late.SEND_ANYWAY
    ]
    return bool(going) and going[-1].id != check_in.id


def _close_earlier(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, now: datetime
) -> None:
    """One check-in at a time: an older one that is still open was left in silence."""
    for old in tx.check_ins.find(episode_id=who.episode.id, state=CheckInState.OPEN):
        if old.id != check_in.id:
            tx.check_ins.swap(old, replace(old, state=CheckInState.SILENT, ended_at=now))
            level = who.pathway.check_in(old.plan_id).silence.level
            _task(tx, parts, who, old, "silence", level)


def trigger(tx: Transaction, parts: Parts, chat: Conversation, external_id: str) -> None:
    """Put a check-in into the conversation's lane, behind what the patient has said."""
    known: dict[str, Any] = {
        "channel": chat.channel,
        "account": chat.account,
        "external_id": external_id,
    }
    if tx.inbound.one(**known) is not None:
        return
    chat = tx.conversations.get(chat.id, lock=True) or chat
    seq = chat.last_seq + 1
    tx.conversations.swap(chat, replace(chat, last_seq=seq))
    tx.inbound.add(
        Inbound(
            id=parts.ids.new(),
            conversation_id=chat.id,
            seq=seq,
            part=TRIGGER,
            text="",
            received_at=parts.clock.now(),
            **known,
        )
    )
    tx.wake("converse_check_in", chat.id)


def _without_chat(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, chat: Conversation | None
) -> None:
    """The chat of an open check-in is led by a nurse, was stopped, or cannot be reached."""
    now, other = parts.clock.now(), chat_for(tx, who.episode)
    ladder = who.pathway.check_in(check_in.plan_id).silence
    opened = check_in.opened_at or check_in.due_at
    over = max(check_in.window_end, opened + ladder.remind_after + ladder.nurse_after)
    if chat is not None and chat.mode is Mode.NURSE:
        waiting = replace(check_in, follow_up_at=now + LOOK_AGAIN)
    elif other is not None and other.mode is Mode.BOT and other.id != check_in.conversation_id:
        waiting = _moved(tx, parts, who, check_in, other)
    elif now >= over:
        waiting = replace(check_in, state=CheckInState.SILENT, ended_at=now)
        _task(tx, parts, who, check_in, "unreachable", ladder.level)
    else:
        waiting = replace(check_in, follow_up_at=now + LOOK_AGAIN)
    tx.check_ins.swap(check_in, waiting)


def _moved(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, other: Conversation
) -> CheckIn:
    """The check-in goes on in another chat of this patient, not before morning."""
    now = parts.clock.now()
    morning = next_opening(now, who.patient.time_zone, who.pathway)
    if morning > now:
        return replace(check_in, follow_up_at=morning)
    trigger(tx, parts, other, f"check_in:{check_in.id}:moved:{other.id}")
    later = now + who.pathway.check_in(check_in.plan_id).silence.remind_after
    return replace(
        check_in,
        conversation_id=other.id,
        current_question=None,
        opened_at=now,
        reminded_at=None,
        follow_up_at=later,
    )


def _follow_up(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, chat: Conversation
) -> None:
    """An open check-in: asked to wait, reminded, or silent for too long."""
    now = parts.clock.now()
    if check_in.postponed_until is not None:
        if check_in.postponed_until <= now:
            tx.check_ins.swap(check_in, replace(check_in, postponed_until=None))
            trigger(tx, parts, chat, f"check_in:{check_in.id}:later")
        return
    ladder = who.pathway.check_in(check_in.plan_id).silence
    quiet_since = _last_heard(tx, check_in)
    failed = failed_trigger(tx, check_in, TRIGGER)
    night = in_quiet_hours(now, who.patient.time_zone, who.pathway)
    if failed is not None and quiet_since <= failed.received_at and not night:
        trigger(tx, parts, chat, f"check_in:{check_in.id}:again:{failed.seq}")
    if check_in.reminded_at is None:
        due = quiet_since + ladder.remind_after
        if now >= next_opening(due, who.patient.time_zone, who.pathway):
            _remind(tx, parts, who, check_in, chat)
    elif max(quiet_since, check_in.reminded_at) + ladder.nurse_after <= now:
        _silent(tx, parts, who, check_in, chat, ladder.level)


def _not_asked_yet(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, chat: Conversation
) -> None:
    """Our question still waits for its provider: nobody is reminded of what she has not
    read. As late as silence would have been a nurse's, this is one too.
    """
    now, ladder = parts.clock.now(), who.pathway.check_in(check_in.plan_id).silence
    opened = check_in.opened_at or check_in.due_at
    if now >= opened + ladder.remind_after + ladder.nurse_after:
        _silent(tx, parts, who, check_in, chat, ladder.level)
    else:
        tx.check_ins.swap(check_in, replace(check_in, follow_up_at=now + LOOK_AGAIN))


def _look_again(tx: Transaction, who: Whom, before: CheckIn) -> None:
    """Write down when this check-in, if it is still open, must be looked at again."""
    check_in = tx.check_ins.get(before.id)
    if check_in is None or check_in.state is not CheckInState.OPEN:
        return
    ladder, since = who.pathway.check_in(check_in.plan_id).silence, _last_heard(tx, check_in)
    if check_in.postponed_until is not None:
        at = check_in.postponed_until
    elif check_in.reminded_at is None:
        at = next_opening(since + ladder.remind_after, who.patient.time_zone, who.pathway)
    else:
        at = max(since, check_in.reminded_at) + ladder.nurse_after
    tx.check_ins.swap(check_in, replace(check_in, follow_up_at=at))


def _last_heard(tx: Transaction, check_in: CheckIn) -> datetime:
    """When the patient last said something in this check-in, or when she was asked.

    While a nurse led the chat nobody asked, so silence counts from the hand-back.
    """
    newest = tx.inbound.find(
        conversation_id=check_in.conversation_id,
        part__not=TRIGGER,
        order_by="-seq",
        limit=1,
    )
    led = tx.takeovers.find(
        conversation_id=check_in.conversation_id,
        ended_at__not=None,
        order_by="-ended_at",
        limit=1,
    )
    opened = check_in.opened_at or check_in.due_at
    heard = [one.received_at for one in newest] + [one.ended_at for one in led if one.ended_at]
    return max([opened, *heard, *asked_at(tx, check_in)])


def _remind(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, chat: Conversation
) -> None:
    contact = tx.contacts.get(chat.contact_id or "")
    own = contact is None or contact.role is Role.PATIENT
    text = phrase(
        parts, "reminder" if own else "reminder_caregiver", chat.language, name=who.patient.name
    )
    put(tx, parts, chat.id, text, key=f"{check_in.id}:reminder", check_in_id=check_in.id)
    tx.check_ins.swap(check_in, replace(check_in, reminded_at=parts.clock.now()))
    trigger(tx, parts, chat, f"check_in:{check_in.id}:reminder")


def _silent(
    tx: Transaction,
    parts: Parts,
    who: Whom,
    check_in: CheckIn,
    chat: Conversation,
    level: TriageLevel,
) -> None:
    """Silence is a task for a nurse, never a sign that all is well (hazard H06)."""
    now = parts.clock.now()
    tx.check_ins.swap(check_in, replace(check_in, state=CheckInState.SILENT, ended_at=now))
    if not in_quiet_hours(now, who.patient.time_zone, who.pathway):
        text = phrase(parts, "silence_nurse", chat.language)
        put(tx, parts, chat.id, text, key=f"{check_in.id}:silent")
    _task(tx, parts, who, check_in, "silence", level)


def _task(
    tx: Transaction,
    parts: Parts,
    who: Whom,
    check_in: CheckIn,
    kind: str,
    level: TriageLevel = TriageLevel.WITHIN_48_HOURS,
) -> None:
    make_task(
        tx,
        parts,
        kind=kind,
        key=f"{kind}:{check_in.id}",
        patient_id=who.patient.id,
        episode_id=who.episode.id,
        conversation_id=check_in.conversation_id,
        text=check_in.plan_id,
        level=level,
    )
