"""Suggesting the kind of a complaint, measured on complaints in other words than the examples."""

import json
from pathlib import Path

from bot.cases.kinds import suggest
from bot.cases.rules import cases_rules
from bot.settings import load_settings
from knowledge.encoder.encoder import Encoder
from tests.conftest import FakeEncoder

RULES = cases_rules(load_settings().knowledge / "deeds")
TOLD = [json.loads(line) for line in (Path(__file__).parent / "kinds.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_complaints_are_ten_a_kind_and_no_examples() -> None:
    kinds = [told["kind"] for told in TOLD]
    assert {kind.id: kinds.count(kind.id) for kind in RULES.complaint_kinds} == dict.fromkeys(kinds, 10)
    assert not {told["text"] for told in TOLD} & {text for kind in RULES.complaint_kinds for text in kind.examples}


def test_the_right_kind_is_first_in_three_quarters_and_offered_nearly_always(encoder: Encoder) -> None:
    offered = [(told["kind"], suggest(encoder, RULES, told["text"])) for told in TOLD]
    first = sum(kind == kinds[0] for kind, kinds in offered) / len(offered)
    among = sum(kind in kinds for kind, kinds in offered) / len(offered)
    assert first >= 0.75 and among >= 0.93, (first, among)


def test_an_example_suggests_its_own_kind_and_three_different_ones_are_offered() -> None:
    encoder = FakeEncoder()
    for kind in RULES.complaint_kinds:
        offered = suggest(encoder, RULES, kind.examples[0])
        assert offered[0] == kind.id and len(set(offered)) == 3
    assert len(suggest(encoder, RULES, "x", most=6)) == 6
