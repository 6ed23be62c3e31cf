"""The programme's charts: what they draw, what they leave open, and that no name breaks them."""

from __future__ import annotations

import re

from bot.console.look import Look
from bot.console.programme_chart import charts
from bot.console.programme_look import ProgrammeLook
from bot.core.programme.figure import Figure, Kind, share
from bot.core.programme.tables import ALL, Line, Table
from bot.services.show_programme import ProgrammeView, Wanted
from tests.builders import START

VIEW = ProgrammeView(Wanted("2026-01", "2026-03"), START, (), (), (), {}, {})
NOTHING = share(0, 0)


def says(language: str = "en") -> ProgrammeLook:
    return ProgrammeLook(Look(language, "Asia/Shanghai"), VIEW)


def reach(head: str, **lines: tuple[Figure, Figure]) -> Table:
    found = [Line((key.replace("_", "-"),), figures) for key, figures in lines.items()]
    whole = Line((ALL,), (share(1, 2), share(1, 2)))
    return Table("reach", (head,), ("coverage", "on_time"), (whole, *found))


def test_months_are_joined_by_lines_and_a_month_without_figures_leaves_a_gap() -> None:
    many = share(50, 100), share(20, 100)
    table = reach("month", **{"2026_01": many, "2026_02": (NOTHING, many[1]), "2026_03": many})
    (drawn,) = charts(table, says())
    assert len(re.findall('<line class="s0"', drawn)) == 0, "coverage has two points apart"
    assert len(re.findall('<line class="s1"', drawn)) == 2
    assert len(re.findall('<g class="mark s0"><title>.{3} 2026', drawn)) == 2


def test_a_figure_that_rests_on_few_has_a_hollow_mark() -> None:
    many = share(50, 100)
    table = reach("month", **{"2026_01": (share(1, 2), many), "2026_02": (many, many)})
    (drawn,) = charts(table, says())
    assert drawn.count('class="mark s0 few"') == 1
    assert drawn.count('class="mark s1 few"') == 0


def test_one_month_alone_is_no_course() -> None:
    assert charts(reach("month", **{"2026_01": (share(1, 2), share(1, 2))}), says()) == []


def test_wards_are_bars_whose_length_is_their_share() -> None:
    table = reach("ward", a=(share(50, 100), share(100, 100)))
    (drawn,) = charts(table, says())
    widths = [float(one) for one in re.findall(r'<rect class="s\d" [^>]*width="([\d.]+)"', drawn)]
    assert widths[0] * 2 == widths[1]
    assert "50.0% (50/100)" in drawn


def test_the_name_of_a_ward_is_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    table = Table(
        "reach",
        ("ward",),
        ("coverage", "on_time"),
        (Line((evil,), (share(1, 2), share(1, 2))),),
    )
    (drawn,) = charts(table, says("zh"))
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_each_question_has_a_chart_of_its_own_in_its_own_range() -> None:
    def line(code: str, where: str, value: float) -> Line:
        return Line((code, where), (Figure(Kind.SCORE, value, 20), Figure(Kind.SCORE, value, 20)))

    table = Table(
        "over_time",
        ("question", "contact"),
        ("typical", "worst_tenth"),
        (
            line("body_temperature", "0001:discharge", 36.8),
            line("body_temperature", "0007:surgery", 37.2),
            line("pain_now", "0001:discharge", 6),
            line("pain_now", "0007:surgery", 0),
        ),
    )
    temperature, pain = charts(table, says())
    assert ">36.3<" in temperature
    assert ">37.7<" in temperature
    assert ">0.0<" in pain
    assert "Op, day 7" in pain


def test_what_is_not_drawn_has_only_its_table() -> None:
    table = Table("by_grade", ("procedure",), ("grade_I",), (Line(("KNEE",), (share(1, 1),)),))
    assert charts(table, says()) == []
