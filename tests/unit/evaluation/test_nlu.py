"""Figures of the cross-validation, from the parses that Rasa's environment writes."""

import json
from typing import Any

import pytest

from bot.policy import load_policy
from evaluation.nlu.crossvalidation import SCRIPT, figures
from evaluation.reports import page


def row(intent: str, got: str, asked: list[str], scores: dict[str, float]) -> dict[str, Any]:
    ranking = [{"name": got, "confidence": 0.8}, {"name": "greet", "confidence": 0.1}]
    parsed = {"intent_ranking": ranking, "disclosures": scores, "entities": []}
    return {"fold": 0, "text": "", "intent": intent, "disclosures": asked, "parsed": parsed}


@pytest.fixture
def found() -> dict[str, Any]:
    rows = [
        row("ask_fees", "ask_fees", ["fees"], {"fees": 0.99, "materials": 0.01}),
        row("ask_fees", "ask_materials", ["fees", "materials"], {"fees": 0.01, "materials": 0.99}),
        row("greet", "greet", [], {"fees": 0.02, "materials": 0.01}),
    ]
    return json.loads(json.dumps(figures(rows, load_policy()), default=vars))


def test_intents_are_the_likeliest(found: dict[str, Any]) -> None:
    intents = found["intents"]
    assert intents["accuracy"]["share"] == pytest.approx(2 / 3)
    assert intents["confusion"]["ask_fees"] == {"ask_fees": 1, "ask_materials": 1}
    assert intents["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)  # ask_materials was never expected


def test_disclosures_are_those_that_the_app_would_take(found: dict[str, Any]) -> None:
    disclosures = found["disclosures"]
    assert (disclosures["precision"], disclosures["recall"]) == (1.0, pytest.approx(2 / 3))
    assert disclosures["exact_set"]["share"] == pytest.approx(2 / 3)


def test_the_page_shows_both(found: dict[str, Any]) -> None:
    html = page.render_nlu({"figures": found, "folds": 5, "utterances": 3, "seconds": 1.5, "configuration": {}})
    assert "ask_materials" in html and "data:image/png;base64," in html


def test_the_script_of_rasas_environment_is_python_3_10() -> None:
    import ast

    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 10))
