"""The report: plain JSON, a page that needs nothing beside it, no texts of the frozen set."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.settings import load_settings
from evaluation.judging import Judged, Reply
from evaluation.questions import FROZEN
from evaluation.reports import page, report, summary
from evaluation.reports.configuration import configuration
from evaluation.reports.gate import OURS
from tests.unit.evaluation.systems import answer, clarify, question

SECRET = "只有冻结集里才有的问法"


def made(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    timings = {"encode": 4.0, "link": 1.0}
    ours = [
        Judged(question(text=SECRET), answer("GA-003", confidence=0.9, timings=timings, ranking=("GA-003",))),
        Judged(question(text=SECRET, id="D2"), clarify("GA-001", "GA-003")),
        Judged(question("hall", (), id="D3", text=SECRET), Reply("error.degraded")),
    ]
    peer = [Judged(j.question, answer("GA-001", confidence=3.1)) for j in ours]
    return report.build({name: {OURS: ours, "bm25": peer}}, {name: path}, configuration(load_settings(), None))


@pytest.fixture(scope="module", params=[FROZEN, "development"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return made(tmp_path_factory.mktemp("sets"), request.param)


def test_the_report_is_plain_json(built: dict[str, Any], tmp_path: Path) -> None:
    report.write(built, tmp_path / "deep" / "report.json")
    assert json.loads((tmp_path / "deep" / "report.json").read_text(encoding="utf-8")) == built


def test_the_configuration_says_what_ran(built: dict[str, Any]) -> None:
    config = built["configuration"]
    assert config["commit"] and config["encoder"] and config["linking"] and config["policy"]
    assert config["packages"]["bm25s"] and config["machine"]["cpu_count"]
    (described,) = built["sets"].values()
    assert len(described["sha256"]) == 64 and described["questions"] == 3


def test_texts_of_the_frozen_set_are_in_no_report(built: dict[str, Any]) -> None:
    (name,) = built["sets"]
    console = Console(record=True, width=200)
    summary.print_failures(built, console)
    shown = [json.dumps(built, ensure_ascii=False), page.render(built), console.export_text()]
    assert {SECRET in text for text in shown} == {name != FROZEN}


def test_failures_say_what_was_wanted_and_what_came(built: dict[str, Any]) -> None:
    (failures,) = built["failures"].values()
    assert [(f["id"], f["wanted"], f["got"]) for f in failures] == [
        ("D2", "guide GA-003 fees", "clarify.item GA-001/GA-003"),
        ("D3", "hall fees", "error.degraded"),
    ]


def test_the_page_needs_nothing_beside_it(built: dict[str, Any]) -> None:
    html = page.render(built)
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert html.count("data:image/png;base64,") == 6
    assert "guide.wrong_item (lower is better)" in html and "bm25" in html


def test_the_page_shows_texts_as_texts(tmp_path: Path) -> None:
    built = made(tmp_path, "development")
    built["failures"]["development"][0]["text"] = "<script>alert(1)</script>"
    assert "<script>" not in page.render(built)


def test_the_terminal_shows_the_systems_side_by_side(built: dict[str, Any]) -> None:
    console = Console(record=True, width=200)
    summary.print_report(built, console)
    text = console.export_text()
    found = next(line for line in text.splitlines() if "guide.found" in line)
    assert "1.000" in found and "0.000" in found


def test_a_set_without_guide_questions_can_be_reported(tmp_path: Path) -> None:
    path = tmp_path / "hall.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    judged = [Judged(question("hall", ()), Reply("answered.hall"))]
    assert "answered" in page.render(report.build({"hall": {OURS: judged}}, {"hall": path}, {"finished_at": "now"}))
