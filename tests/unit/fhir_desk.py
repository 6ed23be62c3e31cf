"""What tests of patients as FHIR share: a ward with three stories, and what must always hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fhir.resources.R4B.bundle import Bundle as R4BBundle
from fhirclient.models.bundle import Bundle as R4Bundle

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode, Outbound, OutboundState, Priority
from bot.core.escalation import Cause, Chain, Escalation, EscalationState
from bot.core.pathway import Pathway
from bot.core.patient import Consent, EpisodeState
from bot.core.staff import AuditEntry, NurseTask
from bot.core.triage_level import TriageLevel
from tests import builders as b
from tests.builders import START

Json = dict[str, Any]
HOUR = timedelta(hours=1)
BASE = "https://hospital.example/fhir"
OWN_WORDS = (
    *("王秀英", "王芳", "H-wang", "13900001111", "三十八度四", "三十七度", "有点红，也有点热"),
    *("我喘不过气", "她说好多了", "慢慢来", "Chen", "可以洗澡吗", "奥美拉唑", "糖尿病"),
)


def on(pathway: Pathway) -> dict[str, str]:
    """The pathway as an episode and an observation name it."""
    return {"pathway_id": pathway.id, "pathway_version": pathway.version}


def wang(pathway: Pathway) -> list[Any]:
    """Mrs Wang: a check-in with answers of every kind, one corrected, one not understood; a
    case that Chen closed; a task that is open; her daughter, who took her consent back."""
    code = pathway.procedures[0]
    plan, later = pathway.check_ins[0].id, pathway.check_ins[1].id
    people = [one for one in b.wang_and_her_ward() if one.id != "episode-wang"]
    done = {"plan_id": plan, "state": CheckInState.COMPLETED, "ended_at": START + HOUR}
    planned = {"plan_id": later, "state": CheckInState.PLANNED, "opened_at": None}
    return [
        *people,
        b.an_episode(
            **on(pathway), procedure_code=code, medicines="奥美拉唑\n二甲双胍", history="糖尿病"
        ),
        replace(b.a_contact("fang", of="wang", phone="13900001111"), name="王芳"),
        b.a_chat("fang"),
        b.a_check_in(**done),
        replace(b.a_check_in(**planned), id="check-in-later"),
        b.an_inbound("三十八度四", seq=1),
        b.an_inbound("有点红，也有点热", id="in-2", seq=2, part="photo", media=["a.jpg"]),
        b.an_inbound("我喘不过气", id="in-3", seq=3, level="emergency"),
        *wangs_answers(pathway),
        *wangs_case(),
        *(consent(who, "given", of="wang") for who in ("wang", "fang")),
        consent("fang", "withdrawn", of="wang"),
        told("out-1", "您好", OutboundState.SENT),
        told("out-2", "慢慢来", OutboundState.SENT, kind="nurse"),
        told("out-3", "明天见", OutboundState.DEAD),
        AuditEntry("a1", START, "nurse-chen", "wrote_to_patient", "patient-wang", "out-2"),
    ]


def wangs_answers(pathway: Pathway) -> list[Any]:
    """38.4 that became 37.0, three choices, a yes, a score, and two without a value."""
    return [
        answer("temperature", 38.4, pathway, source_text="三十八度四", superseded_by="obs-again"),
        answer("temperature", 37.0, pathway, id="obs-again", source_text="三十七度"),
        answer("wound", ["bleeding", "opening"], pathway, source_text="有点红，也有点热"),
        answer("danger", [], pathway, said_by="contact-fang", said_by_role="caregiver"),
        answer("leg_raised", True, pathway),
        answer("pain_rest", 3.0, pathway),
        answer("walking", "as_planned", pathway),
        answer("helper", None, pathway, understood=False),
        answer(
            *("blood_thinner", None, pathway), understood=False, details={"outcome": "dont_know"}
        ),
    ]


def answer(name: str, value: Any, pathway: Pathway, **over: Any) -> Any:
    """One answer of the first check-in, named as the pathway names it."""
    question = pathway.questions[name]
    made = b.an_observation(
        question.code,
        value,
        id=f"obs-{name}",
        question_id=name,
        check_in_id="check-in-wang",
        unit=question.unit,
        **on(pathway),
    )
    return replace(made, **over)


def wangs_case() -> list[Any]:
    """An emergency that Chen took and closed, and a question that still waits."""
    reason = {"zh": "可能是肺栓塞", "en": "May be a lung embolism"}
    level = TriageLevel.EMERGENCY
    return [
        Escalation(
            *("case-1", "patient-wang", "episode-wang", level, EscalationState.CLOSED, START),
            chain=Chain(("first",), 5, 30),
            step=0,
            next_step_at=None,
            acknowledged_by="nurse-chen",
            acknowledged_at=START + HOUR,
            closed_by="nurse-chen",
            closed_at=START + 2 * HOUR,
            outcome="called",
            alert_right="yes",
            complication="II",
            outcome_note="她说好多了",
        ),
        Cause("cause-1", "case-1", "screening", "dyspnoea", level, "我喘不过气", reason),
        NurseTask(
            *("task-1", "k", "question", "patient-wang", "episode-wang", None, None),
            *("可以洗澡吗", START, START + HOUR),
        ),
    ]


def li(pathway: Pathway) -> list[Any]:
    """Mr Li said STOP: his episode rests."""
    code = pathway.procedures[0]
    rests = b.an_episode(
        "li", **on(pathway), procedure_code=code, state=EpisodeState.ON_HOLD, started_at=START
    )
    return [
        *(b.a_patient("li", ward=""), b.a_contact("li"), rests),
        b.a_chat("li", mode=Mode.STOPPED),
        *(consent("li", "given"), consent("li", "withdrawn")),
    ]


def consent(who: str, decision: str, *, of: str = "") -> Consent:
    at = START + HOUR if decision == "withdrawn" else START
    ids = (f"consent-{who}-{decision}", f"episode-{of or who}", f"contact-{who}", f"chat-{who}")
    return Consent(*ids, "1", "zh", decision, at)


def told(id: str, text: str, state: OutboundState, *, kind: str = "bot") -> Outbound:
    number = int(id[-1])
    settled = START + timedelta(seconds=number)
    given = (id, "chat-wang", number, f"key-{id}", Priority.CONVERSATION, text, START)
    return Outbound(*given, kind=kind, state=state, settled_at=settled)


# --- What must hold of every bundle ----------------------------------------------------


def check(content: Json) -> None:
    """Valid by both libraries, read back whole, and every invariant that they do not look at."""
    R4BBundle.model_validate(content)
    again = R4BBundle.model_validate(content).model_dump_json(exclude_none=True)
    assert json.loads(again) == content
    bare = without_extensions_of_values(content)
    assert R4Bundle(content).as_json() == bare
    found = [one["resource"] for one in content["entry"]]
    addresses = [one["fullUrl"] for one in content["entry"]]
    assert len(set(addresses)) == len(addresses)  # bdl-7
    known = {f"{one['resourceType']}/{one['id']}" for one in found}
    assert [one.rpartition("/fhir/")[2] for one in addresses] == [
        f"{one['resourceType']}/{one['id']}" for one in found
    ]
    forms = {f"{one['url']}|{one['version']}": one for one in kinds(content, "Questionnaire")}
    for part in nested(content):
        assert all(one not in (None, "", [], {}) for one in part.values()), part
        if "reference" in part and isinstance(part["reference"], str):
            assert part["reference"] in known
    for one in found:
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one["id"])
        for name, moment in moments(one):
            assert re.search(r"T\d\d:\d\d:\d\d[+-]\d\d:\d\d$", moment), (name, moment)
    for one in kinds(content, "QuestionnaireResponse"):
        if "questionnaire" in one:
            fits(one, forms[one["questionnaire"]])
    for one in kinds(content, "Observation"):
        valued = [name for name in one if name.startswith("value")]
        assert len(valued) + ("component" in one) + ("dataAbsentReason" in one) == 1  # obs-6
    for one in kinds(content, "Consent"):
        assert one.get("policy") or one.get("policyRule")  # ppc-1


def fits(response: Json, form: Json) -> None:
    """Each answer answers a question of the form, with one of its options where it has some."""
    asked = {one["linkId"]: one for one in form["item"]}
    order = [one["linkId"] for one in response.get("item", ())]
    assert order == [name for name in asked if name in order]
    for item in response.get("item", ()):
        question = asked[item["linkId"]]
        assert item["text"] == question["text"]
        given = item.get("answer", [])
        assert len(given) <= 1 or question["repeats"]
        wanted = {"choice": "valueCoding", "text": "valueString"}
        name = wanted.get(question["type"], f"value{question['type'].title()}")
        assert all(list(one) == [name] for one in given)
        if "answerOption" in question:
            options = [one["valueCoding"] for one in question["answerOption"]]
            assert all(one["valueCoding"] in options for one in given)


def kinds(content: Json, kind: str) -> list[Json]:
    found = [one["resource"] for one in content["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def one(content: Json, kind: str, id: str) -> Json:
    (found,) = [one for one in kinds(content, kind) if one["id"] == id]
    return found


def nested(part: Any) -> Iterator[Json]:
    """Every object inside a resource."""
    if isinstance(part, list):
        for inner in part:
            yield from nested(inner)
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from nested(inner)


def moments(part: Json) -> Iterator[tuple[str, str]]:
    """Every value with a clock time in it."""
    for inner in nested(part):
        for name, value in inner.items():
            if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
                yield name, value


def without_extensions_of_values(part: Any) -> Any:
    """The R4 library reads everything but extensions of single values, and drops these."""
    if isinstance(part, list):
        return [without_extensions_of_values(one) for one in part]
    if isinstance(part, dict):
        kept = {name: one for name, one in part.items() if not name.startswith("_")}
        return {name: without_extensions_of_values(one) for name, one in kept.items()}
    return part
