"""Whom a conversation is about: contact, patient, episode, and the day after surgery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Conversation, Mode
from bot.core.pathway import Pathway
from bot.core.patient import Contact, Episode, EpisodeState, Patient, Role
from bot.services.parts import Parts
from bot.services.ports import Transaction

LIVING = (EpisodeState.ACTIVE, EpisodeState.PLANNED, EpisodeState.ON_HOLD)


@dataclass(frozen=True)
class Whom:
    """Everyone a message concerns."""

    contact: Contact
    patient: Patient
    episode: Episode
    pathway: Pathway

    def today(self, now: datetime) -> date:
        """The patient's own date."""
        return now.astimezone(ZoneInfo(self.patient.time_zone)).date()

    def day(self, now: datetime) -> int:
        """Days after surgery on the patient's own calendar."""
        return (self.today(now) - self.episode.surgery_on).days


def whom(tx: Transaction, parts: Parts, conversation: Conversation) -> Whom | None:
    """The people behind a conversation; None before a code was accepted.

    A contact whose year of birth is not verified yet counts here too, because a
    red flag must reach a nurse all the same; nothing personal is shown for it.
    """
    contact_id = conversation.contact_id or conversation.state.get("contact_id")
    contact = tx.contacts.get(contact_id) if contact_id else None
    return None if contact is None else about(tx, parts, contact)


def about(tx: Transaction, parts: Parts, contact: Contact) -> Whom | None:
    """The patient and the newest living episode (or the newest of all) of a contact."""
    patient = tx.patients.get(contact.patient_id)
    episodes = tx.episodes.find(patient_id=contact.patient_id, order_by="-surgery_on,-created_at")
    if patient is None or not episodes:
        return None
    episode = next((one for one in episodes if one.state in LIVING), episodes[0])
    pathway = parts.library.followed(episode.pathway_id, episode.pathway_version)
    return Whom(contact=contact, patient=patient, episode=episode, pathway=pathway)


def of_episode(tx: Transaction, parts: Parts, episode: Episode) -> Whom | None:
    """The people behind one episode, whether or not a newer one has begun."""
    contacts = tx.contacts.find(patient_id=episode.patient_id)
    patient = next((one for one in contacts if one.role is Role.PATIENT), None)
    who = about(tx, parts, patient) if patient else None
    if who is None:
        return None
    pathway = parts.library.followed(episode.pathway_id, episode.pathway_version)
    return replace(who, episode=episode, pathway=pathway)


def open_check_in(tx: Transaction, episode: Episode, *, lock: bool = False) -> CheckIn | None:
    """The check-in that is being answered now, if any."""
    return tx.check_ins.one(episode_id=episode.id, state=CheckInState.OPEN, lock=lock)


def chat_for(tx: Transaction, episode: Episode) -> Conversation | None:
    """Where to write to about this episode: the patient's chat, else the caregiver's."""
    contacts = tx.contacts.find(patient_id=episode.patient_id)
    for contact in sorted(contacts, key=lambda one: one.role is not Role.PATIENT):
        for chat in tx.conversations.find(contact_id=contact.id, order_by="created_at"):
            if not chat.unreachable and chat.mode in (Mode.BOT, Mode.NURSE):
                return chat
    return None
