"""English numbers: words for numbers, as people say them and as dictation writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.reading.answer_words import AnswerWords

ONES = "one|two|three|four|five|six|seven|eight|nine"
DIGIT = f"(?:{ONES}|zero|oh)"
TEENS = (
    "zero|nought|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
)
TENS = "twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety"
BELOW = rf"(?:(?:{TENS})(?:[ -]+(?:{ONES}))?|{TEENS}|{ONES})"
SPELLED = rf"(?P<spelled>{DIGIT}(?: {DIGIT}){{1,2}}) point (?P<rest>{DIGIT}(?: {DIGIT})?)"
# "thirty seven four" and "ninety nine one": a temperature, said as it stands on the display.
DISPLAYED = rf"(?P<whole>(?:thirty|ninety)[ -](?:{ONES})) (?P<tenth>{ONES})"
# "one forty five" is a blood pressure or a weight; "one thirty" may be a time of day.
HUNDRED = rf"(?:a|one) hundred(?: and)?(?: (?P<above>{BELOW}))?"
BRIEF = rf"one (?P<brief>(?:{TENS})(?:[ -](?:{ONES}))?)"
ENGLISH = re.compile(
    rf"(?<![a-z])(?:{SPELLED}|{DISPLAYED}|(?:(?P<hundred>{HUNDRED})|one oh (?P<oh>{ONES})|{BRIEF}"
    rf"|(?P<below>{BELOW}))(?: point (?P<point>{DIGIT}(?: {DIGIT})?))?)(?![a-z])"
)


def english_numbers(text: str, words: AnswerWords) -> Iterator[tuple[int, int, float, bool]]:
    """Every number as (start, end, value, whether it was spelled out as on a display)."""
    table = {**words.table("number"), "oh": 0}

    def total(said: str) -> float:
        return float(sum(table.get(word, 0) for word in re.findall("[a-z]+", said)))

    def digits(said: str) -> str:
        return "".join(str(table[word]) for word in said.split())

    for match in ENGLISH.finditer(text):
        said = match.groupdict()
        point = said["point"] or said["rest"] or said["tenth"]
        spelled = bool(said["spelled"] or said["whole"])
        if said["spelled"]:
            value = float(digits(said["spelled"]))
        elif said["whole"]:
            value = total(said["whole"])
        else:
            over = 100.0 if said["hundred"] or said["oh"] or said["brief"] else 0.0
            low = said["above"] or said["oh"] or said["brief"] or said["below"] or ""
            value = over + total(low)
        if point:
            value += float(f"0.{digits(point)}")
        yield match.start(), match.end(), round(value, 3), spelled
