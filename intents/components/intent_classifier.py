"""Rasa's logistic regression for intents, with its weights laid out for single messages."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """scikit-learn multiplies a sparse row by the transposed weights, and SciPy copies those at every message unless the
    transposed ones are stored row by row, which costs half a millisecond."""

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> IntentClassifier:
        component = super().load(*args, **kwargs)
        if hasattr(component.clf, "coef_"):
            component.clf.coef_ = np.asfortranarray(component.clf.coef_)
        return component
