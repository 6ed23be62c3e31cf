"""How Chinese characters sound, for slips of a pinyin keyboard.

pypinyin knows it; 14 MB of dictionaries are too much for each process that screens, so what
it says of the characters of GB 2312 is written beside the points tables when they are learned.
"""

from __future__ import annotations

from collections.abc import Iterator

from pypinyin import Style, pinyin

FIRST, LAST = 0x4E00, 0x9FFF


def sounds() -> Iterator[tuple[str, str]]:
    """Each character with its sounds, without tones: ("血", "xue xie")."""
    for char in map(chr, range(FIRST, LAST + 1)):
        if char.encode("gb2312", "ignore"):
            yield char, " ".join(pinyin(char, style=Style.NORMAL, heteronym=True)[0])
