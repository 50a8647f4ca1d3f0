"""Rasa's counts of character n-grams, of whole messages only."""

from __future__ import annotations

from typing import List, Optional, Text, Tuple

import scipy.sparse
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer

Features = List[Optional[scipy.sparse.spmatrix]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceCountsFeaturizer(CountVectorsFeaturizer):
    """Rasa counts once more for each token of a message; no component here takes features of tokens."""

    def _create_features(self, attribute: Text, all_tokens: List[List[Text]]) -> Tuple[Features, Features]:
        vectorizer = self.vectorizers.get(attribute)
        if not vectorizer:
            return [None] * len(all_tokens), [None] * len(all_tokens)
        counted = [vectorizer.transform([" ".join(tokens)]).tocoo() if tokens else None for tokens in all_tokens]
        return [None] * len(all_tokens), counted
