"""The tables: one per core object, its columns read from the object's own fields.

What is written here is what the fields cannot say: keys, references, what is
unique, and what is looked up often.
"""

from __future__ import annotations

import types
import typing
from dataclasses import fields
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.core.check_in import Asked, CheckIn, CheckInState, Observation
from bot.core.conversation import (
    ButtonPress,
    Conversation,
    Inbound,
    InboundState,
    Outbound,
    OutboundState,
    Priority,
    Turn,
)
from bot.core.escalation import Cause, Chain, Escalation, Notification
from bot.core.merge import Merge
from bot.core.move import Move, MoveState
from bot.core.nudge import Nudge, NudgeState
from bot.core.pace import Pace
from bot.core.pathway_version import PathwayVersion
from bot.core.patient import Consent, Contact, Episode, Invitation, Patient
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
from bot.core.triage_level import TriageLevel
from bot.core.watch import Drill, Invariant, SignOfLife
from bot.storage.types import ChainJson, Level, Ordinal, UtcDateTime, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LONG_WORDS = {
    *("text", "source_text", "words", "outcome_note", "note", "details", "password_hash"),
    *("medicines", "history"),
}


def column_type(name: str, hint: Any) -> Any:
    """The column type of one field, from its annotation."""
    if hint is TriageLevel:
        return Level()
    if hint is Chain:
        return ChainJson()
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return Ordinal(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Word(hint)
    if hint is Any or typing.get_origin(hint) in (dict, list):
        return JSON(none_as_null=True)
    plain = {
        bool: Boolean(),
        int: Integer(),
        datetime: UtcDateTime(),
        date: Date(),
        str: Text() if name in LONG_WORDS else String(200),
    }
    return plain[hint]


def table(name: str, cls: type, *extra: Any, refs: dict[str, str] | None = None) -> Table:
    """Make the table of one core object; `refs` maps a field to 'table.column'."""
    hints = typing.get_type_hints(cls)
    columns = []
    for one in fields(cls):
        hint, optional = hints[one.name], False
        if isinstance(hint, types.UnionType):
            optional = type(None) in hint.__args__
            hint = next(a for a in hint.__args__ if a is not type(None))
        keys = [ForeignKey(refs[one.name])] if refs and one.name in refs else []
        columns.append(
            Column(
                one.name,
                column_type(one.name, hint),
                *keys,
                primary_key=one.name == "id",
                nullable=optional or hint is Any,
            )
        )
    return Table(name, metadata, *columns, *extra)


def partial(name: str, table: Table, columns: str, waiting: Any, *, unique: bool = False) -> Index:
    """An index of only the rows that wait, so that its size is the work and not the history."""
    return Index(
        name,
        *(table.c[one] for one in columns.split(",")),
        unique=unique,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


patients = table(
    "patients",
    Patient,
    UniqueConstraint("hospital_id"),
    Index(None, "ward"),
    Index(None, "merged_into"),
)
merges = table(
    "merges",
    Merge,
    Index(None, "stays_id"),
    refs={
        "stays_id": "patients.id",
        "goes_id": "patients.id",
        "merged_by": "nurses.id",
        "undone_by": "nurses.id",
    },
)
# A registration is merged into one other at a time; a merge that was taken back does not count.
partial("ix_merges_standing", merges, "goes_id", merges.c.undone_at.is_(None), unique=True)
contacts = table("contacts", Contact, Index(None, "patient_id"), refs={"patient_id": "patients.id"})
episodes = table(
    "episodes",
    Episode,
    UniqueConstraint("patient_id", "procedure_code", "surgery_on"),
    Index(None, "discharge_on"),
    Index(None, "state"),
    refs={"patient_id": "patients.id"},
)
invitations = table(
    "invitations",
    Invitation,
    UniqueConstraint("code_hash"),
    Index(None, "contact_id"),
    refs={"contact_id": "contacts.id"},
)
conversations = table(
    "conversations",
    Conversation,
    UniqueConstraint("channel", "account", "address"),
    Index(None, "contact_id"),
    refs={"contact_id": "contacts.id"},
)
consents = table("consents", Consent, Index(None, "episode_id"), refs={"episode_id": "episodes.id"})
partial("ix_consents_withdrawn", consents, "decided_at", consents.c.decision == "withdrawn")
takeovers = table(
    "takeovers",
    Takeover,
    Index(None, "conversation_id"),
    Index(None, "look_at"),
    refs={
        "conversation_id": "conversations.id",
        "patient_id": "patients.id",
        "nurse_id": "nurses.id",
    },
)
partial("ix_takeovers_open", takeovers, "started_at", takeovers.c.ended_at.is_(None))
inbound = table(
    "inbound",
    Inbound,
    UniqueConstraint("channel", "account", "external_id"),
    UniqueConstraint("conversation_id", "seq"),
    refs={"conversation_id": "conversations.id"},
)
UNHEARD = inbound.c.state == InboundState.RECEIVED
partial("ix_inbound_unheard", inbound, "received_at", UNHEARD)
partial("ix_inbound_unheard_head", inbound, "conversation_id,seq", UNHEARD)
outbound = table(
    "outbound",
    Outbound,
    UniqueConstraint("key"),
    UniqueConstraint("conversation_id", "seq"),
    refs={"conversation_id": "conversations.id"},
)
UNSENT = outbound.c.state.in_([OutboundState.QUEUED, OutboundState.SENDING])
partial("ix_outbound_unsent", outbound, "sender,priority,created_at", UNSENT)
partial(
    "ix_outbound_urgent_head",
    outbound,
    "conversation_id,seq",
    UNSENT & (outbound.c.priority <= Priority.URGENT_ADVICE),
)
partial("ix_outbound_unsent_head", outbound, "conversation_id,seq", UNSENT)
partial("ix_outbound_dead", outbound, "settled_at", outbound.c.state == OutboundState.DEAD)
paces = table("paces", Pace)
buttons = table(
    "buttons",
    ButtonPress,
    Index(None, "conversation_id"),
    Index(None, "created_at"),
    refs={"conversation_id": "conversations.id"},
)
turns = table(
    "turns",
    Turn,
    Index(None, "created_at"),
    refs={"conversation_id": "conversations.id"},
)
check_ins = table(
    "check_ins",
    CheckIn,
    UniqueConstraint("episode_id", "plan_id", "occurrence"),
    Index(None, "due_at"),
    refs={"episode_id": "episodes.id"},
)
partial(
    "ix_check_ins_due",
    check_ins,
    "due_at",
    (check_ins.c.state == CheckInState.PLANNED) & check_ins.c.follow_up_at.is_(None),
)
partial(
    "ix_check_ins_look",
    check_ins,
    "follow_up_at",
    check_ins.c.state.in_([CheckInState.PLANNED, CheckInState.OPEN]),
)
nudges = table(
    "nudges",
    Nudge,
    UniqueConstraint("episode_id", "kind", "plan_id", "occurrence"),
    Index(None, "outbound_id"),
    refs={"episode_id": "episodes.id"},
)
partial("ix_nudges_planned", nudges, "look_at", nudges.c.state == NudgeState.PLANNED)
asked = table(
    "asked",
    Asked,
    UniqueConstraint("check_in_id", "question_id"),
    refs={"check_in_id": "check_ins.id"},
)
observations = table(
    "observations",
    Observation,
    Index(None, "episode_id", "observed_at"),
    Index(None, "code", "observed_at"),
    Index(None, "check_in_id"),
    Index(None, "inbound_id"),
    refs={
        "episode_id": "episodes.id",
        "check_in_id": "check_ins.id",
        "inbound_id": "inbound.id",
        "said_by": "contacts.id",
    },
)
escalations = table(
    "escalations",
    Escalation,
    Index(None, "state", "next_step_at"),
    Index(None, "patient_id", "state"),
    Index(None, "opened_at"),
    refs={"patient_id": "patients.id", "episode_id": "episodes.id"},
)
causes = table(
    "causes",
    Cause,
    Index(None, "escalation_id"),
    refs={"escalation_id": "escalations.id", "inbound_id": "inbound.id"},
)
nurses = table("nurses", Nurse, UniqueConstraint("login"))
notifications = table(
    "notifications",
    Notification,
    UniqueConstraint("key"),
    Index(None, "escalation_id"),
    refs={"escalation_id": "escalations.id", "nurse_id": "nurses.id"},
)
shifts = table("shifts", Shift, Index(None, "rota", "starts_at"), refs={"nurse_id": "nurses.id"})
shift_offers = table(
    "shift_offers",
    ShiftOffer,
    Index(None, "shift_id"),
    Index(None, "offered_at"),
    refs={
        "shift_id": "shifts.id",
        "offered_by": "nurses.id",
        "taken_by": "nurses.id",
        "given_shift_id": "shifts.id",
    },
)
guesses = table("guesses", Guesses, Index(None, "last_at"))
sign_ins = table("sign_ins", SignIn, UniqueConstraint("token_hash"), refs={"nurse_id": "nurses.id"})
second_steps = table("second_steps", SecondStep, refs={"id": "nurses.id"})
tasks = table(
    "tasks",
    NurseTask,
    UniqueConstraint("key"),
    Index(None, "done_at", "due_at"),
    Index(None, "created_at"),
)
partial("ix_tasks_look", tasks, "look_at", tasks.c.done_at.is_(None) & tasks.c.look_at.is_not(None))
pathway_versions = table("pathway_versions", PathwayVersion)
drafts = table("drafts", Draft, Index(None, "state"))
releases = table("releases", Release, UniqueConstraint("number"))
moves = table(
    "moves",
    Move,
    Index(None, "episode_id"),
    refs={"episode_id": "episodes.id"},
)
partial("ix_moves_waiting", moves, "look_at", moves.c.state == MoveState.WAITING)
invariants = table("invariants", Invariant)
signs_of_life = table("signs_of_life", SignOfLife)
drills = table("drills", Drill, refs={"answered_by": "nurses.id"})
audit = table(
    "audit",
    AuditEntry,
    Index(None, "at"),
    Index(None, "about"),
    Index(None, "who", "at"),
    Index(None, "number", unique=True),
)
partial("ix_audit_unchained", audit, "at,id", audit.c.number.is_(None))
