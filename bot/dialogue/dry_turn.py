"""A dry turn: does the engine really answer? For the watchdog; nobody hears the reply."""

from __future__ import annotations

import uuid
from typing import Final

from bot.core.errors import EngineUnavailable
from bot.dialogue.client import EngineClient

CONVERSATION: Final = "watchdog"  # the engine's tracker of it is cut short like any other
SENTENCE: Final = "你好"  # a greeting in the language of most; read by the model, not by us
SECONDS: Final = 5.0


def why_no_turn(engine: EngineClient) -> str | None:
    """None when the engine is ready and took a turn without a message of ours; else one code."""
    reason = engine.why_not_ready()
    if reason is not None:
        return reason
    try:
        engine.turn(
            turn_id=f"watchdog-{uuid.uuid4().hex}",
            conversation_id=CONVERSATION,
            text=SENTENCE,
            intent=None,
            metadata={"in_check_in": False},
            seconds=SECONDS,
        )
    except EngineUnavailable as refused:
        return str(refused)
    return None
