"""Wishes among questions: how they are counted, and what counts as acting on a wish."""

import json
from pathlib import Path

import pytest

from evaluation.intents.measure import OTHER, Heard, Wish, _acted_on, load_wishes


def test_the_mean_is_over_wishes_and_a_mistaken_question_costs_precision() -> None:
    pairs = (("a", "a"), ("a", "a"), ("b", OTHER), ("b", "b"), (OTHER, "b"), (OTHER, OTHER))
    heard = Heard(pairs)
    assert heard.macro_f1 == pytest.approx((1 + 0.5) / 2)
    assert heard.mistaken == 0.5


def test_without_questions_nothing_is_mistaken() -> None:
    assert Heard((("a", "a"),)).mistaken == 0.0
    assert Heard(()).macro_f1 == 0.0


@pytest.mark.parametrize(
    ("status", "intent", "wish"),
    [
        ("collecting.complaint", "complain", "complain"),
        ("done.rating", "rate_service", "rate_service"),
        ("cancelled.appointment", "cancel_appointment", "cancel_appointment"),
        ("answered.progress", "ask_case", "ask_case"),
        ("emergency", OTHER, "report_emergency"),
        ("cancelled.handoff", "greet", "talk_to_person"),
        ("answered.guide", "book_appointment", OTHER),
        ("unanswerable.no_match", "complain", OTHER),
    ],
)
def test_a_wish_counts_when_it_was_acted_on(status: str, intent: str, wish: str) -> None:
    assert _acted_on(status, intent) == wish


def test_wishes_are_read_and_a_bad_line_is_named_without_its_text(tmp_path: Path) -> None:
    path = tmp_path / "wishes.jsonl"
    path.write_text(json.dumps({"text": "转人工", "intent": "talk_to_person"}, ensure_ascii=False) + "\n", "utf-8")
    assert load_wishes(path) == [Wish("转人工", "talk_to_person")]
    path.write_text('{"text": "秘密"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"wishes\.jsonl:1: ") as caught:
        load_wishes(path)
    assert "秘密" not in str(caught.value)
