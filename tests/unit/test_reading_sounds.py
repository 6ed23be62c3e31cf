"""Wrong characters of the same sound are read; words of their own are left alone."""

from __future__ import annotations

import pytest

from bot.core.reading import Outcome, Reading, read
from evaluation.answer_book import TODAY, answer_words
from evaluation.library_answers import library


def of(place: str, text: str) -> Reading:
    pathway, name = place.split("/")
    question = library().pathway(pathway).questions[name]
    return read(text, question, words=answer_words(), language="zh", today=TODAY)


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("appendectomy_hernia/vomiting", "梅有", "none"),
        ("appendectomy_hernia/wound", "刘脓", ("pus",)),
        ("appendectomy_hernia/temperature", "体文三十七度三", 37.3),
        ("appendectomy_hernia/danger", "传不上气", ("breathless",)),
        ("appendectomy_hernia/leg", "小腿种了", ("swelling",)),
        ("brain_surgery_ich/fall", "帅了一跤", True),
        ("brain_surgery_ich/fall", "没帅过", False),
        ("cardiac_surgery_cabg/blood_thinner", "王了一次", "missed"),
    ],
)
def test_a_wrong_character_of_the_same_sound_is_read(place: str, text: str, value: object) -> None:
    assert of(place, text).value == value


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("appendectomy_hernia/leg", "跟昨天不同"),  # 不同 is no 不痛
        ("appendectomy_hernia/leg", "不中"),
        ("appendectomy_hernia/pain_now", "不重"),
        ("brain_surgery_ich/fall", "刚甩了甩手"),
        ("appendectomy_hernia/wound", "没油吃"),
    ],
)
def test_a_word_of_its_own_is_no_slip(place: str, text: str) -> None:
    assert not of(place, text).understood


def test_the_very_words_stay_the_patients() -> None:
    assert of("brain_surgery_ich/fall", "帅了一跤").span == "帅了一跤"


@pytest.mark.parametrize(
    ("place", "text", "outcome"),
    [
        ("appendectomy_hernia/temperature", "天天问一样的话", Outcome.WEARY),
        ("appendectomy_hernia/pain_now", "you asked me that yesterday", Outcome.WEARY),
        ("appendectomy_hernia/vomiting", "问了八百遍了", Outcome.WEARY),
        ("appendectomy_hernia/temperature", "天天问烦不烦，不量", Outcome.REFUSED),
        ("appendectomy_hernia/mood", "这个我只跟主任说", Outcome.REFUSED),
        ("appendectomy_hernia/recommend", "I'd sooner not fill in any forms", Outcome.REFUSED),
        ("appendectomy_hernia/recommend", "问我这个有什么用", Outcome.WHY),
        ("appendectomy_hernia/temperature", "俺家没那玩意儿", Outcome.DONT_KNOW),
        ("cardiac_surgery_cabg/weight", "秤被孙子踩坏喽", Outcome.DONT_KNOW),
        ("pancreas_liver/stool_fat", "没留神看", Outcome.DONT_KNOW),
        ("pancreas_liver/drain", "等换的时候瞅瞅", Outcome.LATER),
        ("cardiac_surgery_cabg/temperature", "wife is out, I'll ask her", Outcome.LATER),
    ],
)
def test_why_there_is_no_answer_is_heard_in_any_wording(
    place: str, text: str, outcome: Outcome
) -> None:
    assert of(place, text).outcome is outcome


def test_a_complaint_beside_such_words_keeps_them_unheard() -> None:
    found = of("appendectomy_hernia/satisfaction", "天天问一样的话，我喘不上气")
    assert found.outcome is Outcome.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("cataract/drops", "等闺女回来帮我滴"),
        ("thyroidectomy/tablets", "吃了一种"),
        ("pci/antiplatelet", "每天都吃 一粒没忘 就是前天出差没带"),
        ("spine_surgery/pain_relief", "管一阵子又疼 说不好"),
        ("lung_resection/breathing_exercises", "tried, gave up, hurts"),
        ("appendectomy_hernia/pain_now", "比昨天轻了一分"),
        ("appendectomy_hernia/pain_now", "two points down from yesterday"),
        ("hip_knee_replacement/blood_thinner_missed", "don't remember, could be 1 could be 5"),
    ],
)
def test_what_falls_short_of_an_answer_is_no_comfort(place: str, text: str) -> None:
    assert of(place, text).value in (None, False)


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("appendectomy_hernia/mood", "一般般 就是担心感染睡不踏实", "worried"),
        ("appendectomy_hernia/bowels", "拉了，纸上红红的", "bleeding"),
        ("appendectomy_hernia/mood", "挺好的，就是老伴有点担心", None),
        ("appendectomy_hernia/mood", "good but my wife is worried", None),
    ],
)
def test_of_a_calm_option_and_a_worse_one_the_worse_counts_if_it_is_of_her_now(
    place: str, text: str, value: object
) -> None:
    assert of(place, text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("never skipped", "as_planned"),
        ("haven't skipped any", "as_planned"),
        ("never skipped breakfast", None),
        ("didn't miss the bus", None),
    ],
)
def test_a_lapse_that_is_denied_means_taken_when_nothing_else_is_said(
    text: str, value: object
) -> None:
    assert of("cataract/drops", text).value == value


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("appendectomy_hernia/temperature", "37.5 axillary, 0900", 37.5),
        ("brain_surgery_ich/pressure", "一百三四", 140),
        ("cataract/effort", "您这条一到七是啥意思", None),
        ("cataract/eye_look", "隔壁床那个眼睛红得吓人，我的嘛，也说不好", None),
        ("appendectomy_hernia/pain_relief", "No. Two codeine and still climbing the walls", False),
        ("appendectomy_hernia/pain_relief", "taken? no", None),
        ("appendectomy_hernia/danger", "the man next to me is breathless", None),
    ],
)
def test_numbers_other_people_and_a_plain_no_are_told_apart(
    place: str, text: str, value: object
) -> None:
    assert of(place, text).value == value


def test_a_space_between_two_thoughts_is_a_comma() -> None:
    assert of("lung_resection/sleep", "一觉到天亮 零分").value == 0
    assert of("hip_knee_replacement/walking_aid", "什么都不拄 空手走").value == "none"
