"""Themes by vectors made by hand."""

from evaluation.tuning.pairs import Pair
from evaluation.tuning.themes import NEIGHBOURS, themed
from tests.unit.evaluation.tuning.test_measure import by_angles


def test_neighbours_share_a_theme_and_all_pairs_of_a_text_do() -> None:
    angles = {f"{side}{n}": base + n / 10 for side, base in (("left", 0), ("right", 90)) for n in range(NEIGHBOURS)}
    pairs = [Pair(f"{text}?{n}", text, text) for text in angles for n in range(2)]
    found = themed(pairs, by_angles(angles))
    assert [p.first for p in found] == [p.first for p in pairs]
    themes = {side: {p.theme for p in found if p.second.startswith(side)} for side in ("left", "right")}
    assert len(themes["left"]) == len(themes["right"]) == 1 and themes["left"] != themes["right"]


def test_few_texts_are_one_theme() -> None:
    assert {p.theme for p in themed([Pair("a?", "a", "a"), Pair("b?", "b", "b")], by_angles({"a": 0, "b": 90}))} == {
        "cluster 0"
    }
