"""Move patients to the version in force: explicit, and first as a dry run that says who and how.

The dry run and the move work out the same thing. A patient in the middle of a check-in
finishes it on her old version and moves afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.core.check_in import CheckInState
from bot.core.errors import Overtaken
from bot.core.move import Move, MoveState, Replan, questions_to_come
from bot.core.pathway import Pathway
from bot.core.patient import Episode, EpisodeState, Patient
from bot.core.permissions import Permission
from bot.core.question import Question
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.move_episode import LOOK_AGAIN, plan_on, settled, try_move
from bot.services.parts import Parts
from bot.services.permissions import require, scope
from bot.services.ports import Transaction
from bot.services.whom import LIVING, open_check_in


@dataclass(frozen=True)
class Affected:
    """One patient of a dry run, and what would become of what is still to come."""

    episode: Episode
    patient: Patient
    open: bool  # a check-in is open: it is finished on the old version
    plan: Replan
    gone: tuple[Question, ...]  # questions that she would not be asked any more
    new: tuple[Question, ...]  # questions that she would be asked in future


@dataclass(frozen=True)
class DryRun:
    """Who would move, grouped by the version she is on. `changes`: by old version, what the
    new one changes, in clinical words. `seal` stands for all of this: a move names it."""

    pathway: Pathway
    affected: tuple[Affected, ...]
    changes: dict[str, list[dict[str, Any]]]
    seal: str


def dry_run(parts: Parts, *, nurse: Nurse, pathway_id: str, to: str | None = None) -> DryRun:
    """Say who would be moved to the version in force, and how; that she saw it is noted.

    Only patients of her ward are counted. Raises NotFound for a retired pathway.
    """
    run = _planned(parts, nurse, pathway_id, to)
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_move", about=f"pathway:{pathway_id}")
    return run


def _planned(parts: Parts, nurse: Nurse, pathway_id: str, to: str | None) -> DryRun:
    require(nurse, Permission.MOVE_PATIENTS)
    target = parts.library.pathway(pathway_id, to)
    with parts.record.reading() as tx:
        episodes = tx.episodes.find(pathway_id=pathway_id, state__in=LIVING, order_by="id")
        found = [
            _affected(tx, parts, one, patient, target)
            for one in episodes
            if one.pathway_version != target.version
            and (patient := tx.patients.one(id=one.patient_id, **scope(nurse))) is not None
        ]
        older = sorted({one.episode.pathway_version for one in found})
        changes = {version: _changes(tx, parts, version, target) for version in older}
    return DryRun(target, tuple(found), changes, _seal(target, found))


def move_patients(
    parts: Parts, *, nurse: Nurse, pathway_id: str, seal: str, to: str | None = None
) -> tuple[int, int]:
    """Move everybody whom the dry run named; (how many moved, how many finish first).

    Raises Overtaken when by now it would be somebody else, or otherwise: look again.
    """
    run = _planned(parts, nurse, pathway_id, to)
    if run.seal != seal:
        raise Overtaken("", {})
    moved = waiting = 0
    for one in run.affected:
        with parts.record.transaction() as tx:
            episode = tx.episodes.get(one.episode.id, lock=True)
            if episode is None or episode.pathway_version != one.episode.pathway_version:
                continue
            for earlier in tx.moves.find(episode_id=episode.id, state=MoveState.WAITING):
                tx.moves.swap(earlier, settled(earlier, MoveState.DROPPED, parts.clock.now()))
            move = Move(
                id=parts.ids.new(),
                episode_id=episode.id,
                old_version=episode.pathway_version,
                new_version=run.pathway.version,
                asked_by=nurse.id,
                asked_at=parts.clock.now(),
                state=MoveState.WAITING,
                look_at=parts.clock.now() + LOOK_AGAIN,
            )
            tx.moves.add(move)
            details = f"{pathway_id} {move.old_version} -> {move.new_version}"
            note(tx, parts, who=nurse.id, action="pathway.move", about=episode.id, details=details)
            done = try_move(tx, parts, move, episode)
        moved += done
        waiting += not done
    return moved, waiting


def _affected(
    tx: Transaction, parts: Parts, episode: Episode, patient: Patient, target: Pathway
) -> Affected:
    old = parts.library.followed(episode.pathway_id, episode.pathway_version)
    if episode.state is EpisodeState.PLANNED:  # before consent nothing is planned yet
        plan = Replan(kept=len(target.check_ins))
        waiting, coming = ({one.id for one in way.check_ins} for way in (old, target))
    else:
        rows = tx.check_ins.find(episode_id=episode.id, state=CheckInState.PLANNED)
        plan = plan_on(tx, parts, episode, patient, target)
        waiting = {one.plan_id for one in rows}
        coming = waiting - {one.plan_id for one in plan.cancelled}
        coming |= {one.plan_id for one in plan.added} | {new.plan_id for _, new in plan.changed}
    before, after = questions_to_come(old, waiting), questions_to_come(target, coming)
    return Affected(
        episode=episode,
        patient=patient,
        open=open_check_in(tx, episode) is not None,
        plan=plan,
        gone=tuple(one for id, one in old.questions.items() if id in before - after),
        new=tuple(one for id, one in target.questions.items() if id in after - before),
    )


def _changes(tx: Transaction, parts: Parts, version: str, target: Pathway) -> list[dict[str, Any]]:
    """What the new version changes for those on this one; their own kept files are compared."""
    old, new = tx.pathway_versions.get(version), tx.pathway_versions.get(target.version)
    if old is None or new is None:
        return []
    found = parts.workbench.changes(old.files, new.files)
    # What is the house's (numbers, phrases, levels) is in force for everybody already.
    return [one for one in found if one["pathway"] == target.id]


def _seal(target: Pathway, found: Iterable[Affected]) -> str:
    """Stands for whom and from where to where: what was shown is what is done."""
    lines = [target.version]
    lines += [f"{one.episode.id} {one.episode.pathway_version}" for one in found]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
