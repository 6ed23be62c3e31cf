"""Tests that need Rasa itself. They run in engine/.venv, started by test_engine_inside.py."""

# ruff: noqa: PT027 - the engine's environment has unittest, not pytest
from __future__ import annotations

import asyncio
import logging
import time
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import BotUttered, SlotSet

from engine import compat, without_tensorflow
from engine import turn as turn_module
from engine.quiet_logs import WithholdWords
from engine.tracker_store import StateTrackerStore
from engine.turn import Turn, TurnFailed, Turns

MODEL = Path(__file__).resolve().parents[2] / "models" / "aftercare.tar.gz"
DASK_RUN = DaskGraphRunner.run


async def fake_action(self: RemoteAction, *_: Any) -> list[Any]:
    """Ask, never finish: what our action server does while questions are open."""
    if self.name() == "validate_check_in_form":
        return [SlotSet("answer", None)]
    return [BotUttered(f"said by {self.name()}")]


class TheVersion(unittest.TestCase):
    def test_rasa_is_the_version_that_the_changes_are_written_for(self) -> None:
        assert rasa.__version__ == compat.RASA_VERSION

    def test_any_other_version_is_refused(self) -> None:
        with mock.patch.object(rasa, "__version__", "3.6.22"), self.assertRaises(compat.WrongRasa):
            compat.apply()

    def test_what_the_changes_replace_is_still_there(self) -> None:
        for owner, name in (
            (Agent, "_create_tracker_store"),
            (MessageProcessor, "_run_action"),
            (MessageProcessor, "_log_action_on_tracker"),
            (MessageProcessor, "_send_bot_messages"),
            (MessageProcessor, "_parse_message_with_graph"),
            (RemoteAction, "run"),
            (RemoteAction, "_utter_responses"),
            (DaskGraphRunner, "run"),
        ):
            assert callable(getattr(owner, name)), f"{owner.__name__}.{name}"

    def test_no_action_may_take_longer_than_eight_seconds(self) -> None:
        assert compat.ACTION_TIMEOUT_SECONDS <= 8.0


class TensorFlow(unittest.TestCase):
    def test_a_config_that_needs_tensorflow_is_refused_in_plain_words(self) -> None:
        for name in without_tensorflow.NEED_TENSORFLOW:
            with self.assertRaisesRegex(without_tensorflow.TensorFlowMissing, "config.yml"):
                DefaultV1Recipe._from_registry(name)

    def test_running_a_part_of_tensorflow_is_refused(self) -> None:
        from rasa.utils.tensorflow.models import RasaModel

        with self.assertRaises(without_tensorflow.TensorFlowMissing):
            RasaModel(name="anything")


class TheDialogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        compat.apply()
        cls.folder = TemporaryDirectory()
        store = StateTrackerStore(path=str(Path(cls.folder.name) / "tracker.db"))
        cls.agent = Agent.load(MODEL, tracker_store=store)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def take(self, **words: Any) -> dict[str, Any]:
        """Take one turn in a conversation that belongs to this test alone."""
        turn = Turn(turn_id=str(time.monotonic_ns()), conversation_id=self.id(), **words)
        with mock.patch.object(RemoteAction, "run", fake_action):
            return asyncio.run(Turns().take(self.agent, turn))

    def test_a_form_outlives_61_minutes_and_61_days_of_silence(self) -> None:
        self.take(intent="EXTERNAL_check_in")
        real = time.time
        for later in (61 * 60, 61 * 24 * 3600):
            with mock.patch("time.time", lambda ahead=later: real() + ahead):
                replies = self.take(text="five")["messages"]
            assert [one["text"] for one in replies] == ["said by action_ask_answer"]

    def test_two_engines_with_files_of_their_own_share_one_conversation(self) -> None:
        """What our database knows goes before what an engine remembers."""
        with TemporaryDirectory() as folder:
            store = StateTrackerStore(path=str(Path(folder) / "tracker.db"))
            other = Agent.load(MODEL, tracker_store=store)

            def take(agent: Agent, number: int, **words: Any) -> list[str]:
                turn = Turn(turn_id=f"two-{number}", conversation_id=self.id(), **words)
                with mock.patch.object(RemoteAction, "run", fake_action):
                    taken = asyncio.run(Turns().take(agent, turn))
                return [one["text"] for one in taken["messages"]]

            asks, replies = ["said by action_ask_answer"], ["said by action_reply"]
            assert take(self.agent, 1, intent="EXTERNAL_check_in") == asks
            assert take(other, 2, text="five", in_check_in=True) == asks
            assert take(other, 3, text="hello", in_check_in=False) == replies
            assert take(self.agent, 4, text="hello", in_check_in=False) == replies
            assert take(other, 5, intent="EXTERNAL_check_in") == asks
            assert take(self.agent, 6, text="six", in_check_in=True) == asks

    def test_nothing_is_kept_of_people_who_are_in_no_check_in(self) -> None:
        turns, store = Turns(), self.agent.tracker_store
        before = dict(store._active)

        async def talk() -> None:
            for number in range(200):
                turn = Turn(f"turn-{number}", f"{self.id()}-{number}", text="x", intent="thanks")
                await turns.take(self.agent, turn)

        with (
            mock.patch.object(turn_module, "REMEMBERED_TURNS", 40),
            mock.patch.object(RemoteAction, "run", fake_action),
        ):
            asyncio.run(talk())
        assert len(turns._taken) <= 40
        assert store._active == before
        assert self.agent.lock_store.conversation_locks == {}

    def test_a_store_that_hides_failed_saves_is_refused(self) -> None:
        with self.assertRaises(compat.WrongTrackerStore):
            Agent(tracker_store=InMemoryTrackerStore(self.agent.domain))

    def test_ten_actions_without_rest_fail_the_turn(self) -> None:
        self.agent.processor.on_circuit_break = compat.stop_circles
        with (
            mock.patch.object(MessageProcessor, "is_action_limit_reached", return_value=True),
            self.assertRaisesRegex(TurnFailed, "runs_in_circles"),
        ):
            self.take(text="hello")

    def test_nodes_run_one_by_one_give_what_dask_gives(self) -> None:
        with mock.patch.object(DaskGraphRunner, "run", DASK_RUN):
            by_dask = asyncio.run(self.agent.parse_message("when can I shower"))
        assert asyncio.run(self.agent.parse_message("when can I shower")) == by_dask

    def test_every_intent_has_an_action_outside_a_check_in(self) -> None:
        ours = [
            name
            for name in self.agent.domain.intents
            if name not in {"restart", "back", "session_start"}
        ]
        for intent in ours:
            replies = self.take(text="x", intent=intent, in_check_in=False)["messages"]
            asked = intent.startswith("EXTERNAL_")
            expected = "action_ask_answer" if asked else "action_reply"
            assert [one["text"] for one in replies] == [f"said by {expected}"], intent
            self.take(text="x", in_check_in=False)


class TheLog(unittest.TestCase):
    def keep(self, name: str, level: int, message: str, **more: Any) -> str | None:
        record = logging.LogRecord(name, level, __file__, 1, message, (), None, **more)
        return record.getMessage() if WithholdWords().filter(record) else None

    def test_rasas_lines_about_messages_are_withheld(self) -> None:
        kept = self.keep("rasa.shared.core.training_data", logging.WARNING, "failed: my name")
        assert "my name" not in (kept or "")
        assert self.keep("rasa.core.processor", logging.INFO, "my name") is None

    def test_our_lines_and_those_about_the_process_pass(self) -> None:
        assert self.keep("engine.channel", logging.ERROR, "turn failed") == "turn failed"
        assert self.keep("rasa.core.run", logging.INFO, "up") == "up"
        assert self.keep("engine.channel", logging.DEBUG, "details") is None


if __name__ == "__main__":
    unittest.main()
