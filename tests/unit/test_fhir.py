"""Pathways leave as FHIR R4: valid, whole, in both languages, and asking the same questions."""

# ruff: noqa: E501 - expected texts read best on one line
from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle as R4BBundle
from fhirclient.models.bundle import Bundle as R4Bundle
from typer.testing import CliRunner

from bot.cli import app
from bot.core.condition import UNKNOWN, Answered, Facts, holds
from bot.core.pathway import TIERS, CheckInPlan, Pathway
from bot.core.question import Kind, Question
from bot.core.triage_level import TriageLevel
from bot.exchange.fhir import bundle, not_carried
from bot.exchange.fhir_enable import EXPRESSION, enabled
from bot.exchange.fhir_plan import PRIORITIES
from bot.exchange.fhir_words import TRANSLATION, id_of
from bot.exchange.fhirpath import Scene
from bot.exchange.xlsform_out import offered
from bot.pathfiles.load import load_library, read_library
from tests.unit.pathway_desk import PATHWAYS, write_library

LIBRARY = load_library(PATHWAYS)
Json = dict[str, Any]
# What only FHIRPath can say: everything else stands in enableWhen, which every program reads.
BY_EXPRESSION = {
    ("hip_knee_replacement", "hip_out"),
    *(("colorectal_resection", name) for name in ("stoma_look", "stoma_flow", "stoma_skin")),
}


@pytest.fixture(params=sorted(LIBRARY.pathways))
def pathway(request: pytest.FixtureRequest) -> Pathway:
    return LIBRARY.pathway(request.param)


@cache
def written(name: str) -> Json:
    """The bundle as it is printed."""
    return json.loads(json.dumps(bundle(LIBRARY.pathway(name))))


def resources(pathway: Pathway, kind: str) -> list[Json]:
    found = [one["resource"] for one in written(pathway.id)["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def nested(part: Any) -> Iterator[Json]:
    """Every object inside a resource."""
    if isinstance(part, list):
        for one in part:
            yield from nested(one)
    if isinstance(part, dict):
        yield part
        for one in part.values():
            yield from nested(one)


def items(part: Json) -> dict[str, Json]:
    found = [one for one in nested(part) if "linkId" in one]
    assert len({one["linkId"] for one in found}) == len(found)
    return {one["linkId"]: one for one in found}


def test_a_bundle_is_valid(pathway: Pathway) -> None:
    content = written(pathway.id)
    R4BBundle.model_validate(content)
    # The R4 library reads everything but extensions of single values, and drops these.
    assert R4Bundle(content).as_json() == without_extensions_of_values(content)


def test_a_bundle_is_read_back_whole_with_its_translations() -> None:
    content = written("cataract")
    again = R4BBundle.model_validate(content).model_dump_json(exclude_none=True)
    assert json.loads(again) == content


def without_extensions_of_values(part: Any) -> Any:
    if isinstance(part, list):
        return [without_extensions_of_values(one) for one in part]
    if isinstance(part, dict):
        kept = {name: one for name, one in part.items() if not name.startswith("_")}
        return {name: without_extensions_of_values(one) for name, one in kept.items()}
    return part


@pytest.mark.parametrize(
    "spoil",
    [{"item": 3}, {"url": ["x"]}, {"nonsense": 1}, {"id": "day_1"}, {"item": [{"type": "x"}]}],
)
def test_the_library_would_refuse_what_is_wrong(spoil: Json) -> None:
    content = json.loads(json.dumps(written("cataract")))
    content["entry"][1]["resource"].update(spoil)
    with pytest.raises(ValueError, match="validation error"):
        R4BBundle.model_validate(content)


def test_every_check_in_has_its_questionnaire_with_its_questions(pathway: Pathway) -> None:
    found = {one["url"]: one for one in resources(pathway, "Questionnaire")}
    plan = resources(pathway, "PlanDefinition")[0]
    contacts = {one["id"]: one for one in nested(plan["action"]) if "definitionCanonical" in one}
    assert len(found) == len(contacts) == len(pathway.check_ins)
    for check_in in pathway.check_ins:
        action = contacts[id_of("check-in", check_in.id)]
        url, _, version = action["definitionCanonical"].partition("|")
        assert version == pathway.version == found[url]["version"]
        asked = [
            one["linkId"] for one in found[url]["item"] if one["type"] not in ("group", "display")
        ]
        assert tuple(asked) == check_in.questions
        related = action["relatedAction"][0]
        assert related["actionId"] == check_in.anchor.value
        assert related["offsetDuration"]["value"] == check_in.day
        for name in asked:
            same(items(found[url])[name], pathway.questions[name])


def same(item: Json, question: Question) -> None:
    assert (item["text"], chinese(item, "text")) == (question.ask.say("en"), question.ask.say("zh"))
    options = [one["valueCoding"] for one in item.get("answerOption", ())]
    assert {one["code"]: (one["display"], chinese(one, "display")) for one in options} == {
        value: (words.say("en"), words.say("zh")) for value, words in offered(question).items()
    }
    told = {one["url"].rpartition("/")[2]: one for one in item.get("extension", ())}
    if question.minimum is not None:
        limits = [told[name] for name in ("minValue", "maxValue")]
        values = [one.get("valueInteger", one.get("valueDecimal")) for one in limits]
        assert values == [question.minimum, question.maximum]
    assert item["repeats"] is (question.kind is Kind.CHOICES)


def chinese(element: Json, name: str) -> str:
    extension = element[f"_{name}"]["extension"][0]
    assert extension["url"] == TRANSLATION
    parts = {one["url"]: one for one in extension["extension"]}
    assert parts["lang"]["valueCode"] == "zh"
    return parts["content"]["valueString"]


def test_every_rule_is_there_with_its_level_advice_and_sources(pathway: Pathway) -> None:
    plan = resources(pathway, "PlanDefinition")[0]
    actions = {one["id"]: one for one in nested(plan["action"]) if "id" in one}
    for rule in pathway.rules:
        action = actions[id_of("rule", rule.id)]
        assert action["priority"] == PRIORITIES[rule.level]
        assert chinese(action, "textEquivalent") == rule.tell.say("zh")
        assert action["condition"][0]["expression"]["expression"] == rule.when_text
        assert [one["label"] for one in action["documentation"]] == list(rule.source)
    assert PRIORITIES[TriageLevel.EMERGENCY] == "stat"
    taught = {id_of("teaching", one.id) for one in pathway.teaching}
    taught |= {id_of("reminder", one.id) for one in pathway.reminders}
    assert taught <= set(actions)


def test_names_ids_and_references_hold_what_fhir_asks_of_them(pathway: Pathway) -> None:
    for one in [entry["resource"] for entry in written(pathway.id)["entry"]]:
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one["id"])
        assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,254}", one["name"])  # que-0, pdf-0
        assert (one["status"], one["experimental"]) == ("draft", True)
        ids = [part["id"] for part in nested(one.get("action", [])) if "id" in part]
        assert len(set(ids)) == len(ids)
        related = [part["actionId"] for part in nested(one) if "actionId" in part]
        assert set(related) <= set(ids)
    for one in resources(pathway, "Questionnaire"):
        found = items(one)
        for item in found.values():
            assert (item["type"] == "group") <= ("item" in item)  # que-1
            assert not (item["type"] == "display" and "code" in item)  # que-3
            assert ("answerOption" in item) <= (item["type"] == "choice")  # que-5
            when = item.get("enableWhen", ())
            assert (len(when) > 1) == ("enableBehavior" in item)  # que-12
            for test in when:
                assert test["question"] in found
                assert (test["operator"] == "exists") == ("answerBoolean" in test)  # que-7


