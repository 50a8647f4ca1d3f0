"""The fitted confidence: right candidates are likelier, and no question is judged by trees that have seen it."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from evaluation.calibration import fit as fitting
from evaluation.calibration.collect import Asked
from evaluation.calibration.fit import BOOSTING, boosted, cross_fitted, fit
from knowledge.confidence import FEATURES, Confidence, judged
from tests.unit.evaluation.calibration.samples import ids, separable


def right_and_wrong(asked: Asked, confidence: Confidence) -> tuple[float, float]:
    found = {c.code: c.confidence for c in judged(asked.links[0], asked.signals, confidence).candidates}
    return found["GA-003"], found["GA-008"]


def test_the_right_candidate_is_likely_and_the_wrong_one_is_not() -> None:
    asked = separable(200)
    confidence = fit(asked, "an-encoder")
    for one in asked:
        right, wrong = right_and_wrong(one, confidence)
        assert right > 0.8 and wrong < 0.2


def test_the_figures_are_complete_and_for_the_encoder() -> None:
    confidence = fit(separable(200), "an-encoder")
    assert confidence.encoder == "an-encoder" and confidence.features == FEATURES
    assert len(confidence.trees.roots) == BOOSTING["max_iter"] and confidence.chosen_on == {}


def test_the_trees_say_what_the_library_says() -> None:
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(800, 5))
    right = rows[:, 0] + rows[:, 1] * rows[:, 2] + dice.normal(size=800) > 0
    trees = boosted(rows, right, [1, 0, 0, 0, 0])
    model = HistGradientBoostingClassifier(
        **BOOSTING, monotonic_cst=[1, 0, 0, 0, 0], early_stopping=False, random_state=0
    ).fit(rows, right)
    assert trees.sums(rows) == pytest.approx(model.decision_function(rows), abs=1e-3)


def test_more_of_what_makes_likelier_never_makes_less_likely() -> None:
    dice = np.random.default_rng(2)
    rows = dice.normal(size=(400, 2))
    trees = boosted(rows, rows[:, 0] + dice.normal(size=400) > 0, [1, 0])
    steps = trees.sums(np.column_stack([np.linspace(-3, 3, 100), np.zeros(100)]))
    assert (np.diff(steps) >= 0).all() and steps[-1] > steps[0] + 1


def test_fitting_twice_gives_the_same() -> None:
    assert fit(separable(200), "an-encoder") == fit(separable(200), "an-encoder")


@pytest.mark.parametrize("count", [5, 12, 23])
def test_no_question_is_judged_by_trees_that_have_seen_it(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    seen: dict[str, set[str]] = {}

    def noted(asked: Sequence[Asked], encoder: str) -> Confidence:
        name = f"{encoder}-{len(seen)}"
        seen[name] = set(ids(asked))
        return fit(asked, name)

    monkeypatch.setattr(fitting, "fit", noted)
    asked = separable(count)
    found = cross_fitted(asked, "fold")
    assert len(found) == count and len(seen) == fitting.FOLDS
    everything = set(ids(asked))
    for one, confidence in zip(asked, found, strict=True):
        assert one.question.id not in seen[confidence.encoder]
    for name, fold in seen.items():  # whoever is in no fold was left out for good
        assert everything - fold == {a.question.id for a, c in zip(asked, found, strict=True) if c.encoder == name}


def test_questions_unseen_are_judged_right_all_the_same() -> None:
    asked = separable(200)
    for one, confidence in zip(asked, cross_fitted(asked, "an-encoder"), strict=True):
        right, wrong = right_and_wrong(one, confidence)
        assert right > 0.5 > wrong
