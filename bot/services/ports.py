"""Ports: what the use cases need from outside, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.core.check_in import Asked, CheckIn, Observation
from bot.core.conversation import ButtonPress, Conversation, Inbound, Outbound, Turn
from bot.core.escalation import Cause, Escalation, EscalationState, Notification
from bot.core.finding import Finding
from bot.core.merge import Merge
from bot.core.message import Outgoing
from bot.core.move import Move
from bot.core.nudge import Nudge
from bot.core.pace import Pace
from bot.core.pathway import Pathway
from bot.core.pathway_version import PathwayVersion
from bot.core.patient import Consent, Contact, Episode, Invitation, Patient
from bot.core.programme.period import Month
from bot.core.programme.rows import (
    AnswerRow,
    CallBackRow,
    CaseRow,
    ContactRow,
    EpisodeRow,
    FollowedRow,
    ScoreRow,
    StopRow,
)
from bot.core.release import Draft, Release
from bot.core.staff import (
    AuditEntry,
    Guesses,
    Nurse,
    NurseTask,
    SecondStep,
    Shift,
    ShiftOffer,
    SignIn,
)
from bot.core.takeover import Takeover
from bot.core.watch import Drill, Invariant, SignOfLife
from bot.core.worklist import Fits

T = TypeVar("T")


class Rows(Protocol[T]):
    """One kind of core object as the record keeps it. See `bot.storage.rows`."""

    def add(self, item: T) -> None: ...
    def add_if_new(self, item: T) -> bool: ...
    def add_all(self, items: Iterable[T]) -> None: ...
    def get(self, id: str, *, lock: bool = False) -> T | None: ...
    def one(self, *, lock: bool = False, **where: Any) -> T | None: ...
    def find(self, *, order_by: str = "", limit: int | None = None, **where: Any) -> list[T]: ...
    def ids(self, *, order_by: str, limit: int, **where: Any) -> list[str]: ...
    def heads(
        self,
        *,
        by: str,
        line: str,
        among: Mapping[str, Any],
        order_by: str,
        limit: int,
        **where: Any,
    ) -> list[str]: ...
    def count(self, **where: Any) -> int: ...
    def swap(self, old: T, new: T) -> bool: ...
    def drop_before(self, field: str, moment: datetime, *, limit: int) -> int: ...


class WorklistRows(Protocol):
    """The worklist's questions, each over several kinds. See `bot.storage.worklist`."""

    def cases(
        self, fits: Fits, state: EscalationState, *, limit: int
    ) -> list[tuple[Escalation, Patient, Episode]]: ...
    def count_cases(self, fits: Fits) -> dict[str, int]: ...
    def tasks(self, fits: Fits, *, limit: int) -> list[tuple[NurseTask, Patient | None]]: ...
    def count_tasks(self, fits: Fits) -> int: ...
    def emergencies(self) -> list[tuple[str, int, str]]: ...
    def marks(self) -> dict[str | None, list[object]]: ...


@dataclass(frozen=True)
class Selection:
    """What the programme is counted for; `ward` and `procedure` are None for all of them.

    What is not over yet at `now` says nothing about anybody.
    """

    months: tuple[Month, ...]
    now: datetime
    ward: str | None = None
    procedure: str | None = None


class ProgrammeRows(Protocol):
    """The rows that the programme's indicators are counted from; nothing that names a person."""

    def wards(self) -> list[str]: ...
    def procedures(self, ward: str | None) -> list[str]: ...
    def episodes(self, asked: Selection) -> list[EpisodeRow]: ...
    def contacts(self, asked: Selection) -> list[ContactRow]: ...
    def lost(self, asked: Selection) -> list[ContactRow]: ...
    def followed(self, asked: Selection) -> list[FollowedRow]: ...
    def stops(self, asked: Selection) -> list[StopRow]: ...
    def cases(self, asked: Selection) -> list[CaseRow]: ...
    def tasks_done(self, asked: Selection) -> list[tuple[str, str, str, str, int]]:
        """(ward, procedure, month, kind, how many)."""

    def call_backs(self, asked: Selection) -> list[CallBackRow]: ...
    def scores(self, asked: Selection, codes: Iterable[str]) -> list[ScoreRow]: ...
    def answers(self, asked: Selection, codes: Iterable[str]) -> list[AnswerRow]: ...


