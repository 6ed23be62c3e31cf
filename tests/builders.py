"""Builders: named people and things for tests, each with sensible defaults.

Every builder takes the fields a test cares about and makes up the rest:
`a_patient(language="en")`, `a_nurse("chen")`, `an_episode(risk_tier=RiskTier.HIGH)`.
Ids are the words in the test: patient-wang, nurse-chen, chat-wang.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.core.check_in import CheckIn, CheckInState, Observation
from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.merge import Merge
from bot.core.pathway import (
    Anchor,
    CheckInPlan,
    Late,
    Lateness,
    Pathway,
    SilenceLadder,
)
from bot.core.patient import Contact, Episode, EpisodeState, Patient, RiskTier, Role
from bot.core.question import Kind, Question
from bot.core.release import Draft, DraftState
from bot.core.shared import (
    CallBackPolicy,
    ConsentText,
    EmergencyNumbers,
    LevelPolicy,
    Phrases,
    QuietHours,
    Shared,
)
from bot.core.staff import Nurse, Shift, StaffRole
from bot.core.takeover import TakeoverPolicy
from bot.core.triage_level import TriageLevel
from bot.core.words import Words

START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a Tuesday
SURGERY_ON, DISCHARGE_ON = date(2026, 3, 4), date(2026, 3, 7)
CHAIN = ("first", "second", "charge")
ALWAYS_FILLED = ("emergency", "crisis", "hospital_line")


def both(text: str) -> Words:
    """The same words for readers of either language."""
    return Words({"zh": text, "en": text})


class EchoWords(Words):
    """Says its key, the language and the blanks, so that tests do not hang on wording."""

    def say(self, language: str, **values: object) -> str:
        shown = {name: value for name, value in values.items() if name not in ALWAYS_FILLED}
        blanks = "".join(f" {name}={value}" for name, value in shown.items() if value != "")
        return f"{self.by_language[language]}{blanks}"


class EchoPhrases(Phrases):
    """Every phrase there could be, each as an echo of its key."""

    def __getitem__(self, key: str) -> Words:
        return EchoWords({"zh": f"{key}.zh", "en": f"{key}.en"})

    def __contains__(self, key: object) -> bool:
        return True


def words(text: str) -> Words:
    return Words({"zh": f"{text}（中文）", "en": text})


def a_policy(
    level: TriageLevel, *, minutes: int | None, outcome_minutes: int | None = None
) -> LevelPolicy:
    """A level whose next step comes after `minutes`; None: no nurse is needed."""
    wait = None if minutes is None else timedelta(minutes=minutes)
    within = None if outcome_minutes is None else timedelta(minutes=outcome_minutes)
    return LevelPolicy(
        level=level,
        acknowledge_within=wait,
        step_every=wait,
        rotas=CHAIN if minutes else (),
        outcome_within=within,
        tell_patient=words(f"{level.word}: a nurse has been told. Call {{emergency}} if worse."),
        told_has_nurse=words("Nurse {nurse} has your case."),
    )


def a_shared(*, phrases: Phrases | None = None) -> Shared:
    """Deadlines that are easy to count with; they are not anybody's clinical policy."""
    level = TriageLevel
    policies = (
        a_policy(level.ROUTINE, minutes=None),
        a_policy(level.SELF_CARE, minutes=None),
        a_policy(level.WITHIN_48_HOURS, minutes=240, outcome_minutes=2880),
        a_policy(level.SAME_DAY, minutes=30, outcome_minutes=240),
        a_policy(level.EMERGENCY, minutes=5, outcome_minutes=30),
    )
    return Shared(
        levels={one.level: one for one in policies},
        emergency={
            "CN": EmergencyNumbers(
                country="CN",
                emergency="120",
                crisis="12356",
                verified_on=date(2026, 1, 1),
                source="https://example.org",
            )
        },
        phrases=phrases or EchoPhrases(),
        sources={},
        consent=ConsentText(version="1", words=words("You agree to be followed up.")),
        quiet=QuietHours(starts=time(21), ends=time(8)),
        takeover=TakeoverPolicy(
            remind_after=timedelta(minutes=10),
            go_up_after=timedelta(minutes=5),
            hand_back_after=timedelta(minutes=20),
        ),
        call_back=CallBackPolicy(timedelta(hours=1), timedelta(hours=24)),
        quick_replies={"calling": words("I am calling you now.")},
    )


