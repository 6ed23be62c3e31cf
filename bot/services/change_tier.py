"""Change the tier: how closely a patient is followed, from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.errors import AlreadyDone, NotFound
from bot.core.patient import Episode, EpisodeState, RiskTier
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.move_episode import carry_out, plan_on
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require

CHANGED: Final = "episode.tier"


def change_tier(parts: Parts, nurse: Nurse, *, episode_id: str, tier: RiskTier) -> Episode:
    """Follow her on another tier: what is still to come is planned anew, what was asked stays.

    Raises NotFound, NotAllowed; AlreadyDone when somebody else changed it in this moment.
    """
    require(nurse, Permission.ACT_ON_CASE)
    with parts.record.transaction() as tx:
        episode = tx.episodes.get(episode_id, lock=True)
        if episode is None:
            raise NotFound(f"no episode {episode_id}")
        patient = patient_in_scope(tx, nurse, episode.patient_id)
        if episode.risk_tier is tier:
            return episode
        now, changed = parts.clock.now(), replace(episode, risk_tier=tier)
        if not tx.episodes.swap(episode, changed):
            raise AlreadyDone("")
        if episode.state in (EpisodeState.ACTIVE, EpisodeState.ON_HOLD):
            pathway = parts.library.followed(episode.pathway_id, episode.pathway_version)
            # What an earlier change of the tier took away may come back with this one.
            earlier = {one.at for one in tx.audit.find(about=episode.id, action=CHANGED)}
            plan = plan_on(tx, parts, changed, patient, pathway, taken_away_at=earlier)
            carry_out(tx, parts, changed, plan, now)
        details = f"{episode.risk_tier} > {tier}"
        note(tx, parts, who=nurse.id, action=CHANGED, about=episode.id, details=details, at=now)
        return changed
