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
from bot.core.screening.own_report import is_about_a_third
from bot.core.screening.page import Page
from bot.core.screening.scan import Hit
from bot.core.screening.status import Status

PEOPLE = ("far_person", "near_person", "partner_person", "child_person", "other_person", "myself")
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
KIN: Final = re.compile(
    r"\b(?:aunt\w*|uncle\w*|cousin\w*|niece\w*|nephew\w*|(?:brother|sister) in law)\b|"
    r"^(?:大伯|大姨|小姨|大舅|三叔|二叔|二姨|表[哥姐弟妹]|堂[哥姐弟妹]|姑妈|姑姑|姨妈|舅舅|叔叔|伯伯|伯父|嫂子|姐夫|妹夫|侄子|侄女|"
    r"小侄子|外甥女?)$"
)
OWNS: Final = ("'s", "’s")
TOLD_TO: Final = re.compile(
    r"\b(?:told|telling|texted|messaged|asked|rang|phoned) (?:his|her|my|the) $"
)
SEEN_THERE: Final = re.compile(
    r"(?:看[见到]|墙上|屋里|床[上边]|房[间子]里|窗外|门口)[^,。!?\n]{0,3}$"
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
    says_somebody_else = not sign.always_ask and page.tells_of_somebody_else
    if says_somebody_else and _of_a_third(found, page):
        return True
    if person is None:
        return False
    kind = next(name for name in PEOPLE if lexicons.context[name] == person.list)
    if kind == "myself":
        return False
    context = lexicons.context
    clause = found.clause
    if says_somebody_else:
        return not _witness(person, found, page)
    if kind == "other_person":
        return False
    if context["not_the_patient"] in page.anywhere:  # `my own op is fine`
        return not _witness(person, found, page)
    if kind == "far_person":
        if status is Status.PRESENT and _has_operation(person, found, page):
            return False
        if status is Status.PRESENT and _is_operated_relative(person, found, page, lexicons):
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
    strangers = {lexicons.context[name] for name in ("far_person", "other_person")}
    for clause in range(found.clause, max(-1, found.clause - CARRY - 1), -1):
        people = [
            hit
            for hit in page.hits[clause]
            if hit.list in lists and hit.start < found.end and not _is_aside(hit, page)
        ]
        people = [hit for hit in people if not any(_is_part(hit, one) for one in people)]
        before = [hit for hit in people if hit.start <= found.start]
        # 看见墙上有人: a stranger inside the sign's own words has not got it.
        inside = [hit for hit in people if hit.list not in strangers]
        if before or inside:
            return max(before or inside, key=lambda hit: (hit.start, hit.end))
    return None


def _is_part(one: Hit, other: Hit) -> bool:
    """The 老太太 of 对面床老太太: the longer name says who it is."""
    inside = other.start <= one.start and one.end <= other.end
    return inside and other.end - other.start > one.end - one.start


def _is_aside(person: Hit, page: Page) -> bool:
    """Named without being the subject: `my niece's wedding`, 室友给我发消息."""
    text, at, original = page.plain.text, page.plain.at, page.plain.original
    last = at[person.end - 1] + 1  # a mended word ends where it was written to end
    if original[last - 2 : last + 2].startswith(OWNS) or original[last : last + 2] in OWNS:
        following = text[person.end + 1 : person.end + 30].split(" ")[0].strip(",.")
        return bool(THINGS.fullmatch(following))
    before = text[max(0, person.start - 24) : person.start]
    if TOLD_TO.search(before) or SEEN_THERE.search(before):
        return True
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


def _is_operated_relative(person: Hit, found: Found, page: Page, lexicons: Lexicons) -> bool:
    """`uncle collapsed, angioplasty last week`: a family writes for an uncle as for a father."""
    if page.has(found.clause, lexicons.context["her_own_operation"]):
        return False  # `her cousin bled after tonsils out`: an old story
    operations = {lexicons.context["operation"], *lexicons.procedures.values()}
    named = page.plain.text[person.start : person.end]
    return bool(KIN.search(named) and operations & page.anywhere)


def _of_a_third(found: Found, page: Page) -> bool:
    """`hes slumped at the wheel`: the words before the sign name him, not the writer."""
    clause = page.clauses[found.clause]
    return is_about_a_third(page.plain.text[clause.start : found.end])


def _says_so(person: Hit, found: Found, page: Page, lexicons: Lexicons) -> bool:
    return any(
        person.start <= hit.start <= found.start
        for clause in range(max(0, found.clause - 1), found.clause + 1)
        for hit in page.of(clause, lexicons.context["says_so"])
    )