def a_question(id: str = "pain_rest", **over: Any) -> Question:
    given: dict[str, Any] = {
        "kind": Kind.SCALE,
        "ask": words(f"How is {id}?"),
        "code": id,
        "unit": "{score}",
        "minimum": 0.0,
        "maximum": 10.0,
    }
    return Question(id=id, **{**given, **over})


def a_plan(id: str = "day_7", *, day: int = 7, questions: Sequence[str] = ("pain_rest",)) -> Any:
    hour = timedelta(hours=1)
    return CheckInPlan(
        id=id,
        day=day,
        anchor=Anchor.SURGERY,
        opens=time(9),
        closes=time(20),
        questions=tuple(questions),
        tiers=("low", "medium", "high"),
        silence=SilenceLadder(4 * hour, 8 * hour, TriageLevel.WITHIN_48_HOURS),
        lateness=Lateness(4 * hour, Late.SKIP_AND_TELL_NURSE),
    )


def a_pathway(*, shared: Shared | None = None, **over: Any) -> Pathway:
    """A very small knee replacement: two questions, one check-in, no rules."""
    questions = {
        "pain_rest": a_question("pain_rest"),
        "temperature": a_question(
            "temperature", kind=Kind.MEASURE, unit="Cel", minimum=30.0, maximum=43.0
        ),
    }
    given: dict[str, Any] = {
        "id": "knee_replacement",
        "version": "1-abc",
        "number": 1,
        "title": Words({"zh": "膝关节置换", "en": "Knee replacement"}),
        "procedures": ("KNEE",),
        "respondent": "patient",
        "check_ins": (a_plan(questions=tuple(questions)),),
        "questions": questions,
        "ask_when": {},
        "if_unknown": {},
        "rules": (),
        "teaching": (),
        "reminders": (),
        "answers": {},
        "cases": (),
        "shared": shared or a_shared(),
    }
    return Pathway(**{**given, **over})


def a_patient(name: str = "wang", **over: Any) -> Patient:
    given: dict[str, Any] = {
        "name": "王秀英" if name == "wang" else name.title(),
        "hospital_id": f"H-{name}",
        "birth_year": 1948,
        "language": "zh",
        "time_zone": "Asia/Shanghai",
        "ward": "ortho",
        "created_at": START,
    }
    return Patient(id=f"patient-{name}", **{**given, **over})


def a_contact(name: str = "wang", *, of: str = "", **over: Any) -> Contact:
    """The person who writes. `of` names the patient when it is her caregiver."""
    given: dict[str, Any] = {
        "patient_id": f"patient-{of or name}",
        "role": Role.CAREGIVER if of else Role.PATIENT,
        "name": "王秀英" if name == "wang" else name.title(),
        "language": "zh",
        "channel": "telegram",
        "created_at": START,
    }
    return Contact(id=f"contact-{name}", **{**given, **over})


def an_episode(name: str = "wang", **over: Any) -> Episode:
    given: dict[str, Any] = {
        "patient_id": f"patient-{name}",
        "pathway_id": "knee_replacement",
        "pathway_version": "1-abc",
        "procedure_code": "KNEE",
        "surgery_on": SURGERY_ON,
        "discharge_on": DISCHARGE_ON,
        "risk_tier": RiskTier.MEDIUM,
        "state": EpisodeState.ACTIVE,
        "created_at": START,
        "started_at": START,
    }
    return Episode(id=f"episode-{name}", **{**given, **over})


def a_chat(name: str = "wang", **over: Any) -> Conversation:
    """A patient's chat; for a nurse's own chat see `a_nurse_chat`."""
    given: dict[str, Any] = {
        "channel": "telegram",
        "account": "ward",
        "address": name,
        "mode": Mode.BOT,
        "language": "zh",
        "created_at": START,
        "contact_id": f"contact-{name}",
    }
    return Conversation(id=f"chat-{name}", **{**given, **over})


