"""The report as one HTML page that needs nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluation.reports import plots
from evaluation.reports.gate import KEY_FIGURES, LOWER_IS_BETTER, OURS, value

_COMPARED = ("guide.found", "guide.exact", "guide.wrong_item", "refusals.right", "several.all_items")


def render(report: Mapping[str, Any]) -> str:
    """The page of an evaluation of answers."""
    drawn = {name: _drawn(systems) for name, systems in report["figures"].items()}
    return _environment().get_template("answers.html.j2").render(
        report=report, drawn=drawn, key_figures=KEY_FIGURES, lower_is_better=LOWER_IS_BETTER, ours=OURS
    )  # fmt: skip


def render_nlu(report: Mapping[str, Any]) -> str:
    """The page of a cross-validation of the NLU."""
    drawn = plots.confusion_plot(report["figures"]["intents"]["confusion"])
    return _environment().get_template("nlu.html.j2").render(report=report, confusion=drawn)


def _drawn(systems: Mapping[str, Any]) -> dict[str, str]:
    """The plots of one set, by title."""
    mine = systems[OURS]
    drawn = {
        "Systems compared": plots.systems_plot(systems, _COMPARED),
        "Right item over coverage": plots.curve_plot(systems),
        "Expected and got": plots.confusion_plot(mine["classes"]["confusion"]),
        "Latency by step": plots.latency_plot(mine["latency_ms"]),
    }
    if mine["by_group"]:
        drawn["Guide questions by item group"] = plots.groups_plot(mine["by_group"])
        drawn["Guide questions by wording"] = plots.groups_plot(mine["by_wording"])
    return drawn


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["value"] = value
    environment.filters["number"] = _number
    environment.filters["json"] = lambda tree: json.dumps(tree, ensure_ascii=False, indent=1)
    return environment


def _number(leaf: Any) -> str:
    """A share with its counts and interval, or a plain number."""
    if leaf is None:
        return "–"
    if not isinstance(leaf, Mapping):
        return f"{leaf:.3f}" if isinstance(leaf, float) else str(leaf)
    if leaf["share"] is None:
        return "–"
    return f"{leaf['share']:.3f} ({leaf['right']}/{leaf['of']}; {leaf['low']:.3f}–{leaf['high']:.3f})"
