"""Compatibility: the few places where Rasa 3.6.21 must behave differently here.

Rasa answers even when an action or a save has failed. Here such a turn must
fail, so that our own application can try again or call a nurse. `apply` is
called once, by the channel, in the process that serves; training, testing and
the shell run Rasa as it is. Each change says what Rasa does without it.
"""

from __future__ import annotations

import json
import os
from typing import Any

import aiohttp
import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecutionRejected, UserUttered, deserialise_events
from rasa.shared.core.trackers import EventVerbosity

from engine.tracker_store import StateTrackerStore

RASA_VERSION = "3.6.21"
ACTION_TIMEOUT_SECONDS = 8.0
# Below the five seconds after which the action server closes an idle connection.
IDLE_CONNECTION_SECONDS = 2.0

_session: aiohttp.ClientSession | None = None


class WrongRasa(RuntimeError):
    """This module knows one version of Rasa only."""


class WrongTrackerStore(RuntimeError):
    """Rasa fell back to a store that forgets; endpoints.yml names the right one."""


class ActionFailed(Exception):
    """A custom action did not do its work, so neither did the turn."""

    def __init__(self, action: str, code: str) -> None:
        super().__init__(f"{action}: {code}")
        self.code = code


class RunsInCircles(RuntimeError):
    """The dialogue took ten actions without coming to rest."""


def apply() -> None:
    """Put every change in place. Refuses any other version of Rasa."""
    if rasa.__version__ != RASA_VERSION:
        raise WrongRasa(f"engine/compat.py is written for {RASA_VERSION}, not {rasa.__version__}")
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    Agent._create_tracker_store = staticmethod(_strict_tracker_store)
    MessageProcessor._run_action = _run_action
    RemoteAction.run = _run_remote_action
    DaskGraphRunner.run = _run_graph


def action_url(configured: str | None) -> str:
    """Where custom actions run: the environment's word goes before the file's."""
    return os.environ.get("AFTERCARE_ACTION_URL") or configured or ""


def stop_circles(*_: Any) -> None:
    """Fail the turn. Without it Rasa warns and answers with what it has."""
    raise RunsInCircles


def http_session() -> aiohttp.ClientSession:
    """One session for every call. Rasa opens a new one for each action."""
    global _session
    if _session is None or _session.closed:
        connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_CONNECTION_SECONDS, limit=64)
        _session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=ACTION_TIMEOUT_SECONDS)
        )
    return _session


async def close_http_session() -> None:
    """Let go of the connections."""
    if _session is not None:
        await _session.close()


def _strict_tracker_store(store: TrackerStore | None, domain: Any) -> TrackerStore:
    """Use our store bare. Rasa wraps it in one that hides every failed save."""
    if not isinstance(store, StateTrackerStore):
        raise WrongTrackerStore(f"tracker store is {type(store).__name__}; see endpoints.yml")
    store.domain = domain
    return store


async def _run_action(
    self: MessageProcessor,
    action: Any,
    tracker: Any,
    output_channel: Any,
    nlg: Any,
    prediction: Any,
) -> bool:
    """Run one action as Rasa does, but let a failure end the turn.

    Rasa writes "Bot will continue, but the actions events are lost".
    """
    try:
        temporary = tracker.copy()
        temporary.update_with_events(prediction.events, self.domain)
        events = await action.run(output_channel, nlg, temporary, self.domain)
    except ActionExecutionRejection:
        rejected = ActionExecutionRejected(
            action.name(), prediction.policy_name, prediction.max_confidence
        )
        tracker.update(rejected)
        return True
    self._log_action_on_tracker(tracker, action, events, prediction)
    if any(isinstance(event, UserUttered) for event in events):
        await self.run_action_extract_slots(output_channel, tracker)
    await self._send_bot_messages(events, tracker, output_channel)
    return action.name() not in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)


async def _run_remote_action(
    self: RemoteAction, output_channel: Any, nlg: Any, tracker: Any, domain: Any
) -> list[Any]:
    """Call the action server, for at most eight seconds, and believe its shape.

    Rasa waits 300 seconds, checks every result against a JSON schema (a third
    of a turn), and treats a 400 as "choose another action".
    """
    name = self.name()
    endpoint = self.action_endpoint
    body = {
        "next_action": name,
        "sender_id": tracker.sender_id,
        "tracker": tracker.current_state(EventVerbosity.ALL),
        "domain": _domain_as_dict(domain),
        "version": rasa.__version__,
    }
    result = await _post(name, action_url(endpoint.url if endpoint else None), body)
    try:
        messages = await self._utter_responses(
            result.get("responses") or [], output_channel, nlg, tracker
        )
        return messages + deserialise_events(result.get("events") or [])
    except Exception as error:
        raise ActionFailed(name, "action_gave_nonsense") from error


async def _post(name: str, url: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        async with http_session().post(url, json=body) as response:
            if response.status != 200:
                raise ActionFailed(name, "action_refused")
            result = json.loads(await response.read())
    except TimeoutError as error:
        raise ActionFailed(name, "action_timed_out") from error
    except aiohttp.ClientError as error:
        raise ActionFailed(name, "action_unreachable") from error
    except ValueError as error:
        raise ActionFailed(name, "action_gave_nonsense") from error
    if not isinstance(result, dict):
        raise ActionFailed(name, "action_gave_nonsense")
    return result


def _domain_as_dict(domain: Any) -> dict[str, Any]:
    if not hasattr(domain, "_aftercare_dict"):
        domain._aftercare_dict = domain.as_dict()
    return domain._aftercare_dict


def _run_graph(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    """Run the graph's nodes one after the other.

    Rasa hands each small graph to dask and writes all inputs into a debug line.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    plans = self.__dict__.setdefault("_aftercare_plans", {})
    if wanted not in plans:
        plans[wanted] = _in_order(self._graph_schema.minimal_graph_schema(list(wanted)).nodes)
    results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, needs in plans[wanted]:
        results[name] = self._instantiated_nodes[name](*(results.get(one, one) for one in needs))
    return {name: results[name][1] for name in wanted}


def _in_order(nodes: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Each node after the nodes that it needs."""
    order: list[tuple[str, list[str]]] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in nodes:
            return
        seen.add(name)
        needs = list(nodes[name].needs.values())
        for one in needs:
            visit(one)
        order.append((name, needs))

    for name in nodes:
        visit(name)
    return order