def test_no_code_of_loinc_or_snomed_stands_without_a_source(pathway: Pathway) -> None:
    systems = {one["system"] for one in nested(written(pathway.id)) if "system" in one}
    outside = {one for one in systems if not one.startswith("https://aftercare.example/")}
    assert all(one.startswith(("http://terminology.hl7.org/", "http://hl7.org/", "http://unitsofmeasure.org")) for one in outside)  # fmt: skip


def test_a_question_is_asked_by_fhir_when_we_ask_it(pathway: Pathway) -> None:
    chance = random.Random(pathway.id)  # noqa: S311
    seen = 0
    found = {one["id"]: items(one) for one in resources(pathway, "Questionnaire")}
    for plan in pathway.check_ins:
        for _ in range(15):
            facts, answers = a_day(pathway, plan, chance)
            for name in plan.questions:
                item = found[id_of(pathway.id, plan.id)][name]
                condition = pathway.ask_when.get(name)
                by_path = any(one["url"] == EXPRESSION for one in item.get("extension", ()))
                if condition is None or by_path:
                    assert "enableWhen" not in item
                    assert by_path is ((pathway.id, name) in BY_EXPRESSION)
                    continue
                wanted = holds(condition, facts.with_answers(answers)) is True
                assert is_enabled(item, answers, facts) is wanted, (name, answers)
                seen += 1
    assert seen or not pathway.ask_when


def a_day(
    pathway: Pathway, plan: CheckInPlan, chance: random.Random
) -> tuple[Facts, dict[str, Answered]]:
    """A patient, and her answers to all that is asked of her that day."""
    tier, procedure = chance.choice(TIERS), chance.choice(pathway.procedures)
    facts = Facts(day=plan.day, days_home=plan.day, tier=tier, procedure=procedure)
    answers: dict[str, Answered] = {}
    for name in plan.questions:
        condition = pathway.ask_when.get(name)
        if condition is None or holds(condition, facts.with_answers(answers)) is True:
            answers[name] = an_answer(pathway.questions[name], chance)
    return facts, answers


