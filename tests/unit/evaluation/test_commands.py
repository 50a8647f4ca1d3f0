"""`wenban evaluate`: what it understands, and how it ends."""

from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from evaluation import commands
from evaluation import run as running
from evaluation.judging import Judged
from evaluation.order import Order
from evaluation.questions import DATASETS, FROZEN
from evaluation.reports import gate
from tests.unit.evaluation.systems import answer

app = typer.Typer()
app.command()(commands.evaluate)


def evaluate(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    orders: list[Order] = []
    monkeypatch.setattr(running, "run", lambda _settings, order, _console: orders.append(order) or [])
    return orders


def test_by_default_the_frozen_set_is_asked_with_peers(ordered: list[Order]) -> None:
    assert evaluate()[0] == 0
    assert ordered == [Order((DATASETS / f"{FROZEN}.jsonl",), peers=True)]


def test_sets_and_options_are_taken_over(ordered: list[Order]) -> None:
    evaluate("a.jsonl", "b.jsonl", "--url", "http://x", "--out", "o", "--no-peers", "--failures", "--gate")
    assert ordered == [Order((Path("a.jsonl"), Path("b.jsonl")), "http://x", Path("o"), False, True, True)]


@pytest.mark.parametrize("what", ["nlu", "scale"])
def test_nlu_and_scale_are_evaluations_of_their_own(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    ran: list[Any] = []
    module = __import__(f"evaluation.{what}.command", fromlist=["run"])
    monkeypatch.setattr(module, "run", lambda *given: ran.append(given))
    assert evaluate(what)[0] == 0 and len(ran) == 1


def test_figures_that_fell_are_named_and_the_exit_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run", lambda *_given: ["frozen: guide.found is 0.1, the baseline 0.9"])
    status, output = evaluate("--gate")
    assert status == 1 and "guide.found is 0.1" in output


def test_a_set_that_is_not_there_is_told(tmp_path: Path) -> None:
    status, output = evaluate(str(tmp_path / "away.jsonl"))
    assert status == 1 and "评测没有完成" in output and "away.jsonl" in output


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> Any:
        raise ModuleNotFoundError("No module", name="matplotlib")

    monkeypatch.setattr(commands.importlib, "import_module", missing)
    with pytest.raises(LookupError, match=r"matplotlib is missing: .*\[dev\]"):
        commands._module("evaluation.run")


@pytest.fixture
def whole_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A run whose assistant answers every question with GA-003's fees; the baseline lies in the folder returned."""
    monkeypatch.setattr(
        running, "_ask_ours",
        lambda sets, *_rest: {n: [Judged(q, answer("GA-003")) for q in asked] for n, asked in sets.items()},
    )  # fmt: skip
    monkeypatch.setattr(running, "load_baseline", lambda: gate.load_baseline(tmp_path / "baseline.json"))
    monkeypatch.setattr(running, "write_baseline", lambda built: gate.write_baseline(built, tmp_path / "baseline.json"))
    line = (
        '{"id": "D1", "text": "问", "expect": "guide", "items": ["%s"], "disclosures": ["fees"], "wording": "short"}\n'
    )
    (tmp_path / "right.jsonl").write_text(line % "GA-003", encoding="utf-8")
    return tmp_path


def test_a_run_writes_both_reports_and_passes_the_gate_that_it_set(whole_run: Path) -> None:
    given = (str(whole_run / "right.jsonl"), "--no-peers", "--out", str(whole_run / "out"))
    assert evaluate(*given, "--set-baseline")[0] == 0
    assert {p.name for p in (whole_run / "out").iterdir()} == {"report.html", "report.json"}
    assert evaluate(*given, "--gate")[0] == 0


def test_two_sets_of_one_name_are_refused(whole_run: Path) -> None:
    file = str(whole_run / "right.jsonl")
    status, output = evaluate(file, file, "--no-peers")
    assert status == 1 and "the same name" in output


def test_a_gate_without_baseline_stops_before_anything_is_asked(whole_run: Path) -> None:
    status, output = evaluate(str(whole_run / "right.jsonl"), "--no-peers", "--gate")
    assert status == 1 and "baseline.json" in output and not (whole_run / "out").exists()
