"""Load: many conversations at once over plain HTTP, at the least cost to the cores measured."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from evaluation import corpus

SIDE_BY_SIDE = 16
TAP = "没有", "answer"  # a tap comes with its intent
SHORT = ("5", "好的", "没有", "37.2", "谢谢", "有一点疼", "no", "yes, a little")


@dataclass(frozen=True)
class Pace:
    """`each`: milliseconds of every request. `per_second`: how many were answered."""

    each: list[float]
    per_second: float


class Line:
    """One connection that stays open; who finds it busy waits."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._path, self._lock = parts.path, threading.Lock()
        self._headers = {"Content-Type": "application/json", **(headers or {})}
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer to one request. Raises RuntimeError for any but 200."""
        sent = json.dumps(body).encode()
        with self._lock:
            self._http.request("POST", self._path + path, sent, self._headers)
            answer = self._http.getresponse()
            text = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return json.loads(text)


def drive(
    url: str, path: str, make: Callable[[int, int], dict[str, Any]], *, count: int, workers: int
) -> Pace:
    """Send `count` requests, each worker one after the other; `make(worker, number)` words them."""

    def one(worker: int) -> list[float]:
        line, taken = Line(url), []
        for number in range(worker, count, workers):
            began = time.perf_counter()
            line.post(path, make(worker, number))
            taken.append((time.perf_counter() - began) * 1000)
        return taken

    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        taken = [each for many in pool.map(one, range(workers)) for each in many]
    return Pace(sorted(taken), count / (time.perf_counter() - began))


def questions() -> list[str]:
    """Messages that taught nothing, both languages in turn: the sealed part of the corpus."""
    read = [[one.text for one in corpus.questions(language, "sealed")] for language in ("zh", "en")]
    return [text for pair in zip(*read, strict=False) for text in pair]


def everyday(texts: Sequence[str], number: int) -> tuple[str, str | None]:
    """What patients send: half taps, a quarter short answers, a quarter free text.

    Returns (text, intent).
    """
    if number % 4 < 2:
        return TAP
    if number % 4 == 2:
        return SHORT[number // 4 % len(SHORT)], None
    return texts[number // 4 % len(texts)], None
