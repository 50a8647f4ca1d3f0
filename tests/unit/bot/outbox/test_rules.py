"""The figures of delivery: the hall's file is good, and a bad one is refused with its line."""

from pathlib import Path

import pytest

from bot.outbox.rules import outbox_rules
from bot.settings import Settings
from knowledge.loader import KnowledgeError


def test_the_halls_own_figures_load(settings: Settings) -> None:
    rules = outbox_rules(settings.knowledge / "deeds")
    assert rules.lease >= 2 * rules.gateway_timeout


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("attempts: 10", "attempts: 0", 2), ("batch: 20", "batch: many", 8), ("lease: 30", "lease: 9", 2)],
)
def test_a_bad_figure_is_refused_with_its_line(
    settings: Settings, tmp_path: Path, old: str, new: str, line: int
) -> None:
    text = (settings.knowledge / "deeds" / "outbox.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "outbox.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        outbox_rules(tmp_path)
    assert [problem.line for problem in caught.value.problems] == [line]
