"""Media on disk: one file per photo, under an unguessable name, written whole."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}
_KINDS = {ending: kind for kind, ending in _ENDINGS.items()}
# An id is checked before it becomes a path: nothing else can be opened.
_ID = re.compile(r"web-([0-9a-f]{32})\.(jpg|png|webp|heic)")


class FileMedia:
    """Implements the `Media` port in one folder that only this service reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, content: bytes, kind: str) -> str:
        """Keep the bytes before returning: flushed to disk, then given their name."""
        id = f"web-{secrets.token_hex(16)}.{_ENDINGS[kind]}"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._folder / f".{id}"
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.chmod(0o600)
        half.rename(self._folder / id)
        return id

    def open(self, id: str) -> tuple[bytes, str] | None:
        found = _ID.fullmatch(id)
        if found is None:
            return None
        try:
            return (self._folder / id).read_bytes(), _KINDS[found[2]]
        except FileNotFoundError:
            return None
