"""No key figure may fall."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from evaluation.judging import Judged, Reply
from evaluation.questions import DATASETS, FROZEN, fingerprint
from evaluation.reports import report
from evaluation.reports.gate import (
    BASELINE,
    KEY_FIGURES,
    LOWER_IS_BETTER,
    OURS,
    baseline_of,
    gate,
    load_baseline,
    value,
    write_baseline,
)
from tests.unit.evaluation.systems import answer, question


def made(folder: Path, *replies: Reply) -> dict[str, Any]:
    """A report over a set whose every question is the same."""
    path = folder / "set.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    judged = [Judged(question(id=f"D{n}"), reply) for n, reply in enumerate(replies)]
    return report.build({"set": {OURS: judged}}, {"set": path}, {"commit": "c"})


RIGHT, WRONG, AWAY = answer("GA-003"), answer("GA-001"), Reply("unanswerable.no_match")


@pytest.fixture
def before(tmp_path: Path) -> dict[str, Any]:
    return made(tmp_path, RIGHT, RIGHT, WRONG, AWAY)


def test_the_same_figures_pass(before: dict[str, Any]) -> None:
    assert gate(before, baseline_of(before)) == []


def test_better_figures_pass(tmp_path: Path, before: dict[str, Any]) -> None:
    assert gate(made(tmp_path, RIGHT, RIGHT, RIGHT, AWAY), baseline_of(before)) == []


def test_every_figure_that_fell_is_named(tmp_path: Path, before: dict[str, Any]) -> None:
    told = gate(made(tmp_path, RIGHT, WRONG, WRONG, AWAY), baseline_of(before))
    named = {line.split(" ")[1] for line in told}
    assert {"right", "guide.found", "guide.exact", "guide.wrong_item"} <= named
    assert "set: guide.found is 0.2500, the baseline 0.5000" in told


def test_there_is_no_tolerance(before: dict[str, Any]) -> None:
    baseline = baseline_of(before)
    baseline["sets"]["set"]["figures"]["guide.found"] += 0.0001
    assert len(gate(before, baseline)) == 1


def test_a_figure_that_is_gone_counts_as_fallen(before: dict[str, Any]) -> None:
    baseline = baseline_of(before)
    baseline["sets"]["set"]["figures"]["linking.recall_at_1"] = 0.9
    (line,) = gate(before, baseline)
    assert "linking.recall_at_1 is missing" in line


def test_a_set_that_cannot_be_compared_does_not_pass(before: dict[str, Any]) -> None:
    baseline = baseline_of(before)
    other = deepcopy(baseline)
    other["sets"]["set"]["sha256"] = "x"
    assert "not those of the baseline" in gate(before, other)[0]
    assert gate({**before, "sets": {}}, baseline) == ["set: was not evaluated"]


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path, before: dict[str, Any]) -> None:
    write_baseline(before, tmp_path / "baseline.json")
    assert load_baseline(tmp_path / "baseline.json") == baseline_of(before)


def test_the_directions_belong_to_key_figures() -> None:
    assert set(KEY_FIGURES) > LOWER_IS_BETTER


def test_the_committed_baseline_is_of_the_frozen_set() -> None:
    kept = load_baseline(BASELINE)["sets"][FROZEN]
    assert kept["sha256"] == fingerprint(DATASETS / f"{FROZEN}.jsonl")
    assert set(kept["figures"]) <= set(KEY_FIGURES)
    assert all(0 <= figure <= 1 for figure in kept["figures"].values())


def test_a_value_is_found_by_its_path() -> None:
    tree = json.loads('{"a": {"b": {"share": 0.5}, "c": 3}, "n": null}')
    assert (value(tree, "a.b"), value(tree, "a.c"), value(tree, "a.x.y"), value(tree, "n")) == (0.5, 3.0, None, None)


def test_slack_is_counted_in_questions(tmp_path: Path, before: dict[str, Any]) -> None:
    worse = made(tmp_path, RIGHT, WRONG, WRONG, AWAY)
    fallen = {line.split(" ")[1] for line in gate(worse, baseline_of(before), slack=1)}
    assert not fallen & {"right", "guide.found", "guide.exact"}
    much_worse = made(tmp_path, WRONG, WRONG, WRONG, AWAY)
    assert {"right", "guide.found"} <= {line.split(" ")[1] for line in gate(much_worse, baseline_of(before), slack=1)}
