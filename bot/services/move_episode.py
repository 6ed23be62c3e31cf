"""Move one episode to another version, as soon as no check-in of hers is open."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.check_in import CheckIn, CheckInState
from bot.core.errors import NotFound
from bot.core.move import Move, MoveState, Replan, replan
from bot.core.pathway import Pathway
from bot.core.patient import Episode, EpisodeState, Patient
from bot.core.schedule import plan_check_ins
from bot.core.triage_level import TriageLevel
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.plan_nudges import rewrite_nudges
from bot.services.ports import Transaction
from bot.services.whom import LIVING, of_episode, open_check_in

LOOK_AGAIN: Final = timedelta(minutes=5)  # while a check-in is open


def tend_move(parts: Parts, move_id: str) -> None:
    """Try a waiting move again."""
    with parts.record.transaction() as tx:
        move = tx.moves.get(move_id, lock=True)
        episode = tx.episodes.get(move.episode_id, lock=True) if move else None
        if move is not None and episode is not None and move.state is MoveState.WAITING:
            try_move(tx, parts, move, episode)


def move_after_check_in(tx: Transaction, parts: Parts, episode_id: str) -> bool:
    """Her check-in has just ended: she goes over now, before her next one is looked for.

    Says whether a move was settled, so that her version may be another one.
    """
    waiting = tx.moves.one(episode_id=episode_id, state=MoveState.WAITING)
    episode = tx.episodes.get(episode_id, lock=True) if waiting else None
    return bool(waiting and episode and try_move(tx, parts, waiting, episode))


def try_move(tx: Transaction, parts: Parts, move: Move, episode: Episode) -> bool:
    """Move her unless a check-in is open; says whether the move is settled."""
    now = parts.clock.now()
    if episode.state not in LIVING or episode.pathway_version != move.old_version:
        return tx.moves.swap(move, settled(move, MoveState.DROPPED, now))
    if open_check_in(tx, episode) is not None:
        tx.moves.swap(move, replace(move, look_at=now + LOOK_AGAIN))
        return False
    patient = tx.patients.get(episode.patient_id)
    target = _target(parts, episode, move)
    if patient is None or target is None:
        return tx.moves.swap(move, settled(move, MoveState.DROPPED, now))
    moved = replace(episode, pathway_version=target.version)
    tx.episodes.swap(episode, moved)
    if episode.state is not EpisodeState.PLANNED:  # before consent nothing is planned yet
        plan = plan_on(tx, parts, episode, patient, target)
        carry_out(tx, parts, episode, plan, now)
        if (who := of_episode(tx, parts, moved)) is not None:
            taken = _taken_away_at(tx, episode)
            rewrite_nudges(tx, parts, who, now=now, taken_away_at=taken)
        if plan.ends_now:
            _end(tx, parts, episode, now)
    return tx.moves.swap(move, settled(move, MoveState.DONE, now))


def _target(parts: Parts, episode: Episode, move: Move) -> Pathway | None:
    """The version to go to; None when it cannot be read now: she stays where she is."""
    try:
        return parts.library.pathway(episode.pathway_id, move.new_version)
    except NotFound:
        return None


def carry_out(tx: Transaction, parts: Parts, episode: Episode, plan: Replan, now: datetime) -> None:
    """Write the new plan; what it no longer holds is cancelled at `now`."""
    for old, new in plan.changed:
        tx.check_ins.swap(old, new)
    for one in plan.cancelled:
        tx.check_ins.swap(one, replace(one, state=CheckInState.CANCELLED, ended_at=now))
    tx.check_ins.add_all(
        CheckIn(
            id=parts.ids.new(),
            episode_id=episode.id,
            plan_id=one.plan_id,
            occurrence=one.occurrence,
            due_at=one.due_at,
            window_end=one.window_end,
            state=CheckInState.PLANNED,
        )
        for one in plan.added
    )


def _end(tx: Transaction, parts: Parts, episode: Episode, now: datetime) -> None:
    """The new version asks her nothing more. A nurse decides what she still needs."""
    fresh = tx.episodes.get(episode.id)
    if fresh is not None:
        tx.episodes.swap(fresh, replace(fresh, state=EpisodeState.FINISHED, ended_at=now))
    make_task(
        tx,
        parts,
        kind="look",
        key=f"moved:{episode.id}:{episode.pathway_version}",
        patient_id=episode.patient_id,
        episode_id=episode.id,
        text=episode.pathway_id,
        level=TriageLevel.WITHIN_48_HOURS,
    )


def plan_on(
    tx: Transaction,
    parts: Parts,
    episode: Episode,
    patient: Patient,
    target: Pathway,
    *,
    taken_away_at: Set[datetime] = frozenset(),
) -> Replan:
    """What would become of her check-ins on another version, or on another tier.

    `taken_away_at`: when something other than a move cancelled what may come back.
    """
    due = plan_check_ins(
        target,
        surgery_on=episode.surgery_on,
        discharge_on=episode.discharge_on,
        zone=patient.time_zone,
        tier=str(episode.risk_tier),
        enrolled_at=episode.started_at or parts.clock.now(),
    )
    rows = tx.check_ins.find(episode_id=episode.id)
    taken = _taken_away_at(tx, episode) | taken_away_at
    return replan(rows, due, now=parts.clock.now(), taken_away_at=taken)


def _taken_away_at(tx: Transaction, episode: Episode) -> frozenset[datetime]:
    """When earlier moves cancelled what was planned. What was cancelled for another reason,
    such as STOP, is not planned again."""
    moves = tx.moves.find(episode_id=episode.id, state=MoveState.DONE)
    return frozenset(one.done_at for one in moves if one.done_at is not None)


def settled(move: Move, state: MoveState, at: datetime) -> Move:
    return replace(move, state=state, look_at=None, done_at=at)
