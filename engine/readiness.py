"""Readiness: whether the engine can really take a turn, not only whether it runs.

Rasa answers "hello" on its front page with a broken model, a model that was
never trained, or no action server. So we ask it to read fixed sentences, to
choose an action, to keep a form, and to take a whole turn, through the action
server and back, in a conversation that nobody has.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import aiohttp
from rasa.shared.core.events import UserUttered

from engine.compat import action_url, http_session
from engine.turn import CHECK_IN, Turn, TurnFailed, take_turn, understand

CONVERSATION = "readiness"
SENTENCES = {
    "你好": "greet",
    "谢谢": "thanks",
    "伤口怎么换药": "ask_wound_care",
    "什么时候可以洗澡": "ask_bathing",
    "hello": "greet",
    "thank you": "thanks",
    "how do I change the dressing on my wound": "ask_wound_care",
    "when can I take a shower": "ask_bathing",
}


class Readiness:
    """Checks the model once, and what may come and go every time."""

    def __init__(self) -> None:
        self._checked: object = None
        self._dry_turns = count(1)

    async def why_not(self, agent: Any) -> str | None:
        """Return None when a turn can be taken, else one code that says why not."""
        if self._checked is not agent.processor:
            reason = await _why_not_the_model(agent)
            if reason is not None:
                return reason
            self._checked = agent.processor
        return (
            await _why_not_the_store(agent)
            or await _why_not_the_actions(agent)
            or await _why_not_a_turn(agent, next(self._dry_turns))
        )


async def _why_not_the_model(agent: Any) -> str | None:
    for sentence, expected in SENTENCES.items():
        if (await understand(agent, sentence))["name"] != expected:
            return f"model_misreads_{expected}"
    tracker = await agent.tracker_store.retrieve(CONVERSATION)
    tracker.update(UserUttered("hello", {"name": "greet", "confidence": 1.0}), agent.domain)
    action, _ = agent.processor.predict_next_with_tracker_if_should(tracker)
    return None if action.name() == "action_reply" else "model_has_no_rule_for_greet"


async def _why_not_the_store(agent: Any) -> str | None:
    store = agent.tracker_store
    try:
        store.enter(CONVERSATION, CHECK_IN)
        kept = (await store.retrieve(CONVERSATION)).active_loop_name == CHECK_IN.form
        store.leave(CONVERSATION)
    except Exception:
        return "tracker_store_cannot_write"
    return None if kept else "tracker_store_does_not_keep"


async def _why_not_the_actions(agent: Any) -> str | None:
    endpoint = agent.action_endpoint
    url = action_url(endpoint.url if endpoint else None)
    try:
        async with http_session().get(url.rsplit("/", 1)[0] + "/health") as response:
            await response.read()
            healthy = response.status == 200
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return "action_server_unreachable"
    return None if healthy else "action_server_unwell"


async def _why_not_a_turn(agent: Any, number: int) -> str | None:
    """A dry turn: it names no message of ours, so the action server says and keeps nothing."""
    # A conversation of its own, so that two who ask at once do not wait for each other.
    dry = Turn(f"dry-{number}", f"{CONVERSATION}-{number}", text="谢谢", in_check_in=False)
    try:
        await take_turn(agent, dry)
    except TurnFailed as error:
        return f"dry_turn_failed_{error.code}"
    return None
