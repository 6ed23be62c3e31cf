"""Understand: read lines on standard input, print what the trained model makes of each.

    engine/.venv/bin/python -m engine.understand < messages.txt

One JSON object per line: text, intent, topic, confidence. A question's intent
is "ask" and its topic one of the fixed topics; otherwise the topic is null. It
loads the newest model in models/ and only the part of it that reads, so it
needs no server and starts fast.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.model import get_latest_model

from engine.turn import NOT_UNDERSTOOD, any_words, plain

MODELS = Path(__file__).resolve().parents[1] / "models"
AT_ONCE = 64
QUESTION = "ask_"
# An intent that begins like a question about a topic and is none.
NOT_A_TOPIC = frozenset({"ask_human"})


def main() -> int:
    """Read, print, and leave. Exit code 1 when there is no model."""
    newest = get_latest_model(str(MODELS))
    if newest is None:
        sys.stderr.write("No model in models/. Make one with engine/train.sh\n")
        return 1
    lines = (line.rstrip("\n") for line in sys.stdin)
    for one in understand(Path(newest), lines):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0


def understand(model: Path, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield what `model` makes of each text, a few dozen at a time."""
    with tempfile.TemporaryDirectory() as folder:
        metadata, runner = load_predict_graph_runner(
            Path(folder), model, LocalModelStorage, DaskGraphRunner
        )
    waiting = iter(texts)
    while batch := list(islice(waiting, AT_ONCE)):
        messages = [UserMessage(plain(text) or "?") for text in batch]
        inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: None}
        read = runner.run(inputs=inputs, targets=[metadata.nlu_target])[metadata.nlu_target]
        for text, message in zip(batch, read, strict=True):
            yield _line(text, message.get("intent") if any_words(text) else NOT_UNDERSTOOD)


def _line(text: str, found: dict[str, Any]) -> dict[str, Any]:
    name = found["name"]
    topic = None
    if name.startswith(QUESTION) and name not in NOT_A_TOPIC:
        name, topic = "ask", name.removeprefix(QUESTION)
    confidence = round(float(found["confidence"]), 4)
    return {"text": text, "intent": name, "topic": topic, "confidence": confidence}


if __name__ == "__main__":
    raise SystemExit(main())
