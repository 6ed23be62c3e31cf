"""What must hold for any message: numbers in every script, no comfort out of noise, speed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zhconv import convert

from bot.core.question import Kind
from bot.core.reading import Outcome, Reading, read, read_many
from evaluation.answer_book import NONE, QUESTIONS, TODAY, answer_words, lines

PAIN = QUESTIONS["pain_rest"]
CHINESE = "零一二三四五六七八九十"
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SCRIPTS: dict[str, Callable[[int], str]] = {
    "ascii": str,
    "full width": lambda n: str(n).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "arabic-indic": lambda n: str(n).translate({48 + d: 0x660 + d for d in range(10)}),
    "devanagari": lambda n: str(n).translate({48 + d: 0x966 + d for d in range(10)}),
    "mathematical": lambda n: str(n).translate({48 + d: 0x1D7CE + d for d in range(10)}),
    "chinese": lambda n: CHINESE[n],
    "english": lambda n: ENGLISH[n],
    "shouted": lambda n: ENGLISH[n].upper(),
    "emoji": lambda n: "🔟" if n == 10 else f"{n}\ufe0f\u20e3",
}
FRAMES = (
    "{}",
    "{}分",
    "疼{}分",
    "大概{}分吧",
    "{}/10",
    "pain {}",
    "about a {}",
    " {} ",
    "{}。",
    "{}!!",
)
COMFORT = (0.0, False, (NONE,), "not_at_all", "alone")
NOISE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="不没有无是的了吗啊红肿疼渗药摔一二十分度点次就但好行", max_size=20),
    st.lists(
        st.sampled_from(
            [
                "no",
                "not",
                "yes",
                "a",
                "bit",
                "but",
                "is",
                "it",
                "red",
                "pain",
                "swollen",
                "fine",
                "5",
                "38",
                "day",
                "took",
                "2",
                "never",
                "once",
                "?",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)


def of(question: str, text: str) -> Reading:
    return read(text, QUESTIONS[question], words=answer_words(), today=TODAY)


@pytest.fixture(scope="module", autouse=True)
def the_lists_are_loaded() -> None:
    """The first reading loads them, and would be timed with it."""
    for name in QUESTIONS:
        of(name, "5")


@settings(deadline=None)
@given(st.integers(0, 10), st.sampled_from(sorted(SCRIPTS)), st.sampled_from(FRAMES))
def test_every_pain_number_in_every_script_reads_back(n: int, script: str, frame: str) -> None:
    if frame == "{}/10" and script in ("chinese", "emoji"):
        frame = "{}"
    assert of("pain_rest", frame.format(SCRIPTS[script](n))).value == n


@settings(deadline=None)
@given(st.integers(340, 430), st.sampled_from(["{}", "{}度", "{}℃", "体温{}", "temp {}", "{} c"]))
def test_every_temperature_reads_back(tenths: int, frame: str) -> None:
    value = tenths / 10
    assert of("temperature", frame.format(value)).value == value
    assert of("temperature", f"{tenths // 10}度{tenths % 10}").value == value


@settings(deadline=None)
@given(st.integers(932, 1094))
def test_fahrenheit_is_stored_as_celsius_with_one_decimal(tenths: int) -> None:
    reading = of("temperature", f"{tenths / 10} F")
    if reading.understood:
        assert reading.value == round((tenths / 10 - 32) / 1.8, 1)
    else:
        assert reading.outcome is Outcome.ASK_BACK


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Nd", "No", "Nl")), max_size=40))
def test_random_text_is_never_comfort(text: str) -> None:
    words = answer_words()
    for question in QUESTIONS.values():
        reading = read(text, question, words=words, today=TODAY)
        if question.kind is Kind.TEXT or not reading.understood:
            continue
        told = any(True for _ in words.talk.hits(words.plain(text)))
        assert reading.value not in COMFORT or told


@settings(max_examples=200, deadline=None)
@given(NOISE, st.sampled_from(sorted(QUESTIONS)))
def test_any_message_gets_a_sound_reading(text: str, name: str) -> None:
    question = QUESTIONS[name]
    reading = read(text, question, words=answer_words(), today=TODAY)
    assert (reading.value is not None) == reading.understood
    assert reading.span in text
    if question.kind in (Kind.SCALE, Kind.COUNT, Kind.MEASURE) and reading.understood:
        assert isinstance(reading.value, float)
        assert question.minimum is not None
        assert question.maximum is not None
        assert question.minimum <= reading.value <= question.maximum
    if question.kind is Kind.CHOICES and isinstance(reading.value, tuple):
        assert reading.value
        assert NONE not in reading.value or reading.value == (NONE,)


@settings(max_examples=100, deadline=None)
@given(NOISE, st.lists(st.sampled_from(sorted(QUESTIONS)), unique=True, min_size=1, max_size=6))
def test_any_message_can_be_read_for_many_questions(text: str, names: list[str]) -> None:
    got = read_many(
        text,
        asked=QUESTIONS[names[0]],
        others=[QUESTIONS[one] for one in names[1:]],
        words=answer_words(),
        today=TODAY,
        answered=frozenset(names[1:3]),
    )
    assert got
    assert set(got) <= set(names)


def _changed(language: str, change: Callable[[str], str]) -> list[str]:
    """Lines of the dev part whose reading depends on a harmless change."""
    every = [one for one in lines(language, "dev") if one.question != "note"]
    return [
        f"{one.question}: {one.text} / {change(one.text)}"
        for one in every
        if of(one.question, change(one.text)).value != of(one.question, one.text).value
    ]


def test_traditional_characters_mean_the_same() -> None:
    assert not _changed("zh", lambda text: str(convert(text, "zh-hk")))


def test_capitals_mean_the_same() -> None:
    assert not _changed("en", str.upper)


def test_curly_quotes_mean_the_same() -> None:
    assert not _changed("en", lambda text: text.replace("'", "’"))


def test_full_width_characters_mean_the_same() -> None:
    wide = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
    assert not _changed("zh", lambda text: text.translate(wide))


def test_letters_that_look_latin_mean_the_same() -> None:
    assert not _changed("en", lambda text: text.replace("a", "\u0430").replace("o", "\u03bf"))


def test_accents_and_invisible_characters_mean_the_same() -> None:
    def change(text: str) -> str:
        return text if "&" in text else text.replace("e", "é").replace("n", "n\u200d")

    assert not _changed("en", change)
    assert not _changed("zh", lambda text: text if "&" in text else "\u200b".join(text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_spaces_of_a_web_page_mean_the_same(language: str) -> None:
    assert not _changed(language, lambda text: f"<p>{text.replace(' ', '&nbsp;')}</p>")


def test_chinese_politeness_changes_nothing() -> None:
    assert not _changed("zh", lambda text: f"护士您好，{text}，谢谢")


def test_english_politeness_changes_nothing() -> None:
    assert not _changed("en", lambda text: f"hello nurse, {text}, thank you")


@pytest.mark.parametrize(
    "text",
    [
        "没有红、",
        "no red, ",
        "5 ",
        "红",
        "not ",
        "one hundred and ",
        "1-",
        "(",
        "不红，疼5分，",
        "一",
    ],
)
def test_any_long_message_is_read_fast(text: str) -> None:
    for size in (900, 100_000):
        long = (text * size)[:size]
        began = time.perf_counter()
        for name in ("pain_rest", "calf", "wound"):
            of(name, long)
        assert time.perf_counter() - began < 2.0
