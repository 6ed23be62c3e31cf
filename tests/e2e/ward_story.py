"""A ward at nine in the morning: three cases, three tasks, two nurses. For browser tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.check_in import Observation
from bot.core.conversation import Conversation, Inbound, Outbound, OutboundState, Priority
from bot.core.escalation import Cause, Chain, Escalation, EscalationState, Notification
from bot.core.patient import Contact, Episode, EpisodeState, Patient, RiskTier, Role
from bot.core.staff import NurseTask, Shift
from bot.core.triage_level import TriageLevel
from bot.services.staff_accounts import make_account
from tests.e2e.browser_house import House, a_chat

PASSWORD = "a calm night on ward 5"
PATHWAY = "hip_knee_replacement"
WARD = "骨科五病区"


@dataclass
class Ward:
    """Who is there; ids by short names."""

    house: House
    nurses: dict[str, str]
    cases: dict[str, str]


def a_ward(house: House, *, language: str = "en") -> Ward:
    """Fill the house with people and what happened to them."""
    now = house.parts.clock.now()
    nurses = {
        login: make_account(
            house.parts,
            name=name,
            login=login,
            password=PASSWORD,
            role=role,
            ward=ward,
            language=language,
        )
        for login, name, role, ward in (
            ("chen", "陈丽", "nurse", WARD),
            ("zhou", "周敏", "charge_nurse", WARD),
            ("admin", "林主任", "administrator", ""),
            ("other", "Maria Rossi", "nurse", "Cardiology"),
        )
    }
    _patient(house, "wang", "王秀英", 1944, 3, language="zh", phone="138 0000 0001")
    house.world.add(
        Contact(
            id="contact-daughter",
            patient_id="patient-wang",
            role=Role.CAREGIVER,
            name="王芳",
            language="zh",
            channel="telegram",
            created_at=now,
            phone="138 0000 0002",
        )
    )
    _patient(house, "li", "李国强", 1951, 9, language="zh", phone="138 0000 0003")
    _patient(house, "carter", "John Carter", 1958, 15, language="en")
    _patient(house, "sato", "佐藤健", 1960, 30, language="en")
    cases = {
        "wang": _wang(house, now),
        "li": _li(house, now),
        "carter": _carter(house, now, nurses["chen"]),
    }
    _notified(house, cases["wang"], nurses["chen"], now)
    _tasks(house, now)
    house.world.add(
        Shift("shift-1", nurses["chen"], "first", now - timedelta(hours=2), _in(now, hours=6)),
        Shift("shift-2", nurses["zhou"], "charge", now - timedelta(hours=2), _in(now, days=2)),
    )
    return Ward(house, nurses, cases)


def _in(now: datetime, **span: float) -> datetime:
    return now + timedelta(**span)


def _patient(
    house: House, key: str, name: str, born: int, day: int, *, language: str, phone: str = ""
) -> None:
    now = house.parts.clock.now()
    house.world.add(
        Patient(
            id=f"patient-{key}",
            name=name,
            hospital_id=f"Z2026-0{len(name)}{day:02}",
            birth_year=born,
            language=language,
            time_zone="Asia/Shanghai",
            ward=WARD,
            created_at=now - timedelta(days=day),
        ),
        Contact(
            id=f"contact-{key}",
            patient_id=f"patient-{key}",
            role=Role.PATIENT,
            name=name,
            language=language,
            channel="telegram",
            created_at=now - timedelta(days=day),
            phone=phone,
        ),
        Episode(
            id=f"episode-{key}",
            patient_id=f"patient-{key}",
            pathway_id=PATHWAY,
            pathway_version="1",
            procedure_code="knee_replacement",
            surgery_on=(now - timedelta(days=day)).date(),
            discharge_on=(now - timedelta(days=max(1, day - 3))).date(),
            risk_tier=RiskTier.HIGH if key == "wang" else RiskTier.MEDIUM,
            state=EpisodeState.ACTIVE,
            created_at=now - timedelta(days=day),
            started_at=now - timedelta(days=day),
        ),
    )


def _wang(house: House, now: datetime) -> str:
    chat = a_chat(house, "wang")
    talk = [
        ("bot", "王秀英，您好！今天是手术后第 3 天，想问问您恢复得怎么样。", 14, ""),
        ("bot", "今天体温多少度？", 13.5, ""),
        ("patient", "早上量的38度4", 12, "same_day"),
        ("bot", "静坐时有多疼？0 是不疼，10 是最疼。", 11.5, ""),
        ("patient", "大概五六分吧，比昨天疼", 10, ""),
        ("bot", "小腿有没有疼、肿或者发热？", 9.5, ""),
        ("patient", "左边小腿又热又肿，刚才上厕所有点喘不上气", 8, "emergency"),
        (
            "system",
            "您说的情况可能很紧急。请现在就拨打 120，或让身边的人马上送您去急诊。",
            7.9,
            "",
        ),
    ]
    told = _talk(house, chat, talk, now)
    _answers(house, "wang", now, told[2])
    return _case(
        house,
        "wang",
        TriageLevel.EMERGENCY,
        now,
        opened=8,
        due=2,
        causes=[
            (
                "screening",
                "breathless",
                4,
                "喘不上气",
                "可能是肺栓塞",
                "May be a lung embolism",
                [],
            ),
            (
                "rule",
                "leg_clot",
                3,
                "左边小腿又热又肿",
                "小腿深静脉血栓可能",
                "May be a clot in the leg",
                ["WEISS", "FORTIUS"],
            ),
            (
                "rule",
                "fever",
                3,
                "早上量的38度4",
                "发热，需排除感染",
                "Fever; infection must be ruled out",
                ["CHELWEST"],
            ),
        ],
        inbound=told[6],
    )


def _li(house: House, now: datetime) -> str:
    chat = a_chat(house, "li")
    told = _talk(
        house,
        chat,
        [
            ("bot", "请看一下伤口，有没有这些情况？", 55, ""),
            ("patient", "伤口有点渗水，纱布湿了，边上发红", 41, "same_day"),
        ],
        now,
    )
    return _case(
        house,
        "li",
        TriageLevel.SAME_DAY,
        now,
        opened=41,
        due=19,
        causes=[
            (
                "rule",
                "wound_infected",
                3,
                "伤口有点渗水，纱布湿了，边上发红",
                "伤口可能感染",
                "The wound may be infected",
                ["CHELWEST"],
            ),
        ],
        inbound=told[1],
    )


def _carter(house: House, now: datetime, nurse_id: str) -> str:
    chat = a_chat(house, "carter", language="en")
    told = _talk(
        house,
        chat,
        [
            ("bot", "How is walking today?", 200, ""),
            (
                "patient",
                "harder than last week, knee feels stiff and I skipped the exercises",
                190,
                "",
            ),
        ],
        now,
    )
    return _case(
        house,
        "carter",
        TriageLevel.WITHIN_48_HOURS,
        now,
        opened=190,
        due=60 * 20,
        causes=[
            (
                "rule",
                "walking_harder",
                2,
                "harder than last week",
                "行走变差",
                "Walking got worse",
                ["GK"],
            ),
        ],
        inbound=told[1],
        holder=nurse_id,
    )


def _talk(
    house: House, chat: Conversation, talk: list[tuple[str, str, float, str]], now: datetime
) -> list[str]:
    """Lines as they were said, minutes ago. Returns their ids."""
    ids: list[str] = []
    for number, (speaker, text, ago, level) in enumerate(talk, 1):
        moment = now - timedelta(minutes=ago)
        ids.append(f"{chat.id}-line-{number}")
        if speaker == "patient":
            spans = [s for s in ("38度4", "喘不上气", "左边小腿又热又肿") if s in text]
            flags = [{"code": "x", "span": span, "level": level} for span in spans]
            house.world.add(
                Inbound(
                    id=ids[-1],
                    conversation_id=chat.id,
                    seq=number,
                    channel=chat.channel,
                    account=chat.account,
                    external_id=ids[-1],
                    part="text",
                    text=text,
                    received_at=moment,
                    level=level or "routine",
                    screening={"red_flags": flags},
                )
            )
        else:
            house.world.add(
                Outbound(
                    id=ids[-1],
                    conversation_id=chat.id,
                    seq=number,
                    key=ids[-1],
                    priority=Priority.CONVERSATION,
                    text=text,
                    created_at=moment,
                    kind=speaker,
                    state=OutboundState.SENT,
                    settled_at=moment,
                )
            )
    house.become(chat, last_seq=len(talk), last_out=len(talk))
    return ids


def _answers(house: House, key: str, now: datetime, inbound_id: str) -> None:
    values: list[tuple[str, Any, str | None, float, str]] = [
        ("temperature", 36.9, "Cel", 48, "36度9"),
        ("pain_rest", 4, "{score}", 48, "四分左右"),
        ("pain_walking", 6, "{score}", 48, "走路6分"),
        ("wound", ["none"], None, 48, "没有"),
        ("temperature", 37.3, "Cel", 24, "37.3"),
        ("pain_rest", 4, "{score}", 24, "还是四分"),
        ("pain_walking", 6, "{score}", 24, "6"),
        ("wound", ["wet"], None, 24, "有一点点湿"),
        ("temperature", 38.4, "Cel", 0.2, "早上量的38度4"),
        ("pain_rest", 6, "{score}", 0.15, "大概五六分吧，比昨天疼"),
        ("leg", ["swelling", "hot_red"], None, 0.13, "左边小腿又热又肿"),
    ]
    for number, (code, value, unit, hours, words) in enumerate(values):
        house.world.add(
            Observation(
                id=f"obs-{key}-{number}",
                episode_id=f"episode-{key}",
                check_in_id=None,
                question_id=code,
                code=code,
                value=value,
                unit=unit,
                source_text=words,
                understood=True,
                observed_at=now - timedelta(hours=hours),
                inbound_id=inbound_id,
                said_by=f"contact-{key}",
                said_by_role="patient",
                pathway_id=PATHWAY,
                pathway_version="1",
            )
        )


def _case(
    house: House,
    key: str,
    level: TriageLevel,
    now: datetime,
    *,
    opened: float,
    due: float,
    causes: list[tuple[str, str, int, str, str, str, list[str]]],
    inbound: str,
    holder: str | None = None,
) -> str:
    id = f"case-{key}"
    house.world.add(
        Escalation(
            id=id,
            patient_id=f"patient-{key}",
            episode_id=f"episode-{key}",
            level=level,
            state=EscalationState.ACKNOWLEDGED if holder else EscalationState.OPEN,
            opened_at=now - timedelta(minutes=opened),
            chain=Chain(("first", "second", "charge"), 5, 30),
            step=1,
            next_step_at=now + timedelta(minutes=due, seconds=40),
            conversation_id=f"chat-{key}",
            acknowledged_by=holder,
            acknowledged_at=now if holder else None,
        )
    )
    for number, (kind, code, weight, words, zh, en, source) in enumerate(causes):
        house.world.add(
            Cause(
                id=f"{id}-cause-{number}",
                escalation_id=id,
                kind=kind,
                code=code,
                level=TriageLevel(weight),
                words=words,
                reason={"zh": zh, "en": en},
                source=source,
                version="1",
                inbound_id=inbound,
                noted_at=now - timedelta(minutes=opened),
            )
        )
    return id


def _notified(house: House, case_id: str, nurse_id: str, now: datetime) -> None:
    house.world.add(
        Notification(
            id="notification-1",
            key="notification-1",
            escalation_id=case_id,
            step=0,
            rota="first",
            nurse_id=nurse_id,
            outbound_id=None,
            notified_at=now - timedelta(minutes=8),
        )
    )


def _tasks(house: House, now: datetime) -> None:
    for number, (kind, key, text, due) in enumerate(
        (
            ("question", "sato", "出院带的止痛药吃完了还要再开吗？", 5),
            ("silence", "sato", "", 20),
            ("photo", "li", "伤口照片", 3),
        )
    ):
        house.world.add(
            NurseTask(
                id=f"task-{number}",
                key=f"task-{number}",
                kind=kind,
                patient_id=f"patient-{key}",
                episode_id=f"episode-{key}",
                conversation_id=None,
                inbound_id=None,
                text=text,
                created_at=now,
                due_at=now + timedelta(hours=due),
            )
        )
