"""Promises: P1 to P8 of the design, each asserted over one merged history.

A promise is a function whose name is its sentence. It returns what speaks
against it, in ids and never in patients' words; nothing means that it held.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.conversation import Inbound, InboundState, Outbound, OutboundState, Priority
from bot.core.escalation import OUTCOMES, EscalationState
from bot.core.message import cleaned
from bot.core.nudge import NudgeKind, NudgeState
from bot.core.triage_level import TriageLevel
from tests.crash.history import History

PAGE_WITHIN: Final = 5.0  # seconds, P3
OVERDUE: Final = timedelta(seconds=30)  # a step that is due is taken by a sweep each second
SAME_MOMENT: Final = timedelta(seconds=10)  # of one transaction, on a loaded machine

Breaches = list[str]
Promise = Callable[[History], Breaches]


def an_accepted_message_is_never_lost(history: History) -> Breaches:
    """P1: everything a patient wrote is a row, once, and reached its outcome."""
    return [*_lost(history), *_unfinished(history), *_failed_without_nurse(history)]


def messages_keep_their_order(history: History) -> Breaches:
    """P1: in our rows as she wrote them, on her phone as we numbered them."""
    return [*_disordered_in(history), *_disordered_out(history)]


def a_red_flag_has_its_escalation_in_the_same_transaction(history: History) -> Breaches:
    """P2: nobody ever saw one without the other, and none is without it now."""
    known = {one.id for one in history.rows.conversations if one.contact_id}
    caused = {one.inbound_id for one in history.rows.causes}
    return [
        *(one for one in history.half_done if "red flag" in one),
        *(
            f"red flag {one.id} has no escalation"
            for one in history.rows.inbound
            if one.conversation_id in known and _needs_nurse(one) and one.id not in caused
        ),
    ]


def a_page_is_handed_over_within_five_seconds(history: History) -> Breaches:
    """P3: measured while nothing is broken; during faults it comes at all."""
    slow = [f"a page took {one:.1f} s" for one in history.calm_pages if one > PAGE_WITHIN]
    return [*slow, *(f"no page for red flag {one}" for one in history.unpaged)]


def an_open_escalation_has_an_owner_and_a_next_step(history: History) -> Breaches:
    """P4: somebody was told or nobody was there to tell, and the next step is not overdue."""
    told = {one.escalation_id for one in history.rows.notifications}
    nobody = {one.key.split(":")[1] for one in history.rows.tasks if one.kind == "nobody_on_rota"}
    found = [one for one in history.half_done if "next step" in one]
    for case in history.rows.escalations:
        if case.state is EscalationState.CLOSED:
            continue
        if case.next_step_at is None or case.next_step_at < history.now - OVERDUE:
            found.append(f"case {case.id} has no next step in time")
        if case.id not in told and case.id not in nobody:
            found.append(f"case {case.id} has no owner")
        if case.state is EscalationState.ACKNOWLEDGED and not case.acknowledged_by:
            found.append(f"case {case.id} was acknowledged by nobody")
    return found


def only_a_named_human_ends_an_escalation(history: History) -> Breaches:
    """P5: with an outcome, and it stands in the audit."""
    noted = {one.about for one in history.rows.audit if one.action == "case.close"}
    return [
        f"case {one.id} was closed without a nurse, an outcome or a line in the audit"
        for one in history.rows.escalations
        if one.state is EscalationState.CLOSED
        and not (one.closed_by in history.nurses and one.outcome in OUTCOMES and one.id in noted)
    ]


def a_dead_house_gives_no_sign_of_life(history: History) -> Breaches:
    """P6: the outside party hears the heart beat while all is well, and not from the dead."""
    heard = history.signs_of_life
    found = []
    if heard and not heard.get("well"):
        found.append("no sign of life while all was well")
    if heard.get("dead"):
        found.append(f"{heard['dead']} signs of life from a dead house")
    return found


def the_fixed_text_comes_whatever_is_down(history: History) -> Breaches:
    """P7: every message that failed, and every emergency, was answered with fixed words."""
    spoken = defaultdict(list)
    for one in history.rows.outbound:
        spoken[one.conversation_id].append(one)
    return [
        f"message {one.id} got no fixed text"
        for one in history.rows.inbound
        if _deserves_fixed_text(history, one)
        and not any(_is_fixed_text(said, one) for said in spoken[one.conversation_id])
    ]


def a_duplicate_is_possible_only_where_it_is_marked(history: History) -> Breaches:
    """P8: nothing is made twice, and what arrived twice is marked as possible."""
    keys = Counter(one.key for one in history.rows.outbound)
    twice = [f"outbound key {key} exists {n} times" for key, n in keys.items() if n > 1]
    twice += [
        f"reminder {one.id} counts as told and no message of it exists"
        for one in history.rows.nudges
        if one.state is NudgeState.TOLD
        and one.outbound_id not in {said.id for said in history.rows.outbound}
        and one.kind is NudgeKind.REMINDER
    ]
    for address, rows in _by_address(history).items():
        marked = {cleaned(one.text).strip() for one in rows if one.possible_duplicate}
        for extra in _extra(history, address, rows):
            if not any(text.startswith(extra) or extra in text for text in marked):
                twice.append(f"chat {address} read a message twice that is not marked")
    return twice


PROMISES: Final[dict[str, tuple[Promise, ...]]] = {
    "P1": (an_accepted_message_is_never_lost, messages_keep_their_order),
    "P2": (a_red_flag_has_its_escalation_in_the_same_transaction,),
    "P3": (a_page_is_handed_over_within_five_seconds,),
    "P4": (an_open_escalation_has_an_owner_and_a_next_step,),
    "P5": (only_a_named_human_ends_an_escalation,),
    "P6": (a_dead_house_gives_no_sign_of_life,),
    "P7": (the_fixed_text_comes_whatever_is_down,),
    "P8": (a_duplicate_is_possible_only_where_it_is_marked,),
}


@dataclass(frozen=True)
class Report:
    """What one run showed, in figures; `breaches` by promise.

    `not_shown` names the promises that this run gave no chance to fail.
    """

    messages: int
    kills: int
    lost: int
    out_of_order: int
    escalations: int
    without_owner: int
    pages: int
    slowest_calm_page: float
    slowest_stormy_page: float
    failed_with_fixed_text: int
    duplicates: int
    marked: int
    breaches: dict[str, list[str]]
    not_shown: list[str]


def judge(history: History) -> Report:
    """Hold every promise against the history."""
    breaches = {
        name: [said for promise in promises for said in promise(history)]
        for name, promises in PROMISES.items()
    }
    chats = _by_address(history).items()
    return Report(
        messages=sum(len(one) for one in history.said.values()),
        kills=sum(history.kills.values()),
        lost=len(list(_lost(history))),
        out_of_order=len(messages_keep_their_order(history)),
        escalations=len(history.rows.escalations),
        without_owner=len(an_open_escalation_has_an_owner_and_a_next_step(history)),
        pages=sum(one.kind == "page" for one in history.rows.outbound),
        slowest_calm_page=max(history.calm_pages, default=0.0),
        slowest_stormy_page=max(history.stormy_pages, default=0.0),
        failed_with_fixed_text=sum(
            one.state is InboundState.FAILED for one in history.rows.inbound
        ),
        duplicates=sum(len(_extra(history, address, rows)) for address, rows in chats),
        marked=sum(one.possible_duplicate for one in history.rows.outbound),
        breaches={name: said for name, said in breaches.items() if said},
        not_shown=[name for name, shown in _chances(history).items() if not shown],
    )


def _chances(history: History) -> dict[str, bool]:
    """Whether anything happened that could have broken a promise."""
    closed = any(one.state is EscalationState.CLOSED for one in history.rows.escalations)
    twice = any(one.possible_duplicate for one in history.rows.outbound)
    return {
        "P1": any(history.said.values()),
        "P2": bool(history.rows.causes),
        "P3": bool(history.calm_pages),
        "P4": bool(history.rows.escalations),
        "P5": closed,
        "P6": bool(history.signs_of_life),
        "P7": any(_deserves_fixed_text(history, one) for one in history.rows.inbound),
        "P8": twice,
    }


def _needs_nurse(one: Inbound) -> bool:
    doubtful = bool(one.screening.get("another_person"))
    return TriageLevel.from_word(one.level).needs_nurse and not doubtful


def _inbound_by_address(history: History) -> dict[str, list[Inbound]]:
    where = {one.id: one.address for one in history.rows.conversations}
    found = defaultdict(list)
    for one in sorted(history.rows.inbound, key=lambda one: one.seq):
        found[where[one.conversation_id]].append(one)
    return found


def _by_address(history: History) -> dict[str, list[Outbound]]:
    where = {one.id: one.address for one in history.rows.conversations}
    found: dict[str, list[Outbound]] = defaultdict(list)
    for one in sorted(history.rows.outbound, key=lambda one: one.seq):
        found[where[one.conversation_id]].append(one)
    return found


def _lost(history: History) -> Iterator[str]:
    kept = _inbound_by_address(history)
    for address, said in history.said.items():
        rows = Counter(one.text for one in kept.get(address, ()))
        for number, text in enumerate(said, 1):
            if rows[text] != 1:
                yield f"message {number} of chat {address} was kept {rows[text]} times"


def _unfinished(history: History) -> Iterator[str]:
    for one in history.rows.inbound:
        if one.state is InboundState.RECEIVED:
            yield f"message {one.id} has no outcome"
    for said in history.rows.outbound:
        if said.state in (OutboundState.QUEUED, OutboundState.SENDING):
            yield f"outbound {said.id} has no outcome"
    for address, rows in _by_address(history).items():
        shown = {str(one.id) for one in history.shown.get(address, ())}
        for one in rows if address in history.shown else ():
            if one.state is OutboundState.SENT and one.external_id not in shown:
                yield f"outbound {one.id} is called sent and nobody read it"


def _failed_without_nurse(history: History) -> Iterator[str]:
    owned = {one.inbound_id for one in history.rows.tasks if one.kind == "not_processed"}
    told = {one.key.split(":", 1)[1] for one in history.rows.tasks if ":" in one.key}
    for one in history.rows.inbound:
        if one.state is InboundState.FAILED and one.id not in owned:
            yield f"message {one.id} failed and no nurse was told"
    for said in history.rows.outbound:
        urgent = said.priority <= Priority.URGENT_ADVICE
        if said.state is OutboundState.DEAD and said.id not in told and said.note != "blocked":
            yield f"outbound {said.id} ended without a nurse"
        elif said.state is OutboundState.CANCELLED and urgent:
            yield f"outbound {said.id} was urgent and was cancelled"


def _disordered_in(history: History) -> Iterator[str]:
    kept = _inbound_by_address(history)
    for address, said in history.said.items():
        place = {text: number for number, text in enumerate(said)}
        order = [place[one.text] for one in kept.get(address, ()) if one.text in place]
        yield from (
            f"chat {address}: message {later + 1} was kept after {earlier + 1}"
            for earlier, later in itertools.pairwise(order)
            if later < earlier
        )


def _disordered_out(history: History) -> Iterator[str]:
    for address, rows in _by_address(history).items():
        calm = [
            one
            for one in rows
            if one.state is OutboundState.SENT
            and one.priority > Priority.URGENT_ADVICE
            and one.external_id.isdecimal()
        ]
        yield from (
            f"chat {address}: outbound {after.id} was read before the one ahead of it"
            for before, after in itertools.pairwise(calm)
            if int(after.external_id) < int(before.external_id)
        )


def _deserves_fixed_text(history: History, one: Inbound) -> bool:
    if one.part == "check_in":
        return False
    known = {chat.id for chat in history.rows.conversations if chat.contact_id}
    emergency = one.level == TriageLevel.EMERGENCY.word and one.conversation_id in known
    return one.state is InboundState.FAILED or emergency


def _is_fixed_text(said: Outbound, one: Inbound) -> bool:
    if said.key == f"{one.id}:saved":
        return said.state is OutboundState.SENT
    soon = timedelta(0) <= said.created_at - one.received_at <= SAME_MOMENT
    gone = said.state is OutboundState.SENT or said.note == "blocked"
    return (
        said.priority is Priority.URGENT_ADVICE
        and soon
        and gone
        and one.state is not InboundState.FAILED
    )


def _extra(history: History, address: str, rows: Sequence[Outbound]) -> list[str]:
    """The texts of messages on her phone that are no row's last attempt."""
    ours = {one.external_id for one in rows}
    return [one.text for one in history.shown.get(address, ()) if str(one.id) not in ours]
