"""Draft pages: the text with the checks beside it, and the buttons of both people."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.flow import flow
from bot.console.timeline import timeline
from bot.core.errors import NotFound, NotReleasable, Overtaken, PathwayError
from bot.core.permissions import Permission
from bot.services.draft_pathway import drop_draft, older_text, open_draft, save_draft
from bot.services.release_pathway import release_draft, send_back, submit_draft
from bot.services.show_pathways import OneDraft, pathway_of, show_draft

DRAFTS = "/console/drafts"
PATHWAYS = "/console/pathways"


def new(visit: Visit) -> Response:
    """Begin a draft of one file: as it stands in the folder, or as it is in force."""
    name = visit.form.get("name", "")
    folder = visit.parts.workbench.folder()
    text = folder.get(name) if "folder" in visit.form else older_text(visit.parts, name)
    try:
        draft = open_draft(visit.parts, nurse=visit.nurse, files={name: text})
    except PathwayError as fault:
        raise NotFound(str(fault)) from fault
    return visit.go(f"{DRAFTS}/{draft.id}")


def draft(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, *, status: int = 200, **over: object) -> Response:
    """`typed`: what she wrote and could not be saved; `fault`: why, as a key of the texts."""
    found = show_draft(visit.parts, visit.nurse, visit.id)
    names = list(found.line.draft.files)
    wanted = visit.form.get("file") or visit.request.query_params.get("file", "")
    file = wanted if wanted in names else names[0]
    given = {"fault": "", "detail": "", "by": "", "theirs": {}, "typed": None, **over}
    return visit.page(
        "draft.html",
        status=status,
        found=found,
        draft=found.line.draft,
        file=file,
        others=sorted(set(found.standing) - set(names)),
        picture=_picture(visit, file) if _can_be_drawn(found, file) else None,
        mine=visit.nurse.id in found.line.draft.authors,
        **given,
    )


def _can_be_drawn(found: OneDraft, file: str) -> bool:
    whole = found.line.draft.is_open and not found.preview.has_errors
    return whole and not file.startswith("shared/") and found.line.draft.files[file] is not None


def _picture(visit: Visit, file: str) -> tuple[Markup, Markup]:
    """The pathway as the draft would have it."""
    look = look_for(visit.desk, visit.nurse.language)
    name = file.removesuffix(".yml")
    pathway = pathway_of(visit.parts, visit.nurse, name, draft_id=visit.id)
    return timeline(pathway, look), flow(pathway, look)


def add(visit: Visit) -> Response:
    """One more file in the same draft: what belongs together comes into force together."""
    name = visit.form.get("name", "")
    try:
        text = older_text(visit.parts, name)
        save_draft(
            visit.parts,
            nurse=visit.nurse,
            draft_id=visit.id,
            number=_number(visit),
            files={name: text},
        )
    except Overtaken as faster:
        return _page(visit, status=409, **_told(faster))
    return visit.go(f"{DRAFTS}/{visit.id}?file={name}")


def save(visit: Visit) -> Response:
    """Save over what she has read, and look again at the checks."""
    name, text = visit.form.get("file", ""), visit.form.get("text", "")
    try:
        save_draft(
            visit.parts,
            nurse=visit.nurse,
            draft_id=visit.id,
            number=_number(visit),
            files={name: text} if name else {},
            follow="follow" in visit.form,
        )
    except Overtaken as faster:
        return _page(visit, status=409, typed=text, **_told(faster))
    except PathwayError as fault:
        raise NotFound(str(fault)) from fault
    return visit.go(f"{DRAFTS}/{visit.id}?file={name}&done=draft_saved")


def check(visit: Visit) -> Response:
    """What the check says of a text that is being typed. Nothing is saved."""
    name, text = visit.form.get("file", ""), visit.form.get("text", "")
    found = show_draft(visit.parts, visit.nurse, visit.id, typed={name: text} if name else {})
    return visit.page("findings.html", found=found)


def review(visit: Visit) -> Response:
    return _do(visit, submit_draft, "review_asked")


def release(visit: Visit) -> Response:
    return _do(visit, release_draft, "released")


def drop(visit: Visit) -> Response:
    return _do(visit, drop_draft, "draft_dropped", to=PATHWAYS)


def give_back(visit: Visit) -> Response:
    why = visit.form.get("why", "").strip()
    if not why:
        return _page(visit, status=422, fault="release.say_why")
    return _do(visit, send_back, "sent_back", why=why)


def _do(
    visit: Visit, step: Callable[..., object], done: str, *, to: str = "", **more: str
) -> Response:
    """One step of the life of a draft, or the page again with what stands in the way."""
    given = {"nurse": visit.nurse, "draft_id": visit.id, "number": _number(visit), **more}
    try:
        step(visit.parts, **given)
    except Overtaken as faster:
        return _page(visit, status=409, **_told(faster))
    except NotReleasable as refused:
        detail = str(refused).removeprefix(refused.why).lstrip(": ")
        return _page(visit, status=409, fault=f"release.{refused.why}", detail=detail)
    return visit.go(to or f"{DRAFTS}/{visit.id}", done=done)


def _told(faster: Overtaken) -> dict[str, object]:
    key = "release.overtaken" if faster.by else "release.look_again"
    return {"fault": key, "by": faster.by, "theirs": faster.theirs}


def _number(visit: Visit) -> int:
    number = visit.form.get("number", "")
    return int(number) if number.isdecimal() and len(number) < 9 else 0


PAGES = (
    Page("/drafts", "POST", Permission.WRITE_PATHWAY, new),
    Page("/drafts/{id}", "GET", Permission.SEE_PATHWAY, draft),
    Page("/drafts/{id}/save", "POST", Permission.WRITE_PATHWAY, save),
    Page("/drafts/{id}/add", "POST", Permission.WRITE_PATHWAY, add),
    Page("/drafts/{id}/check", "POST", Permission.WRITE_PATHWAY, check),
    Page("/drafts/{id}/review", "POST", Permission.WRITE_PATHWAY, review),
    Page("/drafts/{id}/drop", "POST", Permission.WRITE_PATHWAY, drop),
    Page("/drafts/{id}/send-back", "POST", Permission.RELEASE_PATHWAY, give_back),
    Page("/drafts/{id}/release", "POST", Permission.RELEASE_PATHWAY, release),
)
