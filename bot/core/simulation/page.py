"""Page: a simulation's report as one HTML file that needs nothing beside it, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from bot.core.plurals import fill_in
from bot.core.simulation.page_style import STYLE
from bot.core.simulation.page_words import PAGE
from bot.core.simulation.text import head, parts

TAGS: Final = {"zh": "zh-CN", "en": "en"}
LEVELS: Final = ("emergency", "same_day", "within_48_hours")
WARNINGS: Final = ("never", "not_noticed", "overtaken")
Report = Mapping[str, Any]


def as_page(found: Mapping[str, Report], first: str = "en") -> str:
    """One simulation, a report for each language; `first` is the one that is open."""
    order = [first, *(one for one in found if one != first)]
    choices = "".join(
        f'<input type="radio" name="language" id="{one}"{" checked" * (one == first)}>'
        f'<label for="{one}" lang="{TAGS[one]}">{PAGE[one]["language"]}</label>'
        for one in order
    )
    title = " / ".join(escape(found[one]["title"][one]) for one in order)
    return (
        f'<!doctype html>\n<html lang="{TAGS[first]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>{choices}\n"
        + "\n".join(_report(found[one], one) for one in order)
        + "\n</body></html>\n"
    )


def _report(found: Report, language: str) -> str:
    words = PAGE[language]
    titled = {key: (title, lines) for key, title, lines in parts(found, language)}
    drawn = {
        "messages": _by_day(found, words),
        "forecast": _forecast(found, words),
        "transcripts": _talks(found, words, language),
    }
    titled["transcripts"] = (words["title_talks"], [])
    titled["forecast"] = (titled["forecast"][0], [])
    titled["assumptions"] = titled.pop("assumptions")  # to the end
    told = "".join(
        f"<section><h2>{escape(title)}</h2>{_list(lines, words)}{drawn.get(key, '')}</section>"
        for key, (title, lines) in titled.items()
    )
    return (
        f'<main class="{language}" lang="{TAGS[language]}">'
        f"<h1>{escape(found['title'][language])}</h1><p>{escape(head(found, language))}</p>"
        f'<p class="note">{escape(words["invented"])}</p>{_tiles(found, words)}{told}</main>'
    )


def _tiles(found: Report, words: Mapping[str, str]) -> str:
    messages, full = found["messages"], found["forecast"]["every_week_once_full"]
    never = sum(len(part["never"]) for part in found["reached"].values())
    tiles = (
        (messages["unasked"]["max_per_patient_and_day"], "tile_most", ""),
        (messages["in_quiet_hours"], "tile_night", "bad" * bool(messages["in_quiet_hours"])),
        (full["nurse_minutes"], "tile_minutes", ""),
        (never, "tile_never", "bad" * bool(never)),
    )
    operations = found["forecast"]["operations_per_week"]
    return '<ul class="tiles">{}</ul>'.format(
        "".join(
            f'<li class="{look}"><b>{value}</b> '
            f"{escape(fill_in(words[key], operations=operations))}</li>"
            for value, key, look in tiles
        )
    )


def _list(lines: list[str], words: Mapping[str, str]) -> str:
    warnings = tuple(words[key].partition("{")[0] for key in WARNINGS)
    items = []
    for line in lines:
        look = "warning" if line.strip().startswith(warnings) else ""
        look = f"{look} more".strip() if line.startswith(" ") else look
        items.append(f'<li class="{look}">{escape(line.strip())}</li>')
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _by_day(found: Report, words: Mapping[str, str]) -> str:
    """How many messages a patient gets unasked on each day after surgery, on average."""
    days = found["messages"]["unasked_by_day"]
    most = max((one["mean"] for one in days), default=0) or 1
    bars = "".join(
        f'<li><i style="height:{100 * one["mean"] / most:.0f}%"></i>'
        f'<span title="{one["mean"]:g}">{one["day"]}</span></li>'
        for one in days
    )
    return (
        f'<h3>{escape(fill_in(words["by_day"], most=f"{most:g}"))}</h3><ol class="days">{bars}</ol>'
    )


def _forecast(found: Report, words: Mapping[str, str]) -> str:
    forecast = found["forecast"]
    rows = [(str(one["week"]), one) for one in forecast["by_week"]]
    rows.append((words["row_full"], forecast["every_week_once_full"]))
    most = max(one["nurse_minutes"] for _, one in rows) or 1
    heads = (
        words["column_week"],
        *(words[f"level_{one}"] for one in LEVELS),
        words["column_minutes"],
    )
    cells = "".join(
        f"<tr><th>{escape(name)}</th>"
        + "".join(f'<td class="{level}">{one["alerts"][level]:g}</td>' for level in LEVELS)
        + f'<td class="bar"><i style="width:{70 * one["nurse_minutes"] / most:.0f}%"></i> '
        f"{one['nurse_minutes']}</td></tr>"
        for name, one in rows
    )
    ward = fill_in(words["ward"], operations=forecast["operations_per_week"])
    return (
        f"<p>{escape(ward)}</p><table><thead><tr>"
        + "".join(f"<th>{escape(one)}</th>" for one in heads)
        + f"</tr></thead><tbody>{cells}</tbody></table>"
    )


def _talks(found: Report, words: Mapping[str, str], language: str) -> str:
    titles = {one["id"]: one["title"][language] for one in found["personas"]}
    talks = []
    for one in found["transcripts"]:
        scene = fill_in(
            words["scene"], persona=titles[one["persona"]], patient=one["patient"], tier=one["tier"]
        )
        lines = "".join(_lines(one["lines"], words))
        talks.append(f"<details open><summary>{escape(scene)}</summary><ol>{lines}</ol></details>")
    return f'<div class="talks">{"".join(talks)}</div>'


def _lines(lines: list[Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        who = line["who"] or "gap"
        at = f"{fill_in(words['day'], day=line['day'])} {line['at'][11:]}"
        shown = "" if who == "gap" else f"<small>{escape(at)}</small> "
        yield f'<li class="{who}">{shown}{escape(line["text"])}</li>'
