"""FHIR words: names, addresses and sentences as FHIR R4 writes them, English with its Chinese."""

from __future__ import annotations

from typing import Any, Final

from bot.core.words import Words

Json = dict[str, Any]
BASE: Final = "https://aftercare.example/fhir"  # a house gives its own address
TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"
UCUM: Final = "http://unitsofmeasure.org"
LONGEST_ID: Final = 64
UNSIGNED: Final = Words(
    {
        "en": "Not clinically approved until a hospital signs it.",
        "zh": "未经临床批准：医院签字后才能使用。",
    }
)


def spoken(name: str, words: Words) -> Json:
    """An element in English, with the Chinese in the translation extension."""
    chinese = [
        {"url": "lang", "valueCode": "zh"},
        {"url": "content", "valueString": words.say("zh")},
    ]
    return {
        name: words.say("en"),
        f"_{name}": {"extension": [{"url": TRANSLATION, "extension": chinese}]},
    }


def id_of(*names: str) -> str:
    """An id of FHIR: no underscores, and at most 64 characters. Raises ValueError."""
    whole = "-".join(names).replace("_", "-")
    if len(whole) > LONGEST_ID:
        raise ValueError(f"the names are too long for FHIR: {whole}")
    return whole


def name_of(*names: str) -> str:
    """A name that programs like: HipKneeReplacementDay1."""
    return "".join(part[:1].upper() + part[1:] for name in names for part in name.split("_"))


def coding(base: str, system: str, code: str, words: Words | None = None) -> Json:
    """A code of the house. Codes of LOINC or SNOMED CT would need a source, and none is given."""
    told = spoken("display", words) if words is not None else {}
    return {"system": f"{base}/CodeSystem/{system}", "code": code, **told}


def number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def duration(value: float, unit: str) -> Json:
    """A Duration; unit is d, h or min (UCUM)."""
    return {"value": number(value), "unit": unit, "system": UCUM, "code": unit}
