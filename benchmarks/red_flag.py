"""Red flag: from "I cannot breathe" received to the page handed over, while messages pour in.

Run: python -m benchmarks.red_flag
Twenty ordinary messages arrive each second from forty patients; every half second one more
patient sends a red flag. One nurse is on the rota. The page is handed over in the web chat,
as everything here: what a messenger's own servers add is not in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks.figures import Figure, middle, p
from benchmarks.house import Chat, admit, running_house, settle
from benchmarks.load import SIDE_BY_SIDE, questions
from benchmarks.service import mixed
from bot.core.conversation import Conversation, Mode
from bot.core.staff import Shift, StaffRole
from bot.services.parts import Parts
from bot.services.show_chat import ACCOUNT, CHANNEL
from bot.services.staff_accounts import make_account
from tests.e2e.service import Service

PATIENTS, PER_SECOND, SECONDS = 40, 20, 30
ALARMS, ALARM_EVERY = 50, 0.5
ALARM = "我喘不过气，胸口疼得厉害"


def hire(parts: Parts) -> None:
    """A nurse on every rota of the chain, with a chat of her own."""
    nurse_id = make_account(
        parts,
        name="陈静",
        login="chen",
        password="correct horse battery",
        role=StaffRole.NURSE,
        ward="*",
        language="zh",
    )
    now = parts.clock.now()
    chat = Conversation(
        id=parts.ids.new(),
        channel=CHANNEL,
        account=ACCOUNT,
        address="nurse-chen",
        mode=Mode.UNKNOWN,
        language="zh",
        created_at=now,
        nurse_id=nurse_id,
    )
    with parts.record.transaction() as tx:
        tx.conversations.add(chat)
        nurse = tx.nurses.get(nurse_id)
        assert nurse is not None
        tx.nurses.swap(nurse, replace(nurse, conversation_id=chat.id))
        for rota in ("first", "second", "charge"):
            tx.shifts.add(
                Shift(
                    id=parts.ids.new(),
                    nurse_id=nurse_id,
                    rota=rota,
                    starts_at=now.replace(year=now.year - 1),
                    ends_at=now.replace(year=now.year + 1),
                )
            )


def paced(count: int, every: float, send: Callable[[int], None]) -> None:
    """Send on time, whether earlier ones have been taken or not; SIDE_BY_SIDE at most."""
    began = time.monotonic()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for number in range(count):
            time.sleep(max(0.0, began + number * every - time.monotonic()))
            pool.submit(send, number)


def pages(service: Service) -> list[float]:
    """Milliseconds from each red flag received to its first page handed over."""
    received = {one.id: one.received_at for one in service.rows("inbound", text=ALARM)}
    flagged: dict[str, list[object]] = {}
    for cause in service.rows("causes"):
        if cause.inbound_id in received:
            flagged.setdefault(cause.escalation_id, []).append(received[cause.inbound_id])
    sent = {one.id: one.settled_at for one in service.rows("outbound")}
    first: dict[str, float] = {}
    for one in service.rows("notifications"):
        at = sent.get(one.outbound_id)
        if at is not None and one.escalation_id in flagged:
            took = (at - min(flagged[one.escalation_id])).total_seconds() * 1000
            first[one.escalation_id] = min(took, first.get(one.escalation_id, took))
    return list(first.values())


def measure() -> list[Figure]:
    with running_house() as service:
        hire(service.parts)
        ward = [admit(service) for _ in range(PATIENTS)]
        ill = [admit(service) for _ in range(ALARMS)]
        _storm(ward, ill)
        settle(service)
        found = pages(service)
        if len(found) != ALARMS:
            raise RuntimeError(f"{ALARMS} red flags, {len(found)} pages")
    return [
        Figure("red flag to page, 20 messages/s, p50", middle(found), "ms"),
        Figure("red flag to page, 20 messages/s, p99", p(0.99, found), "ms", target=1000),
    ]


def _storm(ward: Sequence[Chat], ill: Sequence[Chat]) -> None:
    free = questions()

    def ordinary(number: int) -> None:
        ward[number % len(ward)].say(mixed(number, free))

    with ThreadPoolExecutor(2) as pool:
        quiet = pool.submit(paced, PER_SECOND * SECONDS, 1 / PER_SECOND, ordinary)
        time.sleep(2)
        loud = pool.submit(paced, len(ill), ALARM_EVERY, lambda number: ill[number].say(ALARM))
        loud.result()
        quiet.result()


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "red_flag")
