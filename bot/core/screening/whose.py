"""Whose: is a sign the patient's, or another person's?

Relatives write for patients, so a relative with a sign is taken for the patient
unless the words clearly speak of somebody else: a neighbour, an old story, a
long illness, or "my husband says he has ..." from the patient's own chat.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.screening.lexicon import Lexicons, Sign
from bot.core.screening.match import Found
from bot.core.screening.page import Page
from bot.core.screening.scan import Hit
from bot.core.screening.status import Status

PEOPLE = ("far_person", "near_person", "partner_person", "child_person", "myself")
SHORT = 1  # clauses; a longer story about a relative comes from a carer
CARRY = 3  # clauses over which a person stays the subject
WITNESS: Final = re.compile(
    r"\b(?:says?|said|thinks?|reckons?|noticed|found|saw|told|worried|sees?)\b|说我|看我|发现我|说(?![他她胡梦不话])"
)
THIRD: Final = re.compile(r"\b(?:he|she|hes|shes|his|her|their|they)\b|[他她]")
HAS_NOW: Final = re.compile(r" (?:has|is|cant|wont|keeps)\b")
THEIR_OPERATION: Final = re.compile(
    r"\b(?:his|her|their) (?:[a-z]+ )?(?:op|operation|surgery|procedure|bypass|transplant)\b"
)
THINGS: Final = re.compile(
    r"weddin[g]?|birthday|party|house|home|flat|place|thermometer|car|van|dog|cat|phone|room|"
    r"funeral|recital|match|game|school|christening|garden|office|shop|kitchen|sofa|couch|"
    r"monitor|cuff|machine|oximeter|watch|advice|recipe|name|voice"
)
TOLD_BEFORE: Final = "给跟对"  # 室友给我发消息: the roommate is spoken of, not 我
TOLD_AFTER: Final = "发说讲留写"


def is_another(
    found: Found,
    sign: Sign,
    status: Status,
    page: Page,
    lexicons: Lexicons,
    procedure: str | None,
) -> bool:
    """Whether the sign belongs to somebody who is not the patient."""
    person = _person(found, page, lexicons)
    if person is None:
        return False
    kind = next(name for name in PEOPLE if lexicons.context[name] == person.list)
    if kind == "myself":
        return False
    context = lexicons.context
    clause = found.clause
    if context["not_the_patient"] in page.anywhere:  # `my own op is fine`
        return not _witness(person, found, page)
    if kind == "far_person":
        if status is Status.PRESENT and _has_operation(person, found, page):
            return False
        return not (sign.carer and _relative_first(person, found, page, lexicons))
    if kind != "child_person" and _witness(person, found, page):
        return False  # `my wife says I look blue`, 我老婆说肠子流出来了
    if sign.always_ask:  # `my kids would be better off without me` is about oneself
        return _says_so(person, found, page, lexicons)
    if context["self_fine"] in page.anywhere:
        return True
    here = (clause, max(0, clause - 1))
    if (
        any(page.has(one, context["her_own_operation"]) for one in here)
        and page.has(clause, context["told_of_others"])
        and not page.has(clause, context["now"])
    ):
        return True
    operations = {context["operation"], *lexicons.procedures.values()}
    if operations & page.anywhere:
        return False
    if kind == "child_person" and procedure in lexicons.child_procedures:
        return False
    if status is Status.OVER or page.has(clause, context["chronic_cause"]):
        return True
    if _is_long(page):
        return False
    if _says_so(person, found, page, lexicons):
        return True
    return kind in ("child_person", "partner_person") and not sign.carer


def _relative_first(person: Hit, found: Found, page: Page, lexicons: Lexicons) -> bool:
    """`dad thinks the neighbours are poisoning him`: dad is the one who is unwell."""
    near = (lexicons.context["near_person"], lexicons.context["partner_person"])
    return any(hit.start < person.start for one in near for hit in page.of(found.clause, one))


def _is_long(page: Page) -> bool:
    new = [clause for clause in page.clauses[-SHORT * 4 :] if clause.end > page.new_from]
    return sum(clause.mark != "word" for clause in new) > SHORT


def _person(found: Found, page: Page, lexicons: Lexicons) -> Hit | None:
    """The last person named before the sign ends, as far as a subject carries."""
    lists = {lexicons.context[name] for name in PEOPLE}
    for clause in range(found.clause, max(-1, found.clause - CARRY - 1), -1):
        people = [
            hit
            for hit in page.hits[clause]
            if hit.list in lists and hit.start < found.end and not _is_aside(hit, page)
        ]
        people = [hit for hit in people if not any(_is_part(hit, one) for one in people)]
        before = [hit for hit in people if hit.start <= found.start]
        if before or people:
            return max(before or people, key=lambda hit: (hit.start, hit.end))
    return None


def _is_part(one: Hit, other: Hit) -> bool:
    """The 老太太 of 对面床老太太: the longer name says who it is."""
    inside = other.start <= one.start and one.end <= other.end
    return inside and other.end - other.start > one.end - one.start


def _is_aside(person: Hit, page: Page) -> bool:
    """Named without being the subject: `my niece's wedding`, 室友给我发消息."""
    text, at, original = page.plain.text, page.plain.at, page.plain.original
    after = original[at[person.end - 1] + 1 :][:2]
    if after in ("'s", "’s"):
        following = text[person.end + 1 : person.end + 30].split(" ")[0].strip(",.")
        return bool(THINGS.fullmatch(following))
    told = text[person.start - 1 : person.start] in tuple(TOLD_BEFORE) and person.start > 0
    return told and text[person.end : person.end + 1] in tuple(TOLD_AFTER)


def _witness(person: Hit, found: Found, page: Page) -> bool:
    """`my wife says I look grey`: she tells of the writer, not of herself."""
    # Two letters more, so that 说胡话 is not taken for 说.
    between = page.plain.text[person.end : found.start + 2]
    return bool(WITNESS.search(between)) and not THIRD.search(between)


def _has_operation(person: Hit, found: Found, page: Page) -> bool:
    """`my cousin has a tube from her cancer op`: a relative writes for the one operated."""
    start = person.end
    sentence = page.sentence(page.clauses[found.clause])
    told = page.plain.text[start : max(found.end, sentence[-1].end)]
    return bool(HAS_NOW.match(told) and THEIR_OPERATION.search(told))


def _says_so(person: Hit, found: Found, page: Page, lexicons: Lexicons) -> bool:
    return any(
        person.start <= hit.start <= found.start
        for clause in range(max(0, found.clause - 1), found.clause + 1)
        for hit in page.of(clause, lexicons.context["says_so"])
    )
