"""Case notes: who must hear about an escalation, and how it is read to a nurse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.check_in import Observation
from bot.core.conversation import Conversation, Mode
from bot.core.errors import NotFound
from bot.core.escalation import Cause, Escalation
from bot.core.pathway import Pathway
from bot.core.patient import Episode, Patient, Role
from bot.core.question import Question
from bot.core.sbar import CaseFacts, Sbar, Seen, Sign, make_sbar
from bot.core.staff import Nurse
from bot.services.outbox import fill
from bot.services.parts import Parts
from bot.services.ports import Transaction

MOST_OBSERVATIONS = 40


def patient_of(tx: Transaction, case: Escalation) -> Patient:
    """The patient of a case; NotFound would mean a broken record."""
    patient = tx.patients.get(case.patient_id)
    if patient is None:
        raise NotFound(f"no patient {case.patient_id}")
    return patient


def patient_chats(tx: Transaction, case: Escalation, *, lock: bool = False) -> list[Conversation]:
    """Every chat from which this case was raised, in an order all transactions share."""
    inbound_ids = {one.inbound_id for one in tx.causes.find(escalation_id=case.id)} - {None}
    said = tx.inbound.find(id__in=sorted(i for i in inbound_ids if i)) if inbound_ids else []
    ids = {one.conversation_id for one in said} | {case.conversation_id}
    found = (tx.conversations.get(id, lock=lock) for id in sorted(i for i in ids if i))
    return [one for one in found if one is not None]


def listening(chats: Iterable[Conversation]) -> list[Conversation]:
    """Those chats that may still be written to: whoever said STOP hears only safety advice."""
    return [one for one in chats if one.mode is not Mode.STOPPED]


def notified_nurses(tx: Transaction, case: Escalation, *, but: str = "") -> list[Nurse]:
    """Every nurse who was told of this case so far, in an order all transactions share."""
    ids = {one.nurse_id for one in tx.notifications.find(escalation_id=case.id)} - {but}
    nurses = tx.nurses.find(id__in=sorted(ids)) if ids else []
    return sorted(nurses, key=lambda one: (one.conversation_id or "", one.id))


def hold_nurse_chats(
    tx: Transaction, parts: Parts, case: Escalation | None, *nurse_ids: str
) -> None:
    """Lock every nurse's chat that this change may write to, always in the same order.

    The order of all locks is: the patient's chats, patient, case, nurses' chats. Two
    transactions that take them otherwise would wait for each other on PostgreSQL, and
    a red flag would be rolled back.
    """
    now = parts.clock.now()
    ids = {one.nurse_id for one in tx.shifts.find(starts_at__lte=now, ends_at__gt=now)}
    ids |= set(nurse_ids)
    if case is not None:
        ids |= {one.nurse_id for one in tx.notifications.find(escalation_id=case.id)}
        ids |= {case.acknowledged_by} if case.acknowledged_by else set()
    nurses = tx.nurses.find(id__in=sorted(ids)) if ids else []
    for chat_id in sorted(one.conversation_id for one in nurses if one.conversation_id):
        tx.conversations.get(chat_id, lock=True)


def name_of(tx: Transaction, nurse_id: str | None) -> str:
    """The name to show for a nurse's id."""
    nurse = tx.nurses.get(nurse_id) if nurse_id else None
    return nurse.name if nurse else ""


def describe_case(tx: Transaction, parts: Parts, case: Escalation, *, language: str) -> Sbar:
    """The SBAR of one case in one language, as of now."""
    facts = facts_of_case(tx, parts, case, language=language)
    return make_sbar(facts, phrases=parts.library.shared.phrases, language=language)


