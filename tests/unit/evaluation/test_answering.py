"""Judging replies: what counts as right, and the report over them."""

from typing import Any

import httpx
import pytest

from evaluation import answering
from evaluation.answering import Judged, Row, evaluate, report
from evaluation.questions import DISCLOSURES, Question


def question(expect: str = "guide", *asked: str, id: str = "D1", wording: str = "formal") -> Question:
    return Question(id, "补身份证多少钱", expect, ("GA-003", "GA-008"), asked, wording)


def judged(asked: Question, status: str = "answered.guide", item: str | None = "GA-003", *got: str) -> Judged:
    return Judged(asked, status, item, frozenset(got), (), 1)


@pytest.mark.parametrize(
    ("item", "got", "right"),
    [
        ("GA-003", ["fees"], True),
        ("GA-008", ["fees"], True),
        ("GA-001", ["fees"], False),
        (None, [], False),
        ("GA-003", ["fees", "materials"], False),
        ("GA-003", [], False),
    ],
)
def test_a_guide_question_needs_item_and_disclosures_exactly(item: str | None, got: list[str], right: bool) -> None:
    assert judged(question("guide", "fees"), "answered.guide", item, *got).right is right


def test_no_disclosures_expected_means_all_eight() -> None:
    assert judged(question(), "answered.guide", "GA-003", *DISCLOSURES).right
    assert not judged(question(), "answered.guide", "GA-003", "fees").right


@pytest.mark.parametrize(
    ("expect", "status", "right"),
    [
        ("clarify", "clarify.item", True), ("clarify", "answered.guide", False),
        ("out_of_scope", "unanswerable.out_of_scope", True), ("out_of_scope", "unanswerable.no_match", False),
        ("no_match", "unanswerable.no_match", True), ("smalltalk", "answered.smalltalk", True),
    ],
)  # fmt: skip
def test_other_questions_need_their_status(expect: str, status: str, right: bool) -> None:
    assert judged(question(expect), status, None).right is right


def test_the_report_counts_each_group_and_leaves_empty_ones_out() -> None:
    rows = report(
        [
            judged(question("guide", "fees", wording="voice"), "answered.guide", "GA-003", "fees"),
            judged(question("guide", "fees", wording="formal"), "answered.guide", "GA-003", "name"),
            judged(question("guide", "fees", wording="formal"), "clarify.item", None),
            judged(question("smalltalk"), "answered.smalltalk", None),
        ]
    )
    assert rows == [
        Row("expect guide", 1, 3),
        Row("expect smalltalk", 1, 1),
        Row("guide: item right", 2, 3),
        Row("guide: item right, of those answered", 2, 2),
        Row("guide, wording formal", 0, 2),
        Row("guide, wording voice", 1, 1),
    ]
    assert [row.share for row in rows[:2]] == [pytest.approx(1 / 3), 1.0]


def test_an_empty_report_has_no_rows_and_an_empty_row_no_share() -> None:
    assert report([]) == [] and Row("x", 0, 0).share == 0.0


REPLY = {
    "turn_id": "t", "status": "clarify.item", "item": None, "disclosures": [], "elapsed_ms": 7, "sources": [],
    "replies": [{"type": "text", "text": "您好"}, {"type": "options", "text": "请选择", "options": [
        {"title": "居民身份证遗失补领", "payload": "x"}, {"title": "普通护照换发", "payload": "y"}]}],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The bodies that the stand-in assistant got; it answers each with REPLY, and with 500 to the text 坏."""
    import json

    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(500 if bodies[-1]["text"] == "坏" else 200, json=REPLY)

    class Client(httpx.AsyncClient):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs, transport=httpx.MockTransport(answer))

    monkeypatch.setattr(answering.httpx, "AsyncClient", Client)
    return bodies


def test_each_question_is_asked_over_http_and_judged(asked: list[dict[str, Any]]) -> None:
    (found,) = evaluate("http://assistant", [question("clarify")])
    assert asked[0]["text"] == "补身份证多少钱" and asked[0]["channel"] == "web"
    assert (found.status, found.item, found.elapsed_ms, found.right) == ("clarify.item", None, 7, True)
    assert found.offered == ("居民身份证遗失补领", "普通护照换发")


def test_each_question_has_a_conversation_of_its_own(asked: list[dict[str, Any]]) -> None:
    evaluate("http://assistant", [question(id=f"D{n}") for n in range(5)])
    assert len({body["sender"] for body in asked}) == 5


def test_also_when_the_same_set_is_asked_again(asked: list[dict[str, Any]]) -> None:
    for _ in range(2):
        evaluate("http://assistant", [question()])
    assert asked[0]["sender"] != asked[1]["sender"]


def test_an_assistant_that_fails_stops_the_evaluation(asked: list[dict[str, Any]]) -> None:
    bad = Question("D9", "坏", "guide", (), (), "formal")
    with pytest.raises(httpx.HTTPStatusError):
        evaluate("http://assistant", [bad])
