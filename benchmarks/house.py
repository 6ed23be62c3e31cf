"""House: the real three processes with invented patients, each in front of her chat."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.load import Line
from bot.channels.webchat.visitor import HEADER, address_of, cookie_name
from bot.commands.demo import late_morning_zone
from bot.core.check_in import CheckIn, CheckInState, Observation
from bot.core.conversation import Conversation, Inbound, InboundState, Mode
from bot.core.enrolment import NewEnrolment
from bot.core.patient import EpisodeState, RiskTier
from bot.services.enrol import enrol
from bot.services.parts import Parts
from bot.services.show_chat import ACCOUNT, CHANNEL
from bot.services.start_episode import start_episode
from bot.services.whom import Whom, whom
from tests.e2e.service import Service, running_service

SETTLE_SECONDS = 120.0
ANSWERS_A_DAY = 8
_past = count(1)


@dataclass
class Chat:
    """One patient's page: her own cookie and a connection that stays open."""

    line: Line
    conversation_id: str

    def say(self, text: str = "", *, button: str = "") -> None:
        """Send one message; returns when the app has said that it is kept."""
        body = {"id": uuid.uuid4().hex, "text": text, "button": button}
        self.line.post("/chat/api/messages", body)


@contextmanager
def running_house() -> Iterator[Service]:
    """Engine, action server and app on an empty SQLite file, as `make run` starts them."""
    with TemporaryDirectory() as folder, running_service(Path(folder)) as service:
        yield service


def admit(service: Service, *, check_in: bool = False) -> Chat:
    """A knee patient who has consented, with a check-in under way or without any.

    The rows are written directly: the welcome is not what is measured here.
    """
    parts, token = service.parts, secrets.token_hex(16)
    conversation_id = enrolled(parts, address_of(token), check_in=check_in)
    ours = {HEADER: "chat", "Cookie": f"{cookie_name(secure=False)}={token}"}
    return Chat(Line(service.url, ours), conversation_id)


def enrolled(parts: Parts, address: str, *, check_in: bool) -> str:
    """Write one such patient and her chat at `address`; returns the chat's id."""
    now = parts.clock.now()
    zone = late_morning_zone(now)
    today = datetime.now(ZoneInfo(zone)).date()
    row = NewEnrolment(
        name="王秀英",
        hospital_id=secrets.token_hex(6),
        birth_year=1946,
        procedure_code="knee_replacement",
        surgery_on=today - timedelta(days=5),
        discharge_on=today - timedelta(days=1),
        language="zh",
        time_zone=zone,
        risk_tier=RiskTier.MEDIUM,
        channel=CHANNEL,
    )
    made = enrol(parts, row=row)
    chat = Conversation(
        id=parts.ids.new(),
        channel=CHANNEL,
        account=ACCOUNT,
        address=address,
        mode=Mode.BOT,
        language="zh",
        created_at=now,
        contact_id=made.invited[0].contact_id,
    )
    with parts.record.transaction() as tx:
        tx.conversations.add(chat)
        who = whom(tx, parts, chat)
        assert who is not None
        if check_in:
            start_episode(tx, parts, who)
        else:
            tx.episodes.swap(who.episode, replace(who.episode, state=EpisodeState.ACTIVE))
    return chat.id


def settle(service: Service) -> None:
    """Wait until every message has been processed and every reply handed over."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        with service.parts.record.reading() as tx:
            waiting = tx.inbound.count(state="received")
            waiting += tx.outbound.count(state__in=("queued", "sending"))
        if not waiting:
            return
        time.sleep(0.2)
    raise RuntimeError(f"still waiting after {SETTLE_SECONDS} s: {waiting} messages")


def live_through(parts: Parts, conversation_id: str, *, days: int) -> None:
    """Write a past into one patient's record: a check-in every second day, and its talk."""
    with parts.record.transaction() as tx:
        chat = tx.conversations.get(conversation_id)
        who = whom(tx, parts, chat) if chat else None
        assert chat is not None
        assert who is not None
        ids = list(who.pathway.questions)[:ANSWERS_A_DAY]
        plan, now = next(iter(who.pathway.check_ins)), parts.clock.now()
        for day in range(days, 0, -2):
            at = now - timedelta(days=day)
            past = CheckIn(
                id=parts.ids.new(),
                episode_id=who.episode.id,
                plan_id=plan.id,
                occurrence=1000 + day,
                due_at=at,
                window_end=at,
                state=CheckInState.COMPLETED,
                opened_at=at,
                ended_at=at,
                conversation_id=chat.id,
            )
            tx.check_ins.add(past)
            for number, id in enumerate(ids):
                heard = _heard(parts, chat, at, f"{day}-{number}")
                tx.inbound.add(heard)
                tx.observations.add(_observed(parts, who, past, heard, id))


def _heard(parts: Parts, chat: Conversation, at: datetime, name: str) -> Inbound:
    """One message of long ago, below every number that the chat will count from now on."""
    return Inbound(
        id=parts.ids.new(),
        conversation_id=chat.id,
        seq=-next(_past),
        channel=chat.channel,
        account=chat.account,
        external_id=f"past:{chat.id}:{name}",
        part="text",
        text="没有",
        received_at=at,
        state=InboundState.DONE,
        done_at=at,
    )


def _observed(
    parts: Parts, who: Whom, check_in: CheckIn, heard: Inbound, question: str
) -> Observation:
    asked = who.pathway.questions[question]
    return Observation(
        id=parts.ids.new(),
        episode_id=who.episode.id,
        check_in_id=check_in.id,
        question_id=question,
        code=asked.code or question,
        value=None,
        unit=None,
        source_text=heard.text,
        understood=False,
        observed_at=heard.received_at,
        inbound_id=heard.id,
        said_by=who.contact.id,
        said_by_role=str(who.contact.role),
        pathway_id=who.pathway.id,
        pathway_version=who.pathway.version,
    )
