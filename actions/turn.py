"""Between Rasa's tracker and our use cases: ids and intent in, replies out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.services.hear import Heard
from bot.services.parts import Parts


class _Hands:
    """What the actions of this process work with; `actions.server` fills it."""

    parts: Parts | None = None


def work_with(parts: Parts) -> None:
    """Give the actions their parts. Called once, before the first turn."""
    _Hands.parts = parts


def parts() -> Parts:
    """The parts in use; RuntimeError when the process was not started by `actions.server`."""
    if _Hands.parts is None:
        raise RuntimeError("actions have no parts yet: start them with `python -m actions.server`")
    return _Hands.parts


def heard_of(tracker: Tracker) -> Heard | None:
    """The message of this turn. None for the engine's own dry run, which has no row."""
    latest = tracker.latest_message or {}
    inbound_id = (latest.get("metadata") or {}).get("inbound_id")
    intent = latest.get("intent") or {}
    if not inbound_id:
        return None
    return Heard(
        inbound_id=inbound_id,
        intent=intent.get("name") or "nlu_fallback",
        confidence=float(intent.get("confidence") or 0.0),
    )


def utter(dispatcher: CollectingDispatcher, replies: Sequence[dict[str, Any]]) -> None:
    """Say our replies; their buttons ride in `custom`, untouched by Rasa."""
    for one in replies:
        extra = {"buttons": one["buttons"], "scale": one["scale"]}
        dispatcher.utter_message(text=one["text"], json_message=extra)
