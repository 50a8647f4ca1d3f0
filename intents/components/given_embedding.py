"""Featurizer that takes the sentence vector from the message instead of computing one.

The app encodes each message once and sends the vector in the message's metadata; for training, the vectors of
all utterances lie in the file that WENBAN_TRAINING_VECTORS names. So training and use always agree.
"""

from __future__ import annotations

import base64
import os
from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

METADATA = "metadata"
EMBEDDING = "embedding"
VECTORS_FILE = "WENBAN_TRAINING_VECTORS"


def decode(encoded: str) -> np.ndarray:
    """The float32 vector of shape (1, dimension) from base64 of little-endian floats."""
    return np.frombuffer(base64.b64decode(encoded), dtype="<f4").reshape(1, -1)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class GivenEmbeddingFeaturizer(GraphComponent):
    """Adds the given vector as a dense sentence feature.

    `scale` multiplies it: the classifier's regularisation strength is fixed by Rasa, and unit vectors would be
    regularised away beside the n-gram counts. The mean of the training vectors is subtracted, because the
    vectors of one language share a large common direction.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {FEATURIZER_CLASS_ALIAS: "given_embedding", "scale": 1.0}

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, mean: np.ndarray
    ) -> None:
        self._config, self._storage, self._resource, self._mean = config, model_storage, resource, mean

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GivenEmbeddingFeaturizer:
        return cls(config, model_storage, resource, np.zeros((1, 1), np.float32))

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GivenEmbeddingFeaturizer:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, np.load(folder / "mean.npy"))

    def train(self, training_data: TrainingData) -> Resource:
        vectors = self._training_vectors()
        self._mean = np.mean(list(vectors.values()), axis=0)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / "mean.npy", self._mean)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        vectors = self._training_vectors()
        for message in training_data.training_examples:
            text = message.get(TEXT)
            if text:
                if text not in vectors:
                    raise RasaException(f"No vector for the utterance {text!r}: run `wenban train`.")
                self._add(message, vectors[text])
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            encoded = (message.get(METADATA) or {}).get(EMBEDDING)
            if message.get(TEXT):
                vector = decode(encoded) if encoded else self._mean
                self._add(message, vector)
        return messages

    def _add(self, message: Message, vector: np.ndarray) -> None:
        features = (vector - self._mean) * float(self._config["scale"])
        message.add_features(
            Features(features, FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS])
        )

    @staticmethod
    def _training_vectors() -> Dict[Text, np.ndarray]:
        path = os.environ.get(VECTORS_FILE)
        if not path:
            raise RasaException(f"{VECTORS_FILE} is not set: train with `wenban train`, not with `rasa train`.")
        with np.load(path) as stored:
            return {text: vector.reshape(1, -1) for text, vector in zip(stored["texts"], stored["vectors"])}
