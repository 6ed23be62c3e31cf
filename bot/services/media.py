"""Media: what a photo is allowed to be, and the port that keeps it."""

from __future__ import annotations

from typing import Protocol

MAX_PHOTO_BYTES = 10 * 1024 * 1024

# The first bytes decide, never the name or the type that the browser claims.
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis")


class Media(Protocol):
    """Keeps photos outside of the database. Ids are opaque and cannot be guessed."""

    def save(self, content: bytes, kind: str) -> str: ...

    def open(self, id: str) -> tuple[bytes, str] | None:
        """The bytes and their kind, or None when there is no such photo."""


def photo_kind(content: bytes) -> str | None:
    """The media type of a photo that we take, read from its own bytes; None: not a photo."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "image/heic"
    return None
