"""What was read once is kept, and nothing depends on it. Run by test_engine_inside.py."""

from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np

from engine.components.meanings import (
    Meaning,
    load_kept,
    model_hash,
    rounded,
    save_kept,
    whole,
)
from engine.components.normalise import key_of
from engine.components.recent import Recent

PHRASES = ["伤口怎么换药", "when can I shower", "谢谢"]


class TheKeptMeanings(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.meaning = Meaning()
        cls.model = model_hash()

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "meanings.npz"

    def keep(self, texts: list[str], model: str | None = None) -> None:
        rows = rounded(self.meaning.read(texts))
        keys = [key_of(one) for one in texts]
        save_kept(self.file, model or self.model, dict(zip(keys, rows, strict=True)))

    def read_anew(self) -> list[str]:
        """The phrases that have to be read although there is a file."""
        with mock.patch.object(self.meaning, "read", wraps=self.meaning.read) as read:
            self.meaning.read_phrases(PHRASES, self.file)
        return [text for call in read.call_args_list for text in call.args[0]]

    def test_phrases_come_out_the_same_with_a_file_and_without(self) -> None:
        without = self.meaning.read_phrases(PHRASES, self.file)
        self.keep(PHRASES)
        assert np.array_equal(self.meaning.read_phrases(PHRASES, self.file), without)
        assert self.read_anew() == []

    def test_a_phrase_that_was_changed_is_read(self) -> None:
        self.keep([*PHRASES[:2], "多谢"])
        assert self.read_anew() == ["谢谢"]

    def test_a_file_of_another_model_is_not_believed(self) -> None:
        self.keep(PHRASES, model="another")
        assert self.read_anew() == PHRASES

    def test_a_broken_file_is_as_good_as_none(self) -> None:
        self.file.write_bytes(b"PK not a file of numbers")
        assert load_kept(self.file, self.model) == {}

    def test_rounding_hardly_turns_a_meaning(self) -> None:
        rows = self.meaning.read(PHRASES)
        assert ((whole(rounded(rows)) * rows).sum(axis=1) > 0.9999).all()


class WhatWasReadLately(unittest.TestCase):
    def test_the_longest_unasked_makes_room(self) -> None:
        recent = Recent(2)
        for key in (1, 2):
            recent.keep(key, np.array([key]))
        recent.get(1)
        recent.keep(3, np.array([3]))
        assert recent.get(2) is None
        assert recent.get(1) == np.array([1])
