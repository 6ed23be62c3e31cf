"""Plan pages: what a nurse does from a case beside writing: call, ask for a photo, plan ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.core.errors import AlreadyDone
from bot.core.patient import RiskTier
from bot.core.permissions import Permission
from bot.services.change_tier import change_tier
from bot.services.extra_check_in import plan_extra_check_in
from bot.services.note_call import note_call
from bot.services.outbox import fill
from bot.services.permissions import check_case
from bot.services.show_case import About, CaseView, show_case
from bot.services.staff_accounts import Refused
from bot.services.write_to_patient import write_to_patient

MORNING = 9
PHOTO = "photo"  # the quick reply with which the ward asks for one
Again = Callable[..., Response]


def choices(visit: Visit, about: About) -> dict[str, Any]:
    """What the forms offer: plans with their number of questions, and tomorrow morning."""
    episode = about.episode
    pathway = visit.parts.library.followed(episode.pathway_id, episode.pathway_version)
    local = about.now.astimezone(ZoneInfo(about.patient.time_zone)) + timedelta(days=1)
    morning = local.replace(hour=MORNING, minute=0)
    return {
        "plans": [(one.id, len(one.questions)) for one in pathway.check_ins],
        "extra_at": f"{morning:%Y-%m-%dT%H:%M}",
        "tiers": tuple(RiskTier),
        "can_ask_photo": PHOTO in visit.parts.library.shared.quick_replies,
    }


def pages(again: Again) -> tuple[Page, ...]:
    """The pages; `again` shows the case once more, with what was typed and what is wrong."""

    def found(visit: Visit) -> CaseView:
        check_case(visit.parts, visit.nurse, visit.id)
        return show_case(visit.parts, visit.nurse, escalation_id=visit.id)

    def called(visit: Visit) -> Response:
        contact = visit.form.get("contact", "")
        note_call(visit.parts, visit.nurse, escalation_id=visit.id, contact_id=contact)
        return _back(visit, "called")

    def photo(visit: Visit) -> Response:
        about = found(visit).about
        words = visit.parts.library.shared.quick_replies.get(PHOTO)
        language = about.chat.language if about.chat else about.patient.language
        try:
            write_to_patient(
                visit.parts,
                visit.nurse,
                episode_id=about.episode.id,
                text=fill(visit.parts, words, language) if words else "",
                once=visit.form.get("once", ""),
            )
        except (Refused, AlreadyDone):
            t = look_for(visit.desk, visit.nurse.language).t
            return again(visit, notice=t("done.no_chat"), status=409)
        return _back(visit, "photo_asked")

    def extra(visit: Visit) -> Response:
        about = found(visit).about
        try:
            plan_extra_check_in(
                visit.parts,
                visit.nurse,
                episode_id=about.episode.id,
                plan_id=visit.form.get("extra_plan", ""),
                at=visit.form.get("extra_at", ""),
            )
        except Refused as refused:
            t = look_for(visit.desk, visit.nurse.language).t
            wrong = {field: t(f"wrong.{why}") for field, why in refused.fields.items()}
            return again(visit, wrong=wrong, status=422)
        return _back(visit, "extra_planned")

    def tier(visit: Visit) -> Response:
        about, wanted = found(visit).about, visit.form.get("tier", "")
        if wanted in set(RiskTier):
            change_tier(
                visit.parts, visit.nurse, episode_id=about.episode.id, tier=RiskTier(wanted)
            )
        return _back(visit, "tier_changed")

    return (
        Page("/cases/{id}/called", "POST", Permission.ACT_ON_CASE, called),
        Page("/cases/{id}/ask-photo", "POST", Permission.WRITE_TO_PATIENT, photo),
        Page("/cases/{id}/extra-check-in", "POST", Permission.ACT_ON_CASE, extra),
        Page("/cases/{id}/tier", "POST", Permission.ACT_ON_CASE, tier),
    )


def _back(visit: Visit, done: str) -> Response:
    return visit.go(f"/console/cases/{visit.id}", done=done)