def an_inbound(text: str = "我喘不过气", *, id: str = "in-1", **over: Any) -> Inbound:
    given: dict[str, Any] = {
        "conversation_id": "chat-wang",
        "seq": 1,
        "channel": "telegram",
        "account": "ward",
        "external_id": id,
        "part": "text",
        "received_at": START,
    }
    return Inbound(id=id, text=text, **{**given, **over})


def a_check_in(name: str = "wang", **over: Any) -> CheckIn:
    given: dict[str, Any] = {
        "episode_id": f"episode-{name}",
        "plan_id": "day_7",
        "occurrence": 1,
        "due_at": START,
        "window_end": START + timedelta(hours=11),
        "state": CheckInState.OPEN,
        "opened_at": START,
        "conversation_id": f"chat-{name}",
    }
    return CheckIn(id=f"check-in-{name}", **{**given, **over})


def an_observation(code: str = "temperature", value: Any = 38.4, **over: Any) -> Observation:
    given: dict[str, Any] = {
        "id": f"obs-{code}-{value}",
        "episode_id": "episode-wang",
        "check_in_id": None,
        "question_id": code,
        "unit": "Cel" if code == "temperature" else "{score}",
        "source_text": str(value),
        "understood": True,
        "observed_at": START,
        "inbound_id": "in-1",
        "said_by": "contact-wang",
        "said_by_role": "patient",
        "pathway_id": "knee_replacement",
        "pathway_version": "1-abc",
    }
    return Observation(code=code, value=value, **{**given, **over})


def a_nurse(name: str = "chen", **over: Any) -> Nurse:
    given: dict[str, Any] = {
        "name": name.title(),
        "login": name,
        "password_hash": "hashed:secret",
        "role": StaffRole.NURSE,
        "ward": "ortho",
        "language": "en",
        "created_at": START,
        "conversation_id": f"chat-{name}",
    }
    return Nurse(id=f"nurse-{name}", **{**given, **over})


def a_nurse_chat(name: str = "chen", **over: Any) -> Conversation:
    given = {"mode": Mode.UNKNOWN, "language": "en", "contact_id": None}
    return a_chat(name, **{**given, "nurse_id": f"nurse-{name}", **over})


def a_shift(name: str = "chen", rota: str = "first", **over: Any) -> Shift:
    """On the rota from the day before START, for a month."""
    given: dict[str, Any] = {
        "starts_at": START - timedelta(days=1),
        "ends_at": START + timedelta(days=30),
    }
    return Shift(
        id=f"shift-{name}-{rota}", nurse_id=f"nurse-{name}", rota=rota, **{**given, **over}
    )


def a_draft(**over: Any) -> Draft:
    """A change of one file that Mei writes."""
    given: dict[str, Any] = {
        "authors": ["nurse-mei"],
        "files": {"hernia.yml": "pathway: hernia\n"},
        "bases": {"hernia.yml": ""},
        "state": DraftState.WRITING,
        "number": 1,
        "created_at": START,
        "changed_at": START,
    }
    return Draft(id="draft-1", **{**given, **over})


def a_merge(name: str = "wang", **over: Any) -> Merge:
    """The second registration, of patient-double, that was joined to this patient's."""
    nothing = ("contacts", "escalations", "tasks", "takeovers", "episodes", "same_operation")
    given: dict[str, Any] = {
        "stays_id": f"patient-{name}",
        "goes_id": "patient-double",
        "merged_at": START,
        "merged_by": "nurse-zhao",
        "words": "one paper",
        "moved": {one: [] for one in nothing},
    }
    return Merge(id="merge-1", **{**given, **over})


def wang_and_her_ward() -> list[Any]:
    """Mrs Wang, day 6 after a knee replacement, and three nurses with chats on three rotas.

    Chen is first, Liu second, Zhao (charge nurse) last. Add with `world.add(*...)`.
    """
    people: list[Any] = [a_patient(), a_contact(), an_episode(), a_chat()]
    for name, rota in (("chen", "first"), ("liu", "second"), ("zhao", "charge")):
        role = StaffRole.CHARGE_NURSE if rota == "charge" else StaffRole.NURSE
        people += [a_nurse_chat(name), a_nurse(name, role=role), a_shift(name, rota)]
    return people