def an_answer(question: Question, chance: random.Random) -> Answered:
    if chance.random() < 0.3:
        return UNKNOWN
    match question.kind:
        case Kind.SCALE | Kind.COUNT | Kind.MEASURE:
            return chance.choice([question.minimum or 0.0, question.maximum or 9.0])
        case Kind.YES_NO:
            return chance.random() < 0.5
        case Kind.CHOICE:
            return chance.choice([one.value for one in question.options])
        case Kind.CHOICES:
            return tuple(one.value for one in question.options[:2])
        case _:
            return "words"


def is_enabled(item: Json, answers: Mapping[str, Answered], facts: Facts) -> bool:
    """`enableWhen` as R4 defines it."""
    tests = [
        one_test(test, values_of(test["question"], answers, facts)) for test in item["enableWhen"]
    ]
    return any(tests) if item.get("enableBehavior") == "any" else all(tests)


def values_of(name: str, answers: Mapping[str, Answered], facts: Facts) -> list[Any]:
    told = {"tier": facts.tier, "procedure": facts.procedure, "day": facts.day}
    value = told.get(name, answers.get(name, UNKNOWN))
    if value is UNKNOWN:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return list(value) if isinstance(value, tuple) else [value]


def one_test(test: Json, values: list[Any]) -> bool:
    operator = test["operator"]
    if operator == "exists":
        return bool(values) is test["answerBoolean"]
    if operator in ("=", "!="):
        there = test["answerCoding"]["code"] in values
        return there if operator == "=" else not there
    limit = test.get("answerInteger", test.get("answerDecimal"))
    compare = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}
    return any(compare[operator](float(one), float(limit)) for one in values)


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ("not (pain > 3 and lump is yes)", "((PAIN > 3) and (LUMP.code = 'yes')).not()"),
        (
            "(danger has not chest_pain) and (lump is yes or day < 3)",
            "(iif(DANGER.code.exists(), DANGER.code.intersect('chest_pain').exists(), {})).not()"
            " and ((LUMP.code = 'yes') or (DAY < 3))",
        ),
        (
            "sum(pain, temperature) >= 40",
            "(((iif(PAIN.exists(), PAIN, 0) + iif(TEMPERATURE.exists(), TEMPERATURE, 0)) >= 40)"
            " or ((PAIN + TEMPERATURE) >= 40))",
        ),
        (
            "sum(pain, temperature) < 40",
            "(((iif(PAIN.exists(), PAIN, 0) + iif(TEMPERATURE.exists(), TEMPERATURE, 0)) < 40)"
            " and ((PAIN + TEMPERATURE) < 40))",
        ),
        ("sum(pain, temperature) = 40", "((PAIN + TEMPERATURE) = 40)"),
        ("lump_hard is yes or not (gone is yes and pain > 3)", "(LUMP_HARD.code = 'yes') or ({} and (PAIN > 3)).not()"),
    ],
)  # fmt: skip
def test_what_enable_when_cannot_say_is_said_in_fhirpath(
    tmp_path: Path, condition: str, path: str
) -> None:
    pathway = spoilt(tmp_path, condition)
    scene = Scene(pathway, pathway.check_in("day_7").questions, "x")
    found = enabled(scene, pathway.ask_when["lump_hard"])["extension"][0]["valueExpression"]
    short = re.sub(
        r"%resource\.repeat\(item\)\.where\(linkId = '(\w+)'\)\.answer\.value",
        lambda name: name[1].upper(),
        found["expression"],
    )
    assert short == path


@pytest.mark.parametrize("condition", ["rise(pain) >= 2", "not (last_time(lump is yes))"])
def test_a_look_at_earlier_contacts_leaves_the_question_asked_and_is_told(
    tmp_path: Path, condition: str
) -> None:
    pathway = spoilt(tmp_path, condition)
    scene = Scene(pathway, pathway.check_in("day_7").questions, "x")
    assert enabled(scene, pathway.ask_when["lump_hard"]) == {}
    assert any("lump_hard" in one for one in not_carried(pathway))


def spoilt(tmp_path: Path, condition: str) -> Pathway:
    path = write_library(tmp_path / "pathways") / "hernia.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("only_when: lump is yes", f"only_when: {condition}"), encoding="utf-8"
    )
    return read_library(path.parent).library.pathway("hernia")


def test_the_command_prints_the_bundle_with_the_address_of_the_house() -> None:
    base = "https://hospital.example/fhir/"
    arguments = ["pathway", "export", "pci", "--format", "fhir", "--base", base]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == json.loads(
        json.dumps(bundle(LIBRARY.pathway("pci"), base.rstrip("/")))
    )
    assert "not in the bundle" in done.stderr
