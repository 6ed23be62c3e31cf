"""One turn: what our application asks of the dialogue, and what it gets back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.trackers import DialogueStateTracker

from engine.compat import ActionFailed, RunsInCircles
from engine.tracker_store import ActiveForm

CHANNEL = "aftercare"
CHECK_IN = ActiveForm("check_in_form", "answer")
EXTERNAL = "EXTERNAL_"
TURN_TIMEOUT_SECONDS = 20.0
REMEMBERED_TURNS = 2000
LONGEST_TEXT = 10_000
# Reading takes most of a turn and holds no lock of Python's, so one thread reads
# while the others' turns go on. One: the model reads one text at a time.
_reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
MOST_TEXTS = 500
NOT_UNDERSTOOD = {"name": "nlu_fallback", "confidence": 0.0}


class BadTurn(ValueError):
    """The request itself is wrong; trying again will not help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TurnFailed(RuntimeError):
    """The turn did not happen; the same turn may be tried again."""

    def __init__(self, code: str, status: int = 500) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Turn:
    """One message, or one external intent, for one conversation.

    `in_check_in` is what our database knows: True puts a conversation whose
    tracker was lost back inside the check-in, False takes it out, None leaves
    the word to the tracker.
    """

    turn_id: str
    conversation_id: str
    text: str | None = None
    intent: str | None = None
    in_check_in: bool | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Any) -> Turn:
        """Read a request's body, or say in one code what is wrong with it."""
        if not isinstance(body, dict):
            raise BadTurn("not_an_object")
        turn = cls(
            turn_id=_word(body, "turn_id"),
            conversation_id=_word(body, "conversation_id"),
            text=body.get("text"),
            intent=body.get("intent"),
            in_check_in=body.get("in_check_in"),
            metadata=body.get("metadata") or {},
        )
        if turn.text is not None and not isinstance(turn.text, str):
            raise BadTurn("text_is_not_text")
        if turn.text is not None and len(turn.text) > LONGEST_TEXT:
            raise BadTurn("text_too_long")
        if turn.intent is not None and not isinstance(turn.intent, str):
            raise BadTurn("unknown_intent")
        if not (turn.text and turn.text.strip()) and not turn.intent:
            raise BadTurn("nothing_said")
        if not isinstance(turn.metadata, dict):
            raise BadTurn("metadata_is_not_an_object")
        if turn.in_check_in not in (True, False, None):
            raise BadTurn("in_check_in_is_not_a_yes_or_no")
        return turn


def _word(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise BadTurn(f"{key}_missing")
    return value


def read_texts(body: Any) -> list[str]:
    """Read the texts of an understand request."""
    texts = body.get("texts") if isinstance(body, dict) else None
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BadTurn("texts_missing")
    if len(texts) > MOST_TEXTS or any(len(one) > LONGEST_TEXT for one in texts):
        raise BadTurn("texts_too_long")
    return texts


def plain(text: str) -> str:
    """Return `text` as Rasa may read it: as text and never as a command.

    Rasa obeys a text that begins with a slash: "/restart" wipes the tracker and
    '/greet{"x": 1}' sets slots. People may type these; we read them without.
    """
    return text.strip().lstrip("/").strip()


def any_words(text: str) -> bool:
    """A row of dots or hearts says something, but not to a model of words."""
    return any(letter.isalnum() for letter in text)


async def understand(agent: Any, text: str) -> dict[str, Any]:
    """Return the intent of `text` and how sure the model is."""
    if not any_words(text):
        return dict(NOT_UNDERSTOOD)
    loop = asyncio.get_running_loop()
    parsed = await loop.run_in_executor(_reader, _parse, agent.processor, plain(text))
    intent = parsed["intent"]
    return {"name": intent["name"], "confidence": float(intent["confidence"])}


def _parse(processor: Any, words: str) -> dict[str, Any]:
    tracker = DialogueStateTracker.from_events("", [])
    return processor._parse_message_with_graph(UserMessage(words), tracker)


class Collected(OutputChannel):
    """Keeps what the dialogue says, one entry per message. Never sends, never fails."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
            }
        )


class Turns:
    """Takes turns, each at most once: the same turn id gets the same replies again.

    The memory is short on purpose. Our database holds the replies of every
    finished turn; this one covers a caller that did not hear our answer.
    """

    def __init__(self) -> None:
        self._taken: OrderedDict[tuple[str, str], asyncio.Task[dict[str, Any]]] = OrderedDict()

    async def take(self, agent: Any, turn: Turn) -> dict[str, Any]:
        """Return the replies to `turn`. Raises TurnFailed or BadTurn."""
        if turn.intent is not None and turn.intent not in agent.domain.intents:
            raise BadTurn("unknown_intent")
        key = (turn.conversation_id, turn.turn_id)
        task = self._taken.get(key)
        if task is None:
            task = asyncio.create_task(take_turn(agent, turn))
            self._taken[key] = task
            task.add_done_callback(lambda done: self._forget_if_failed(key, done))
            while len(self._taken) > REMEMBERED_TURNS:
                self._taken.popitem(last=False)
        # Shielded: a caller that hangs up must not stop a turn half-way.
        return await asyncio.shield(task)

    def _forget_if_failed(self, key: tuple[str, str], done: asyncio.Task[Any]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._taken.pop(key, None)


async def take_turn(agent: Any, turn: Turn) -> dict[str, Any]:
    """Take one turn now, within its time; raises TurnFailed when it did not happen as a whole."""
    try:
        return await asyncio.wait_for(_talk(agent, turn), TURN_TIMEOUT_SECONDS)
    except ActionFailed as error:
        raise TurnFailed(error.code, 502) from error
    except TimeoutError as error:
        raise TurnFailed("turn_timed_out", 504) from error
    except LockError as error:
        raise TurnFailed("conversation_is_busy", 503) from error
    except (sqlite3.Error, OSError) as error:
        raise TurnFailed("tracker_not_saved") from error
    except RunsInCircles as error:
        raise TurnFailed("runs_in_circles") from error


async def _talk(agent: Any, turn: Turn) -> dict[str, Any]:
    if turn.intent is not None:
        intent = {"name": turn.intent, "confidence": 1.0}
    else:
        intent = await understand(agent, turn.text or "")
    _stand_where_we_are(agent.tracker_store, turn)
    replies = Collected()
    message = UserMessage(
        text=turn.text,
        output_channel=replies,
        sender_id=turn.conversation_id,
        parse_data={"text": turn.text, "intent": intent, "entities": []},
        input_channel=CHANNEL,
        message_id=turn.turn_id,
        metadata={**turn.metadata, "turn_id": turn.turn_id},
    )
    await agent.handle_message(message)
    return {"turn_id": turn.turn_id, "messages": replies.messages, "intent": intent}


def _stand_where_we_are(store: Any, turn: Turn) -> None:
    """Bring the tracker in line with what our database knows."""
    # An external intent begins the form anew, so that it asks the open question.
    if (turn.intent or "").startswith(EXTERNAL) or turn.in_check_in is False:
        store.leave(turn.conversation_id)
    elif turn.in_check_in:
        store.enter(turn.conversation_id, CHECK_IN)