class Transaction(Protocol):
    """All that one use case reads and writes; committed whole or not at all."""

    @property
    def patients(self) -> Rows[Patient]: ...
    @property
    def merges(self) -> Rows[Merge]: ...
    @property
    def contacts(self) -> Rows[Contact]: ...
    @property
    def episodes(self) -> Rows[Episode]: ...
    @property
    def invitations(self) -> Rows[Invitation]: ...
    @property
    def consents(self) -> Rows[Consent]: ...
    @property
    def conversations(self) -> Rows[Conversation]: ...
    @property
    def takeovers(self) -> Rows[Takeover]: ...
    @property
    def inbound(self) -> Rows[Inbound]: ...
    @property
    def outbound(self) -> Rows[Outbound]: ...
    @property
    def paces(self) -> Rows[Pace]: ...
    @property
    def buttons(self) -> Rows[ButtonPress]: ...
    @property
    def turns(self) -> Rows[Turn]: ...
    @property
    def check_ins(self) -> Rows[CheckIn]: ...
    @property
    def nudges(self) -> Rows[Nudge]: ...
    @property
    def asked(self) -> Rows[Asked]: ...
    @property
    def observations(self) -> Rows[Observation]: ...
    @property
    def escalations(self) -> Rows[Escalation]: ...
    @property
    def causes(self) -> Rows[Cause]: ...
    @property
    def notifications(self) -> Rows[Notification]: ...
    @property
    def nurses(self) -> Rows[Nurse]: ...
    @property
    def shifts(self) -> Rows[Shift]: ...
    @property
    def shift_offers(self) -> Rows[ShiftOffer]: ...
    @property
    def guesses(self) -> Rows[Guesses]: ...
    @property
    def sign_ins(self) -> Rows[SignIn]: ...
    @property
    def second_steps(self) -> Rows[SecondStep]: ...
    @property
    def tasks(self) -> Rows[NurseTask]: ...
    @property
    def audit(self) -> Rows[AuditEntry]: ...
    @property
    def invariants(self) -> Rows[Invariant]: ...
    @property
    def signs_of_life(self) -> Rows[SignOfLife]: ...
    @property
    def drills(self) -> Rows[Drill]: ...
    @property
    def pathway_versions(self) -> Rows[PathwayVersion]: ...
    @property
    def drafts(self) -> Rows[Draft]: ...
    @property
    def releases(self) -> Rows[Release]: ...
    @property
    def moves(self) -> Rows[Move]: ...

    @property
    def worklist(self) -> WorklistRows: ...

    @property
    def programme(self) -> ProgrammeRows: ...

    def wake(self, work: str, about: str) -> None:
        """Start this piece of durable work as soon as the transaction is committed."""


class Record(Protocol):
    """Opens transactions. Leaving the block cleanly commits; an error rolls back."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...
    def reading(self) -> AbstractContextManager[Transaction]: ...


class Clock(Protocol):
    """The only source of time: aware, in UTC."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """New ids and secrets."""

    def new(self) -> str: ...
    def code(self) -> str:
        """A one-time code with at least 128 bits, `A-Za-z0-9_-`."""


@dataclass(frozen=True)
class EngineReply:
    """One message of the engine's answer; `button` payloads are ours, not Rasa's."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)


class Dialogue(Protocol):
    """The engine as a turn function. Raises EngineUnavailable."""

    def turn(
        self,
        *,
        turn_id: str,
        conversation_id: str,
        text: str | None,
        intent: str | None,
        metadata: Mapping[str, Any],
    ) -> tuple[EngineReply, ...]: ...


class Sender(Protocol):
    """A channel's way out. Returns the provider's id; raises DeliveryFailed.

    `own_page`: there is no provider. The page reads our record, so a message is delivered by
    being marked as sent, and `send` only wakes the page.
    """

    own_page: bool

    def send(self, message: Outgoing) -> str: ...


class Work(Protocol):
    """The durable side: start one piece of work now. Never raises."""

    def start(self, work: str, about: str) -> None: ...


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...
    def matches(self, password: str, hashed: str) -> bool: ...


class OneTimeCodes(Protocol):
    """Codes of an app on a phone: six digits that change each half minute."""

    def new_secret(self) -> str: ...
    def link(self, secret: str, *, login: str, house: str) -> str:
        """What the QR code holds, so that the app knows secret, person and house."""

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        """The half minute whose code this is, of now, the one before or the one after."""

    def recovery_code(self) -> str:
        """For the day the phone is lost: easy to type, too long to guess."""


class Workbench(Protocol):
    """Where files of the care team are looked at that are not, or not yet, in force."""

    def may_hold(self, name: str) -> bool:
        """Whether a library has a file of this name: `hernia.yml`, `shared/rules.yml`."""

    def findings(self, files: Mapping[str, str]) -> list[Finding]:
        """Every mistake of a whole library. Never raises for what a file contains."""

    def pathways(self, files: Mapping[str, str]) -> Mapping[str, Pathway]:
        """The pathways of a library by id. Raises PathwayError for the first mistake."""

    def changes(self, old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, Any]]:
        """What differs, in the words of the ward: rows with `pathway`, `kind`, `text` by
        language. Raises PathwayError when `new` cannot be read."""

    def folder(self) -> dict[str, str]:
        """The files as they stand in the folder now, in force or not."""
