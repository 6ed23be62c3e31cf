"""The check-in form's actions: hand one message to our use case, say what it answers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import heard_of, parts, utter
from bot.services.hear import begin, hear


class ValidateCheckInForm(Action):
    """Runs on every message inside the form: the slot is only Rasa's way to go on."""

    def name(self) -> str:
        return "validate_check_in_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = heard_of(tracker)
        if heard is None:
            return [SlotSet("answer", None)]
        answer = hear(parts(), heard)
        utter(dispatcher, answer.replies)
        return [SlotSet("answer", None if answer.check_in_open else "done")]


class AskAnswer(Action):
    """Asks the first question; later ones come with the answer to a message."""

    def name(self) -> str:
        return "action_ask_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = heard_of(tracker)
        if heard is not None:
            utter(dispatcher, begin(parts(), heard).replies)
        return []


class FinishCheckIn(Action):
    """The form has ended. The summary was said by the answer that completed the check-in;
    only the slot is emptied, so that the next check-in starts anew."""

    def name(self) -> str:
        return "action_finish_check_in"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        return [SlotSet("answer", None)]
