"""Schema: what a pathway file may hold, as JSON Schema, so that editors complete and underline.

Published as `pathways/pathway.schema.json` and `pathways/shared/schema/*.json`; a test keeps
them in step with the reader. The check (`aftercare pathway check`) knows far more: a schema
cannot tell whether a question is there, or whether a rule can ever fire.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from bot.core.pathway import LATE_CHECK_IN, LATE_REMINDER, TIERS, Anchor, ReminderKind
from bot.core.question import Kind
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.load import RESPONDENTS, SHARED_FILES, TOPICS
from bot.pathfiles.phrase_keys import PHRASE_KEYS
from bot.pathfiles.read_shared import READ, ROTAS

Schema = dict[str, Any]
DIALECT: Final = "http://json-schema.org/draft-07/schema#"  # the one every editor knows
NAME: Final = "^[a-z][a-z0-9_]*$"
LEVELS: Final = [level.word for level in TriageLevel]


def published() -> dict[str, Schema]:
    """Every schema file by its name inside the pathways' folder."""
    files = {"pathway.schema.json": _pathway_file()}
    for stem in SHARED_FILES:
        files[f"shared/schema/{stem}.json"] = {
            "$schema": DIALECT,
            "title": f"shared/{stem}.yml",
            "$ref": f"../../pathway.schema.json#/definitions/{stem}",
        }
    return files


def _pathway_file() -> Schema:
    return {
        "$schema": DIALECT,
        "title": "A pathway: the follow-up for one operation",
        "definitions": {**_small(), **_questions(), **_rules(), **_contacts(), **_shared()},
        **_block(
            {
                "pathway": _told(
                    {"type": "string", "pattern": NAME}, "the same as the file's name"
                ),
                "number": _told({"type": "integer"}, "raise it when you change something"),
                "title": _ref("sentence"),
                "for": _block(
                    {
                        "procedures": _told(_texts(), "the codes your hospital uses"),
                        "respondent": {"enum": [*RESPONDENTS]},
                    },
                    {"note": _ref("text")},
                ),
                "check_ins": _ref("check_ins"),
                "cases": _ref("cases"),
            },
            {
                "groups": _told(_named(_texts()), "names for questions that are asked together"),
                "questions": _ref("questions"),
                "use_rules": _told(_texts(), "rules of shared/rules.yml"),
                "rules": _ref("rules"),
                "teaching": _ref("teaching"),
                "reminders": _ref("reminders"),
                "answers": _ref("answers"),
                "note": _ref("text"),
            },
        ),
    }


def _small() -> Schema:
    """The pieces that stand everywhere. Every value of a file is text to the reader."""
    both = {language: _ref("text") for language in LANGUAGES}
    lists = {language: _texts() for language in LANGUAGES}
    return {
        "text": {"type": ["string", "number", "boolean"], "minLength": 1},
        "sentence": _told(_block(both, {}), "one sentence in Chinese and English, side by side"),
        "phrase_lists": _told(_block(lists, {}), "how people say it, by language"),
        "also": {
            "description": "how people say it: {like: none} from ways.yml, your own, or both",
            "type": "object",
            "additionalProperties": False,
            "properties": {"like": _ref("text"), **lists},
            "anyOf": [
                {"required": ["like"], "maxProperties": 1},
                {"required": [*LANGUAGES]},
            ],
        },
        "level": {"enum": LEVELS},
        "flag": {"enum": ["yes", "no", True, False]},
        "duration": _told(
            {"type": "string", "pattern": r"^\d+\s*(min|h|d)$"}, "a number and min, h or d: 4 h"
        ),
        "range": _told(
            {"type": "string", "pattern": r"^\d+(\.\d+)?\s*-\s*\d+(\.\d+)?$"}, "two numbers: 0-10"
        ),
        "hours": _told(
            {"type": "string", "pattern": r"^\d\d:\d\d\s*-\s*\d\d:\d\d$"},
            'the patient\'s local time, in quotes: "09:00-19:00"',
        ),
        "condition": _told(
            {"type": "string", "minLength": 1},
            "such as temperature >= 38.0 C, fall is yes, wound has pus, sum(a, b) >= 3, "
            "unknown(temperature)",
        ),
    }