def facts_of_case(tx: Transaction, parts: Parts, case: Escalation, *, language: str) -> CaseFacts:
    """Gather what the SBAR of this case is made of."""
    patient, episode = patient_of(tx, case), tx.episodes.get(case.episode_id)
    if episode is None:
        raise NotFound(f"no episode {case.episode_id}")
    pathway = _pathway(parts, episode)
    policy = parts.library.shared.levels[case.level]
    now = parts.clock.now()
    causes = tx.causes.find(escalation_id=case.id, order_by="noted_at,id")
    writer, role = _writer(tx, case, causes, patient)
    return CaseFacts(
        level=case.level,
        signs=tuple(_sign(one, pathway, language) for one in causes),
        name=patient.name,
        age=now.year - patient.birth_year,
        operation=pathway.title.say(language) if pathway else episode.procedure_code,
        day=(now.astimezone(ZoneInfo(patient.time_zone)).date() - episode.surgery_on).days,
        tier=str(episode.risk_tier),
        language=patient.language,
        writer=writer,
        writer_role=str(role),
        seen=_seen(tx, parts, episode, pathway, language),
        call_within=policy.acknowledge_within or timedelta(0),
        advice=fill(parts, policy.tell_patient, language),
    )


def _pathway(parts: Parts, episode: Episode) -> Pathway | None:
    """The episode's own version. Its loss must not keep a page from a nurse."""
    try:
        return parts.library.pathway(episode.pathway_id, episode.pathway_version)
    except NotFound:
        return None


def _sign(cause: Cause, pathway: Pathway | None, language: str) -> Sign:
    reason, rule = cause.reason.get(language, ""), cause.code
    if cause.kind == "rule" and pathway is not None:
        # The condition carries the threshold; a rule that is gone keeps its code.
        written = (one.when_text for one in pathway.rules if one.id == cause.code)
        rule = next(written, "") or cause.code
    return Sign(
        level=cause.level,
        words=cause.words,
        reason=reason,
        rule="" if rule in reason else rule,
        source=tuple(cause.source),
    )


def _writer(
    tx: Transaction, case: Escalation, causes: list[Cause], patient: Patient
) -> tuple[str, Role]:
    """Who wrote last about this case: the patient, or someone who answers for her."""
    last = next((one.inbound_id for one in reversed(causes) if one.inbound_id), None)
    said = tx.inbound.get(last) if last else None
    chat_id = said.conversation_id if said else case.conversation_id
    chat = tx.conversations.get(chat_id) if chat_id else None
    contact = tx.contacts.get(chat.contact_id) if chat and chat.contact_id else None
    return (contact.name, contact.role) if contact else (patient.name, Role.PATIENT)


def _seen(
    tx: Transaction, parts: Parts, episode: Episode, pathway: Pathway | None, language: str
) -> tuple[Seen, ...]:
    """The latest observation of each kind, newest first, with the one before it."""
    newest = tx.observations.find(
        episode_id=episode.id,
        superseded_by=None,
        order_by="-observed_at,-id",
        limit=MOST_OBSERVATIONS,
    )
    by_code: dict[str, list[Observation]] = {}
    for one in newest:
        by_code.setdefault(one.code, []).append(one)
    return tuple(_one_seen(parts, seen, pathway, language) for seen in by_code.values())


def _one_seen(
    parts: Parts, seen: list[Observation], pathway: Pathway | None, language: str
) -> Seen:
    latest, before = seen[0], next((one for one in seen[1:] if one.understood), None)
    question = pathway.questions.get(latest.question_id) if pathway else None
    return Seen(
        label=_label(latest, question, language),
        value=_value(parts, latest, question, language),
        unit=_unit(latest),
        words=latest.source_text,
        before=_value(parts, before, question, language) if before else None,
    )


def _label(one: Observation, question: Question | None, language: str) -> str:
    """The short name by which people call it; the code where the pathway has none."""
    names = question.topics.get(language, ()) if question else ()
    return names[0] if names else one.code.replace("_", " ")


UNITS: Mapping[str, str] = {"Cel": "°C", "{score}": "", "": ""}


def _unit(one: Observation) -> str:
    unit = one.unit or ""
    return UNITS.get(unit, unit)


def _value(
    parts: Parts, one: Observation, question: Question | None, language: str
) -> float | str | None:
    """The value as a nurse reads it; None when the words were not understood."""
    value: Any = one.value
    if not one.understood or value is None:
        return None
    if isinstance(value, bool):
        key = "answer_yes" if value else "answer_no"
        return parts.library.shared.phrases.say(key, language)
    if isinstance(value, int | float):
        return float(value)
    chosen = value if isinstance(value, list | tuple) else [value]
    titles = {one.value: one.words.say(language) for one in question.options} if question else {}
    return ", ".join(titles.get(item, str(item)) for item in chosen)
