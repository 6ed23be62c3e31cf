"""Stand-ins: a nurse hears of every patient whose pathway version cannot be read any more."""

from __future__ import annotations

from bot.core.pathway import Pathway
from bot.core.patient import Episode
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import LIVING


def tell_of_stand_ins(parts: Parts) -> int:
    """Look at every living episode, at the start of a release; how many are newly told of."""
    with parts.record.reading() as tx:
        living = tx.episodes.find(state__in=LIVING, order_by="id")
    followed = {
        key: parts.library.followed(*key)
        for key in {(one.pathway_id, one.pathway_version) for one in living}
    }
    new = 0
    for one in living:
        pathway = followed[one.pathway_id, one.pathway_version]
        if pathway.stands_in_for:
            with parts.record.transaction() as tx:
                new += tell_of_stand_in(tx, parts, one, pathway)
    return new


def tell_of_stand_in(tx: Transaction, parts: Parts, episode: Episode, pathway: Pathway) -> bool:
    """Make the task and the audit entry of one episode, once; says whether it is new."""
    if not pathway.stands_in_for:
        return False
    new = make_task(
        tx,
        parts,
        kind="stand_in",
        key=f"stand_in:{episode.id}:{pathway.stands_in_for}",
        patient_id=episode.patient_id,
        episode_id=episode.id,
    )
    if new:
        change = f"{pathway.id} {pathway.stands_in_for} -> {pathway.version}"
        note(tx, parts, who="system", action="pathway.stand_in", about=episode.id, details=change)
    return new
