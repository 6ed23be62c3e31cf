"""Fit: the tuned layers from lessons. Run in the environment that setup.sh makes, by __main__.

The layers below `FIRST` stay as they are and are read once for all. Those up to `LAST` learn, and
no layer above is used: it halves what reading a message costs. Weights are rounded to four
bits at every step, as they will be stored (their gradient passes through the rounding).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))  # this environment knows nothing of the house

import jax
import jax.numpy as jnp
import network
import numpy as np
import optax
from model_file import BYTES, ModelFile, names, stored, whole

from evaluation.asked import YES
from meaning.compose import tensors

FIRST, LAST = 2, 6
EPOCHS = 2.0
STEP, FIRST_STEPS = 1.5e-4, 0.08  # Adam's; so much of all steps grow to it, then it sinks
LOUDER = 10  # the questions are new and take larger steps than the layers
DROPPED = 0.1
PIECES_AT_ONCE = 1024  # in one step; some thirty messages
# Messages of a step are padded to one of these.
SIZES = (*(8, 12, 16, 20, 24, 32), *(40, 48, 64, 96, 128))
MIXED = 0.1  # so many lessons more are two messages in one, that danger is heard amid talk
SHARPNESS = 16.0  # a meaning has length one; points should reach further
LEVELS = ("routine", "nurse", "same_day", "emergency")
TOPICS_COUNT = 0.3  # how much naming a topic wrongly weighs beside misjudging a level
Told = tuple[str, str, str]  # a text, the level it calls for or nothing, its topic or nothing


def mixed(lessons: list[Told], chance: np.random.Generator) -> Iterator[Told]:
    """Two messages as one, at the graver level of both."""
    plain = [one for one in lessons if one[1] in LEVELS]
    for _ in range(int(MIXED * len(plain))):
        (one, level, _), (other, second, _) = (
            plain[at] for at in chance.integers(len(plain), size=2)
        )
        yield f"{one}. {other}"[:400], max(level, second, key=LEVELS.index), ""


class Lessons:
    """The states of every message below the layers that learn, and the answers."""

    def __init__(self, told: list[Told], model: ModelFile) -> None:
        labels = np.array([label for _, label, _ in told])
        self.right = np.stack([np.isin(labels, yes) for yes in YES.values()], 1)
        self.counts = np.ones_like(self.right, dtype=np.float32)
        # What may wait two days teaches neither today nor later.
        self.counts[labels == "nurse", list(YES).index("today")] = 0
        self.counts[labels == ""] = 0
        topics = np.array([topic for _, _, topic in told])
        self.topics = np.stack([topics == one for one in sorted({*topics} - {""})], 1)
        with TemporaryDirectory() as folder:
            cut = model.cutter(Path(folder))
            self.pieces = [[0, *cut(text)[: SIZES[-1] - 2], 2] for text, _, _ in told]
        self.lengths = np.array([len(one) for one in self.pieces])
        self.states = self._below(model)

    def _below(self, model: ModelFile) -> list[np.ndarray]:
        start = model.start()
        words = start.pop("words").reshape(-1, model.width // network.BLOCK * BYTES)
        layers = [model.layer(number) for number in range(FIRST)]
        below = jax.jit(partial(network.below, start, layers))
        states: list[np.ndarray] = [np.empty(0)] * len(self.pieces)
        for rows, size in self.batches(np.arange(len(self.pieces)), 2 * PIECES_AT_ONCE):
            ids = np.zeros((count(size, 2 * PIECES_AT_ONCE), size), np.int64)
            for row, at in enumerate(rows):
                ids[row, : self.lengths[at]] = self.pieces[at]
            known, places = np.unique(ids, return_inverse=True)
            told = whole(words[known].tobytes(), len(known), model.width).T
            found = np.asarray(below(told[places.reshape(ids.shape)], self.there(rows, ids.shape)))
            for row, at in enumerate(rows):
                states[at] = found[row, : self.lengths[at]].astype(np.float16)
        return states

    def there(self, rows: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Which places of a batch hold a piece; empty rows hold one: nothing is divided by 0."""
        there = np.zeros(shape, bool)
        there[:, 0] = True
        for row, at in enumerate(rows):
            there[row, : self.lengths[at]] = True
        return there

    def batches(
        self, which: np.ndarray, pieces: int, chance: np.random.Generator | None = None
    ) -> Iterator[tuple[np.ndarray, int]]:
        """(rows, padded size); with chance in any order, messages of like length together."""
        shaken = chance.random(len(which)) * 4 if chance else np.zeros(len(which))
        waiting = which[np.argsort(self.lengths[which] + shaken, kind="stable")]
        found = []
        while len(waiting):
            size = next(one for one in SIZES if one >= self.lengths[waiting[0]])
            rows = waiting[: count(size, pieces)]
            rows = rows[self.lengths[rows] <= size]
            waiting = waiting[len(rows) :]
            found.append((rows, size))
        if chance:
            chance.shuffle(found)
        yield from found

    def batch(self, rows: np.ndarray, size: int) -> tuple[np.ndarray, ...]:
        """(states, which places hold a piece, right answers, which of them count, topics)."""
        many = count(size, PIECES_AT_ONCE)
        width = self.states[0].shape[1]
        states = np.zeros((many, size, width), np.float32)
        right, counts = np.zeros((2, many, len(YES)), np.float32)
        topics = np.zeros((many, self.topics.shape[1]), np.float32)
        for row, at in enumerate(rows):
            states[row, : self.lengths[at]] = self.states[at]
        right[: len(rows)], counts[: len(rows)] = self.right[rows], self.counts[rows]
        topics[: len(rows)] = self.topics[rows]
        return states, self.there(rows, states.shape[:2]), right, counts, topics


