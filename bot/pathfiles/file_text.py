"""File text: the characters of a file that somebody saved somewhere, or why there are none."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from bot.pathfiles.findings import Finding

LARGEST: Final = 512 * 1024  # bytes; a full pathway has about 60 thousand
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AGAIN: Final = "Save it again with the encoding UTF-8"


class Unreadable(Exception):
    """The file as a whole cannot be read; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


def unreadable(
    name: str, kind: str, what: str, hint: str, place: tuple[int, int] = (1, 1)
) -> Unreadable:
    return Unreadable(Finding(name, *place, kind, what, hint))


def file_text(path: Path, name: str, *, largest: int = LARGEST) -> str:
    """The text of a UTF-8 file without its mark, line ends as they are. Raises Unreadable."""
    raw = file_bytes(path, name, largest=largest)
    if raw.startswith(UTF_16) or raw[:200].count(0) > len(raw[:200]) // 4:
        raise unreadable(name, "not_utf8", "the file is UTF-16, not UTF-8 text", SAVE_AGAIN)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_start = raw.rfind(b"\n", 0, error.start) + 1
        column = len(raw[line_start : error.start].decode("utf-8", "replace")) + 1
        place = (raw[: error.start].count(b"\n") + 1, column)
        what = f"the file is not UTF-8 text{_guess(raw)}"
        raise unreadable(name, "not_utf8", what, SAVE_AGAIN, place) from None


def file_bytes(path: Path, name: str, *, largest: int) -> bytes:
    """What the file holds, unless it is too large to be what it should be. Raises OSError too."""
    size = path.stat().st_size
    if size <= largest:
        return path.read_bytes()
    what = f"the file has {size // 1024} kB, at most {largest // 1024} are read"
    hint = "Split it, or remove what does not belong"
    raise unreadable(name, "file_too_large", what, hint)


def _guess(raw: bytes) -> str:
    """GBK is what Chinese Windows writes by default, so it is named."""
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return ", it looks like GBK (ANSI)"
