"""Keep meanings: read every training phrase once, for engine/components/meanings.npz.

    engine/.venv/bin/python -m engine.keep_meanings

To be run when phrases in data/nlu have changed, and committed with them. Without
it training still comes to the same model, a few milliseconds a new phrase later.
"""

from __future__ import annotations

import sys

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.loading import load_data

from engine.components.meanings import KEPT, Meaning, model_hash, save_kept
from engine.components.normalise import key_of


def main() -> None:
    """Write the file anew: phrases that are gone leave it, kept ones are not read again."""
    texts = [one.get(TEXT) for one in load_data("data/nlu").intent_examples if one.get(TEXT)]
    rows = Meaning().read_phrases(texts)
    keys = [key_of(text) for text in texts]
    save_kept(KEPT, model_hash(), dict(zip(keys, rows, strict=True)))
    sys.stdout.write(f"{len(set(keys))} meanings in {KEPT.name}\n")


if __name__ == "__main__":
    main()