def count(size: int, pieces: int) -> int:
    """Messages in a batch."""
    return max(1, pieces // size)


def matrices(tree: dict) -> dict:
    """Which numbers are kept small as they learn: all but biases and norms."""
    return jax.tree.map(lambda one: one.ndim > 1, tree)


def fit(lessons: Lessons, model: ModelFile) -> dict:
    """The layers and the questions, learned."""
    learned = {
        "layers": [model.layer(number) for number in range(FIRST, LAST)],
        "weights": jnp.zeros((model.width, len(YES))),
        "start": jnp.full(len(YES), -1.0),
        "topics": jnp.zeros((model.width, lessons.topics.shape[1])),
    }
    chance, key = np.random.default_rng(7), jax.random.PRNGKey(7)
    everything = np.arange(len(lessons.pieces))
    steps = int(EPOCHS * len(list(lessons.batches(everything, PIECES_AT_ONCE, chance))))

    def adam(step: float, decay: float) -> optax.GradientTransformation:
        pace = optax.warmup_cosine_decay_schedule(
            0, step, int(FIRST_STEPS * steps), steps, step / 50
        )
        return optax.adamw(pace, weight_decay=decay, mask=matrices)

    ways = {"layers": adam(STEP, 0.01), "asks": adam(STEP * LOUDER, 0.0)}
    way = optax.multi_transform(
        ways, {name: "layers" if name == "layers" else "asks" for name in learned}
    )
    descent = optax.chain(optax.clip_by_global_norm(1.0), way)
    state = descent.init(learned)

    def loss(learned: dict, batch: tuple, key: jax.Array) -> jax.Array:
        states, there, right, counts, topics = batch
        meaning = network.above(learned["layers"], states, there, DROPPED, key)
        points = SHARPNESS * meaning @ learned["weights"] + learned["start"]
        wrong = optax.sigmoid_binary_cross_entropy(points, right) * counts
        named = optax.softmax_cross_entropy(SHARPNESS * meaning @ learned["topics"], topics)
        taught = (counts.any(1) | topics.any(1)).sum()
        return (wrong.sum() / len(YES) + TOPICS_COUNT * named.sum()) / taught

    @jax.jit
    def step(learned: dict, state: tuple, batch: tuple, key: jax.Array) -> tuple:
        lost, slope = jax.value_and_grad(loss)(learned, batch, key)
        change, state = descent.update(slope, state, learned)
        return optax.apply_updates(learned, change), state, lost

    done, lost, begun = 0, [], time.monotonic()
    while done < steps:
        for rows, size in lessons.batches(everything, PIECES_AT_ONCE, chance):
            batch = lessons.batch(rows, size)
            learned, state, last = step(learned, state, batch, jax.random.fold_in(key, done))
            lost.append(float(last))
            done += 1
            if done % 100 == 0:
                passed = time.monotonic() - begun
                sys.stdout.write(f"{done} of {steps}: {np.mean(lost[-100:]):.3f}, {passed:.0f} s\n")
                sys.stdout.flush()
            if done == steps:
                break
    return jax.tree.map(np.asarray, learned)


def main() -> None:
    """Learn, and write the layers and what asks them."""
    package, layers, told = map(Path, sys.argv[1:])
    lessons = [tuple(one) for one in json.load(sys.stdin)]
    lessons += mixed(lessons, np.random.default_rng(7))
    model = ModelFile(package, tensors)
    learned = fit(Lessons(lessons, model), model)
    kept = list(names(range(FIRST, LAST)))
    parts = [
        stored(one) if one.ndim > 1 else one.astype(np.float32).tobytes()
        for one in (learned["layers"][number - FIRST][key] for _, number, key in kept)
    ]
    layers.write_bytes(b"".join(parts))
    weights = SHARPNESS * learned["weights"].T
    questions = {
        name: {
            "start": round(float(start), 4),
            "weights": [round(float(one), 4) for one in row],
        }
        for name, start, row in zip(YES, learned["start"], weights, strict=True)
    }
    told.write_text(
        json.dumps(
            {
                "base": sha256(model.bytes).hexdigest(),
                "layers": LAST,
                "tensors": [name for name, _, _ in kept],
                "questions": questions,
            },
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