def _questions() -> Schema:
    option = _block(
        {},
        {
            "button": _told(_ref("sentence"), "at most 14 Chinese or 30 English characters"),
            "also": _ref("also"),
            "for_the_record": _told(_ref("flag"), "yes: leads to no rule, on purpose"),
            "counts": _told({"type": "number"}, "the number of a scale that this option names"),
        },
    )
    may = {
        "name": _told(_ref("sentence"), "what it is called in a list of answers"),
        "code": _told(_ref("text"), "the name of the observation; the question's own without it"),
        "why": _told(_ref("sentence"), "said when the patient asks why"),
        "help": _told(_ref("sentence"), "said when the patient does not understand"),
        "unit": _told(_ref("text"), "UCUM, such as Cel or kg"),
        "range": _told(_ref("range"), "smallest and largest plausible answer: 0-10"),
        "options": _named(_ref("option")),
        "topics": _told(_ref("phrase_lists"), "how patients name the subject"),
        "only_when": _told(_ref("condition"), "skipped otherwise"),
        "if_unknown": _told(_ref("level"), "what an answer that was not understood counts as"),
        "for_the_record": _told(_ref("flag"), "yes: no answer leads to a rule, on purpose"),
        "call_back": _told(
            _block({"below": {"type": "number"}, "source": _texts()}, {"note": _ref("text")}),
            "a lower score is a nurse's call-back; its clocks stand in shared/levels.yml",
        ),
    }
    return {
        "option": option,
        "question": _block(
            {"kind": {"enum": [one.value for one in Kind]}, "ask": _ref("sentence")}, may
        ),
        "questions": _named(_ref("question")),
        "ways": _named(_ref("phrase_lists")),
    }


def _rules() -> Schema:
    answers = _named({"anyOf": [_ref("text"), _texts()]})
    day = {"type": "integer"}
    facts: Schema = {
        "days_home": _told(day, "days since discharge"),
        "tier": {"enum": [*TIERS]},
        "procedure": _ref("text"),
        "earlier": {"type": "array", "items": _block({"day": day, "answers": answers}, {})},
        "note": _ref("text"),
    }
    own: Schema = {"rules": _texts(), "unclear": _texts(), "check_in": _ref("text")}
    return {
        "rule_case": _block({"day": _told(day, "after surgery"), "answers": answers}, facts),
        "case": _block({"day": day, "answers": answers, "expect": _ref("level")}, {**facts, **own}),
        "cases": _named(_ref("case")),
        "rule": _block(
            {
                "when": _ref("condition"),
                "level": _ref("level"),
                "reason": _told(_ref("sentence"), "to the nurse: what it may be"),
                "source": _told(_texts(), "names of shared/sources.yml; GK is general knowledge"),
            },
            {
                "tell": _told(_ref("sentence"), "to the patient: what to do, with {emergency}"),
                "note": _ref("text"),
                "cases": {"type": "array", "items": _ref("rule_case")},
            },
        ),
        "rules": _named(_ref("rule")),
    }


