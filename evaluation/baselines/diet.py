"""The yardstick: Rasa's stock pipeline as `rasa init` configures it, DIET included.

Run in an environment of stock Rasa with TensorFlow (benchmarks/stock/setup.sh).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

# Chinese has no spaces: the stock tokenizer would see one word a clause, so the text is
# spaced letter by letter, which is what Rasa's forum advises without a segmenter.
PIPELINE = """
recipe: default.v1
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: 100
  constrain_similarities: true
  random_seed: 7
policies: []
assistant_id: yardstick
"""


def main() -> None:
    """Read {"lessons": [[text, label]], "texts": [...]}, print the labels as one JSON list."""
    asked = json.load(sys.stdin)
    told = os.dup(1)
    os.dup2(2, 1)  # Rasa prints as it trains; the last line of standard output is ours
    labels = asyncio.run(_labels(asked))
    os.write(told, (json.dumps(labels) + "\n").encode())


async def _labels(asked: dict) -> list[str]:  # type: ignore[type-arg]
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        config, data = Path(folder, "config.yml"), Path(folder, "nlu.yml")
        config.write_text(PIPELINE, "utf-8")
        data.write_text(_training(asked["lessons"]), "utf-8")
        model = train_nlu(config=str(config), nlu_data=str(data), output=folder)
        agent = Agent.load(model)
        parsed = [await agent.parse_message(_spaced(text)) for text in asked["texts"]]
    return [one["intent"]["name"] or "routine" for one in parsed]


def _training(lessons: list[list[str]]) -> str:
    intents = [
        {"intent": label, "examples": [_spaced(text) for text, own in lessons if own == label]}
        for label in sorted({label for _, label in lessons})
    ]
    # YAML reads JSON, but Rasa wants a block of lines behind "- ".
    parts = ['version: "3.1"', "nlu:"]
    for one in intents:
        parts += [f"- intent: {one['intent']}", "  examples: |"]
        parts += [f"    - {example}" for example in one["examples"]]
    return "\n".join(parts) + "\n"


def _spaced(text: str) -> str:
    for bracket in "[]{}()":
        text = text.replace(bracket, " ")
    flat = " ".join(text.split()).lstrip("/")
    return "".join(f" {one} " if "\u3400" <= one <= "\u9fff" else one for one in flat).strip()


if __name__ == "__main__":
    main()
