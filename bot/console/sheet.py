"""Sheet: a pathway as one file of its own, with its pictures and the leaflet to print."""

from __future__ import annotations

from bot.console.flow import flow
from bot.console.look import STATIC, Look
from bot.console.timeline import timeline
from bot.core.pathway import Pathway
from bot.services.parts import House


def sheet(pathway: Pathway, language: str, house: House) -> str:
    """The page as text. It needs no server: everything that it shows is inside."""
    look = Look(language, house.default_time_zone)
    return look.render(
        "sheet.html",
        pathway=pathway,
        house=house,
        levels=sorted({rule.level for rule in pathway.rules}, reverse=True),
        timeline=timeline(pathway, look),
        flow=flow(pathway, look),
        css=(STATIC / "console.css").read_text("utf-8"),
    )
