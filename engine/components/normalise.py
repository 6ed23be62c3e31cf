"""Normalise: one spelling for what means the same, and a key for what was read before."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

# What a long message is about stands at its beginning or at its end. In bytes:
# a Chinese letter has three and takes as long to read as three English ones.
HEAD, TAIL = 240, 160


def normalise(text: str) -> str:
    """One spelling for what means the same: width, case, numbers, white space."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    text = re.sub(r"\d+", "0", text)
    text = re.sub(r"\s+", " ", text).strip()
    spelled = text.encode()
    if len(spelled) <= HEAD + TAIL:
        return text
    return f"{spelled[:HEAD].decode(errors='ignore')} {spelled[-TAIL:].decode(errors='ignore')}"


def key_of(text: str) -> int:
    """64 bits of a hash of the normalised text: whoever keeps keys keeps no words."""
    return int.from_bytes(blake2b(normalise(text).encode(), digest_size=8).digest(), "little")
