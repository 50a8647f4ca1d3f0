"""Which disclosures a message asks for: one logistic regression each, over character n-grams.

A message may ask for several things ("要带什么、多少钱"), which one intent cannot say, and the words that ask are
local, so the sentence vector (which speaks of the item) stays out. Learnt from the roles of the entity
`disclosure`: from whole utterances; from their clauses, because a long story asks in one clause only; and from what
is left of them without the words that ask, so that "身份证" says nothing of materials.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Dict, Iterator, List, Set, Text, Tuple

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

DISCLOSURES = "disclosures"
ENTITY = "disclosure"
_CLAUSE = re.compile(r"[^,，。.!！?？;；、:：~…\s]+")

Example = Tuple[Text, Set[Text]]


def examples(message: Message) -> Iterator[Example]:
    """The utterance, its clauses and its rest, each with the roles asked for in it."""
    text = message.get(TEXT)
    spans = [(e["start"], e["end"], e["role"]) for e in message.get(ENTITIES) or () if e["entity"] == ENTITY]
    yield text, {role for _, _, role in spans}
    clauses = list(_CLAUSE.finditer(text))
    if len(clauses) > 1 or (clauses and clauses[0].group() != text):
        for clause in clauses:
            yield clause.group(), {r for s, e, r in spans if s < clause.end() and e > clause.start()}
    if spans:
        rest = "".join(c for i, c in enumerate(text) if not any(s <= i < e for s, e, _ in spans))
        if len(rest) > 1:
            yield rest, set()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class DisclosureClassifier(GraphComponent):
    """Adds `disclosures`, a probability for each, to the parse."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"max_ngram": 4, "C": 40.0}

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, model: Dict[Text, Any]
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DisclosureClassifier:
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DisclosureClassifier:
        with model_storage.read_from(resource) as folder:
            model = joblib.load(folder / "disclosures.joblib")
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        given = [e for message in training_data.nlu_examples for e in examples(message)]
        roles = sorted({role for _, asked in given for role in asked})
        vectorizer = TfidfVectorizer(
            analyzer="char", ngram_range=(1, int(self._config["max_ngram"])), sublinear_tf=True
        )
        features = vectorizer.fit_transform([text for text, _ in given])
        weights, biases = [], []
        for role in roles:
            classifier = LogisticRegression(C=float(self._config["C"]), max_iter=1000, class_weight="balanced")
            classifier.fit(features, [role in asked for _, asked in given])
            weights.append(classifier.coef_[0])
            biases.append(classifier.intercept_[0])
        self._model = {
            "grams": vectorizer.build_analyzer(), "vocabulary": vectorizer.vocabulary_, "idf": vectorizer.idf_,
            "roles": roles, "weights": np.array(weights).T, "biases": np.array(biases),
        }  # fmt: skip
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / "disclosures.joblib")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                message.set(DISCLOSURES, self._probabilities(message.get(TEXT)), add_to_output=True)
        return messages

    def _probabilities(self, text: Text) -> Dict[Text, float]:
        """The mean of what the whole says and of what its clearest clause says: a clause is not drowned by the others,
        and a word that only sounds like asking ("从交材料到拿照") needs the whole to agree."""
        clauses = _CLAUSE.findall(text)
        logits = np.array([self._logits(part) for part in (text, *clauses)])
        found = 1 / (1 + np.exp(-logits))
        whole, clearest = found[0], found[1:].max(axis=0) if clauses else found[0]
        return dict(zip(self._model["roles"], ((whole + clearest) / 2).tolist()))

    def _logits(self, text: Text) -> np.ndarray:
        """What the vectoriser's transform and the classifiers would say of one text. Theirs takes more than a
        millisecond of checks and sparse matrices, this a tenth of it."""
        model = self._model
        counts = Counter(i for gram in model["grams"](text) if (i := model["vocabulary"].get(gram)) is not None)
        if not counts:
            return model["biases"]
        known = np.fromiter(counts, int)
        weighed = (1 + np.log(np.fromiter(counts.values(), float))) * model["idf"][known]
        return (weighed / np.linalg.norm(weighed)) @ model["weights"][known] + model["biases"]
