"""Plots as PNG in base64, to stand in the page itself. Labels are codes and English: the plots need no Chinese font."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.reports.gate import value

_SIZE = (8.0, 4.2)


def png(figure: Figure) -> str:
    """The data of an <img>."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight")
    return base64.b64encode(buffer.getvalue()).decode()


def systems_plot(systems: Mapping[str, Any], paths: Sequence[str]) -> str:
    """Bars by figure, a colour for each system; figures that no system has are left out."""
    paths = [path for path in paths if any(value(tree, path) is not None for tree in systems.values())]
    figure = Figure(_SIZE)
    axes = figure.subplots()
    width = 0.8 / len(systems)
    for number, (name, tree) in enumerate(systems.items()):
        heights = [value(tree, path) or 0.0 for path in paths]
        axes.bar([x + number * width for x in range(len(paths))], heights, width, label=name)
    axes.set_xticks([x + 0.4 - width / 2 for x in range(len(paths))], list(paths), rotation=20, ha="right")
    axes.set_ylim(0, 1)
    _legend(axes)
    return png(figure)


def curve_plot(systems: Mapping[str, Any]) -> str:
    """Precision over coverage of the answered guide questions."""
    figure = Figure(_SIZE)
    axes = figure.subplots()
    for name, tree in systems.items():
        axes.plot([p["coverage"] for p in tree["curve"]], [p["precision"] for p in tree["curve"]], label=name)
    axes.set_xlabel("coverage: share of guide questions answered")
    axes.set_ylabel("precision: right item")
    axes.set_xlim(0, 1)
    axes.grid(alpha=0.3)
    _legend(axes)
    return png(figure)


def groups_plot(groups: Mapping[str, Any], figures: Sequence[str] = ("found", "exact")) -> str:
    """Bars by item group or wording."""
    figure = Figure(_SIZE)
    axes = figure.subplots()
    width = 0.8 / len(figures)
    for number, name in enumerate(figures):
        heights = [value(tree, name) or 0.0 for tree in groups.values()]
        axes.bar([x + number * width for x in range(len(groups))], heights, width, label=name)
    axes.set_xticks(range(len(groups)), list(groups), rotation=45, ha="right")
    axes.set_ylim(0, 1)
    _legend(axes)
    return png(figure)


def latency_plot(latency: Mapping[str, Any]) -> str:
    """Median and 95th percentile by step, milliseconds."""
    figure = Figure(_SIZE)
    axes = figure.subplots()
    for number, quantile in enumerate(("median", "p95")):
        lengths = [row[quantile] or 0.0 for row in latency.values()]
        axes.barh([y + number * 0.4 for y in range(len(latency))], lengths, 0.4, label=quantile)
    axes.set_yticks([y + 0.2 for y in range(len(latency))], list(latency))
    axes.invert_yaxis()
    axes.set_xlabel("ms")
    _legend(axes)
    return png(figure)


def confusion_plot(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """Expected classes in rows, got ones in columns; colour by the share of the row."""
    got = sorted({name for row in confusion.values() for name in row} | set(confusion))
    rows = [[row.get(name, 0) for name in got] for row in confusion.values()]
    size = max(_SIZE[0], 0.42 * len(got) + 2)
    figure = Figure((size, 0.36 * len(rows) + 2))
    axes = figure.subplots()
    axes.imshow([[n / max(sum(row), 1) for n in row] for row in rows], cmap="Blues", vmin=0, vmax=1, aspect="auto")
    _number_cells(axes, rows)
    axes.set_xticks(range(len(got)), got, rotation=60, ha="right", fontsize=7)
    axes.set_yticks(range(len(rows)), list(confusion), fontsize=7)
    axes.set_xlabel("got")
    axes.set_ylabel("expected")
    return png(figure)


def _legend(axes: Axes) -> None:
    """Beside the plot, so that it covers nothing."""
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1))


def _number_cells(axes: Axes, rows: Sequence[Sequence[int]]) -> None:
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            if count:
                dark = count / sum(row) > 0.6
                axes.text(x, y, str(count), ha="center", va="center", fontsize=7, color="white" if dark else "black")
