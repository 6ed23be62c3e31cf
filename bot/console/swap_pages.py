"""Swap pages: a nurse offers a shift of hers, another takes it, and everybody can see both."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.rota_pages import back, rota_page
from bot.core.permissions import Permission
from bot.services.rota import RotaRefused
from bot.services.swap_shift import offer_shift, take_offer, withdraw_offer


def offer(visit: Visit) -> Response:
    try:
        offer_shift(visit.parts, shift_id=visit.id, by=visit.nurse.id)
    except RotaRefused as refused:
        return _refused(visit, refused)
    return back(visit, "shift_offered")


def take(visit: Visit) -> Response:
    try:
        take_offer(visit.parts, offer_id=visit.id, by=visit.nurse.id)
    except RotaRefused as refused:
        return _refused(visit, refused)
    return back(visit, "shift_taken")


def withdraw(visit: Visit) -> Response:
    withdraw_offer(visit.parts, offer_id=visit.id, by=visit.nurse.id)
    return back(visit, "offer_withdrawn")


def _refused(visit: Visit, refused: RotaRefused) -> Response:
    t = look_for(visit.desk, visit.nurse.language).t
    why = t(f"rota_wrong.{refused.why}", value=refused.value)
    return rota_page(visit, wrong={"": why}, status=409)


PAGES = (
    Page("/rota/{id}/offer", "POST", Permission.SWAP_SHIFT, offer),
    Page("/offers/{id}/take", "POST", Permission.SWAP_SHIFT, take),
    Page("/offers/{id}/withdraw", "POST", Permission.SWAP_SHIFT, withdraw),
)