def _contacts() -> Schema:
    habits: Schema = {
        "window": _ref("hours"),
        "remind_after": _ref("duration"),
        "nurse_after": _ref("duration"),
        "silence_level": _ref("level"),
        "send_within": _ref("duration"),
        "if_too_late": {"enum": [one.value for one in LATE_CHECK_IN]},
    }
    when: Schema = {"day": {"type": "integer"}, "after": {"enum": [one.value for one in Anchor]}}
    whom: Schema = {
        "tiers": {"type": "array", "items": {"enum": [*TIERS]}},
        "repeat": _ref("repeat"),
    }
    return {
        "repeat": _block({"every_days": {"type": "integer"}, "times": {"type": "integer"}}, {}),
        "contact": _block(
            {**when, "ask": _told(_texts(), "questions, or groups of them")},
            {**whom, "intro": _ref("sentence"), **habits},
        ),
        "check_ins": _block({**habits, "contacts": _named(_ref("contact"))}, {}),
        "teaching": _named(
            _block(
                {"days": _told(_ref("range"), "after surgery"), "say": _ref("sentence")},
                {"source": _texts()},
            )
        ),
        "reminders": _named(
            _block(
                {
                    **when,
                    "at": {"type": "string", "pattern": r"^\d\d:\d\d$"},
                    "say": _ref("sentence"),
                },
                {
                    **whom,
                    "kind": {"enum": [one.value for one in ReminderKind]},
                    "send_within": _told(_ref("duration"), "later than this it is not sent"),
                    "if_too_late": {"enum": [one.value for one in LATE_REMINDER]},
                },
            )
        ),
        "answers": _block({}, {topic: _ref("sentence") for topic in TOPICS}),
    }


def _shared() -> Schema:
    """The other files of the shared folder, each under its own name."""
    takeover = ("remind_after", "go_up_after", "hand_back_after")
    country = _block(
        {
            "emergency": _ref("text"),
            "crisis": _ref("text"),
            "verified_on": _told(_ref("text"), "a day such as 2026-11-22, or never"),
            "source": _ref("text"),
        },
        {"other": _ref("text")},
    )
    source = _block({"title": _ref("text"), "read": {"enum": [*READ]}}, {"address": _ref("text")})
    return {
        "phrases": _block({key: _ref("sentence") for key in PHRASE_KEYS}, {}),
        "levels": _block(
            {
                "levels": _block({level.word: _level(level) for level in TriageLevel}, {}),
                "quiet_hours": _ref("hours"),
                "takeover": _block(
                    {**{one: _ref("duration") for one in takeover}, "note": _ref("text")}, {}
                ),
                "call_back": _block(
                    {
                        "answer_within": _ref("duration"),
                        "solve_within": _ref("duration"),
                        "source": _texts(),
                        "note": _ref("text"),
                    },
                    {},
                ),
            },
            {},
        ),
        "emergency_numbers": _block({"countries": _named(country, "^[A-Z]{2}$")}, {}),
        "sources": _named(source, "."),
        "consent": _block({"version": _ref("text"), "say": _ref("sentence")}, {}),
        "quick_replies": _named(_ref("sentence")),
    }


def _level(level: TriageLevel) -> Schema:
    work: Schema = {
        "acknowledge_within": _ref("duration"),
        "step_every": _ref("duration"),
        "outcome_within": _ref("duration"),
        "rotas": {"type": "array", "items": {"enum": [*ROTAS]}},
        "source": _texts(),
    }
    said = {"tell_patient": _ref("sentence"), "told_has_nurse": _ref("sentence")}
    if level.needs_nurse:
        return _block({**said, **work}, {"note": _ref("text")})
    return _block(said, {**work, "note": _ref("text")})


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _told(schema: Schema, description: str) -> Schema:
    """The same with a word for the editor's tooltip; beside a $ref only this form is read."""
    if "$ref" in schema:
        return {"allOf": [schema], "description": description}
    return {**schema, "description": description}


def _texts() -> Schema:
    return {"type": "array", "items": _ref("text")}


def _block(needs: Mapping[str, Schema], may: Mapping[str, Schema]) -> Schema:
    """A block with these names and no others."""
    required: Collection[str] = list(needs)
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {**needs, **may},
    }
    return {**schema, "required": required} if required else schema


def _named(schema: Schema, pattern: str = NAME) -> Schema:
    """A block whose names the author chose."""
    return {
        "type": "object",
        "propertyNames": {"pattern": pattern},
        "additionalProperties": schema,
    }
