"""Thresholds are data, and bad data is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.policy import load_policy
from knowledge.loader import KnowledgeError


def test_the_real_thresholds_load_and_make_sense() -> None:
    policy = load_policy()
    assert policy.max_characters >= 100
    assert policy.cancel_in_form >= policy.deed
    assert policy.disclosure_shown <= policy.disclosure <= policy.disclosure_denied
    assert policy.intent_denies <= policy.intent_shows
    assert policy.item_in_form >= 0.5 and policy.sure_item >= policy.item_in_form


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("smalltalk", {"smalltalk": 1.5}),
        ("sure_item", {"sure_item": -0.1}),
        ("max_characters", {"max_characters": 10}),
        ("disclosure", {"disclosure": "half"}),
        ("smalltalks", {"smalltalks": 0.5}),
    ],
)
def test_a_wrong_threshold_is_told_with_file_and_line(tmp_path: Path, name: str, changes: dict[str, Any]) -> None:
    text = yaml.safe_dump({**load_policy().model_dump(), **changes}, sort_keys=False)
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_policy(path)
    lines = [line.partition(":")[0] for line in text.splitlines()]
    assert [(p.file, p.line) for p in caught.value.problems] == [(path, lines.index(name) + 1)]
