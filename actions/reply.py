"""Reply: every message outside of a check-in."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import heard_of, parts, utter
from bot.services.hear import hear


class Reply(Action):
    """Questions, thanks, greetings, worries, and what was not understood."""

    def name(self) -> str:
        return "action_reply"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = heard_of(tracker)
        if heard is not None:
            utter(dispatcher, hear(parts(), heard).replies)
        return []
