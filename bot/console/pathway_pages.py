"""Pathway pages: what is in force as a picture and a leaflet, its versions, and who moves over."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.flow import flow
from bot.console.timeline import timeline
from bot.core.errors import NotReleasable, Overtaken
from bot.core.pathway import Pathway
from bot.core.permissions import Permission
from bot.services.draft_pathway import older_text, open_draft
from bot.services.move_patients import dry_run, move_patients
from bot.services.release_pathway import submit_draft
from bot.services.show_pathways import list_pathways, pathway_of, show_pathway
from bot.services.try_pathway import try_pathway

PATHWAYS = "/console/pathways"
MOST_SAID = 40
LONGEST = 500


def pathways(visit: Visit) -> Response:
    return _list(visit)


def _list(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    found = list_pathways(visit.parts, visit.nurse)
    shared = sorted(name for name in visit.parts.workbench.folder() if name.startswith("shared/"))
    return visit.page(
        "pathways.html",
        status=status,
        found=found,
        shared=shared,
        now=visit.parts.clock.now(),
        wrong=wrong,
        typed=visit.form.get("name", ""),
    )


def copy(visit: Visit) -> Response:
    """Begin a new pathway from a neighbour's text, under a name of its own."""
    name, like = visit.form.get("name", "").strip(), visit.form.get("like", "")
    known = {one.id for one in visit.parts.library.all()}
    if not visit.parts.workbench.may_hold(f"{name}.yml") or name in known:
        key = "pathways.name_taken" if name in known else "pathways.name_form"
        return _list(visit, wrong=look_for(visit.desk, visit.nurse.language).t(key), status=422)
    text = older_text(visit.parts, f"{like}.yml")
    text = text.replace(f"pathway: {like}", f"pathway: {name}", 1)
    draft = open_draft(visit.parts, nurse=visit.nurse, files={f"{name}.yml": text})
    return visit.go(f"/console/drafts/{draft.id}")


def pathway(visit: Visit) -> Response:
    found = show_pathway(visit.parts, visit.nurse, visit.id)
    look = look_for(visit.desk, visit.nurse.language)
    plan = visit.request.query_params.get("check_in", "")
    plan = plan if plan in {one.id for one in found.pathway.check_ins} else ""
    return visit.page(
        "pathway.html",
        found=found,
        plan=plan,
        timeline=timeline(found.pathway, look),
        flow=flow(found.pathway, look, plan_id=plan),
    )


def leaflet(visit: Visit) -> Response:
    """To print and to hang up on the ward."""
    found = show_pathway(visit.parts, visit.nurse, visit.id)
    levels = sorted({rule.level for rule in found.pathway.rules}, reverse=True)
    return visit.page("leaflet.html", found=found, pathway=found.pathway, levels=levels)


def edit(visit: Visit) -> Response:
    """Begin a draft from the text in force."""
    name = f"{visit.id}.yml"
    text = older_text(visit.parts, name)
    draft = open_draft(visit.parts, nurse=visit.nurse, files={name: text})
    return visit.go(f"/console/drafts/{draft.id}")


def back(visit: Visit) -> Response:
    """Begin a draft from the text of an older release: the way back is a release too."""
    name, number = f"{visit.id}.yml", visit.form.get("number", "")
    text = older_text(
        visit.parts, name, number=int(number) if number.isdecimal() and len(number) < 9 else 0
    )
    draft = open_draft(visit.parts, nurse=visit.nurse, files={name: text})
    return visit.go(f"/console/drafts/{draft.id}")


def retire(visit: Visit) -> Response:
    """Propose that nobody is enrolled on it any more; a second person decides."""
    show_pathway(visit.parts, visit.nurse, visit.id)
    draft = open_draft(visit.parts, nurse=visit.nurse, files={f"{visit.id}.yml": None})
    try:
        submit_draft(visit.parts, nurse=visit.nurse, draft_id=draft.id, number=draft.number)
    except (NotReleasable, Overtaken):
        return visit.go(f"/console/drafts/{draft.id}")  # which says what stands in the way
    return visit.go(f"/console/drafts/{draft.id}", done="review_asked")


def try_it(visit: Visit) -> Response:
    """The check-in as a chat. What was said travels in the form; nothing is kept."""
    draft_id = visit.form.get("draft", "") or visit.request.query_params.get("draft", "")
    found = pathway_of(visit.parts, visit.nurse, visit.id, draft_id=draft_id)
    plan = _plan(found, visit.form.get("check_in", ""))
    said = [
        visit.form[f"said-{number}"]
        for number in range(MOST_SAID)
        if f"said-{number}" in visit.form
    ]
    text = visit.form.get("text", "").strip()[:LONGEST]
    said = [] if "again" in visit.form else [*said, text] if text else said
    tried = try_pathway(visit.parts, found, plan_id=plan, texts=said, language=visit.nurse.language)
    return visit.page("try.html", pathway=found, tried=tried, said=said, draft_id=draft_id)


def _plan(pathway: Pathway, wanted: str) -> str:
    """The check-in that was chosen, else the one that asks most."""
    if wanted in {one.id for one in pathway.check_ins}:
        return wanted
    return max(pathway.check_ins, key=lambda one: len(one.questions)).id


def moving(visit: Visit) -> Response:
    """The dry run: who would move, and how."""
    return _moving(visit)


def _moving(visit: Visit, *, notice: str = "", status: int = 200) -> Response:
    run = dry_run(visit.parts, nurse=visit.nurse, pathway_id=visit.id)
    return visit.page("move.html", status=status, run=run, notice=notice)


def move(visit: Visit) -> Response:
    seal = visit.form.get("seal", "")
    try:
        move_patients(visit.parts, nurse=visit.nurse, pathway_id=visit.id, seal=seal)
    except Overtaken:
        return _moving(visit, notice="release.look_again", status=409)
    return visit.go(f"{PATHWAYS}/{visit.id}", done="patients_moved")


PAGES = (
    Page("/pathways", "GET", Permission.SEE_PATHWAY, pathways),
    Page("/pathways", "POST", Permission.WRITE_PATHWAY, copy),
    Page("/pathways/{id}", "GET", Permission.SEE_PATHWAY, pathway),
    Page("/pathways/{id}/leaflet", "GET", Permission.SEE_PATHWAY, leaflet),
    Page("/pathways/{id}/try", "GET", Permission.SEE_PATHWAY, try_it),
    Page("/pathways/{id}/try", "POST", Permission.SEE_PATHWAY, try_it),
    Page("/pathways/{id}/edit", "POST", Permission.WRITE_PATHWAY, edit),
    Page("/pathways/{id}/back", "POST", Permission.WRITE_PATHWAY, back),
    Page("/pathways/{id}/retire", "POST", Permission.WRITE_PATHWAY, retire),
    Page("/pathways/{id}/move", "GET", Permission.MOVE_PATIENTS, moving),
    Page("/pathways/{id}/move", "POST", Permission.MOVE_PATIENTS, move),
)
