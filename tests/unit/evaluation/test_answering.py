"""Asking over HTTP, and reading replies of the contract."""

import json
from typing import Any

import httpx
import pytest

from evaluation import answering
from evaluation.answering import ask, reply_of
from evaluation.catalogue import Catalogue
from evaluation.own import ranking_of
from knowledge.loader import DATA
from tests.unit.evaluation.systems import question

CATALOGUE = Catalogue(
    {"居民身份证遗失补领": "GA-003", "普通护照换发": "GA-008"}, {"GA-F01": ("GA-001", "GA-003"), "HALL-1": ()}
)
EMPTY = {
    "turn_id": "t", "status": "unanswerable.no_match", "item": None, "disclosures": [], "elapsed_ms": 7,
    "sources": [], "confidence": None, "replies": [],
}  # fmt: skip


def options(*titles: str) -> list[dict[str, Any]]:
    shown = [{"title": t.split("：")[0], "payload": t} for t in titles]
    return [{"type": "text", "text": "您好"}, {"type": "options", "text": "请选择", "options": shown}]


def guide(code: str, disclosure: str = "fees") -> dict[str, str]:
    return {"kind": "guide", "id": code, "disclosure": disclosure}


def test_the_offered_items_are_known_by_their_names() -> None:
    shown = options("居民身份证遗失补领：申报材料", "普通护照换发", "我要留言")
    reply = reply_of({**EMPTY, "status": "clarify.item", "replies": shown}, CATALOGUE)
    assert reply.offered == ("GA-003", "GA-008")


def test_an_option_under_another_title_is_known_by_what_it_sends() -> None:
    assert CATALOGUE.code_of_option("身份证丢了", "居民身份证遗失补领：收费标准") == "GA-003"
    assert CATALOGUE.code_of_option("留言", "我要留言") is None


def test_all_items_answered_are_named_the_first_one_first() -> None:
    sources = [guide("GA-008"), guide("GA-003", "name"), guide("GA-003")]
    told = {**EMPTY, "status": "answered.guide", "item": "GA-003", "sources": sources, "confidence": 0.9}
    reply = reply_of({**told, "disclosures": ["name", "fees"]}, CATALOGUE)
    assert (reply.item, reply.items) == ("GA-003", ("GA-003", "GA-008"))
    assert (reply.disclosures, reply.confidence, reply.elapsed_ms) == ({"name", "fees"}, 0.9, 7)


def test_an_faq_answer_is_about_the_items_of_its_entry() -> None:
    sources = [{"kind": "faq", "id": "GA-F01"}]
    reply = reply_of({**EMPTY, "status": "answered.faq", "sources": sources}, CATALOGUE)
    assert reply.items == ("GA-001", "GA-003") and reply.sources == ("GA-F01",)


def test_a_scenario_is_known_by_its_id() -> None:
    sources = [{"kind": "scenario", "id": "newborn"}]
    reply = reply_of({**EMPTY, "status": "clarify.situation", "sources": sources}, CATALOGUE)
    assert reply.sources == ("newborn",) and reply.items == ()


def test_the_real_catalogue_knows_every_guide() -> None:
    catalogue = Catalogue.read(DATA)
    assert set(catalogue.codes.values()) == {path.stem for path in (DATA / "guides").glob("*.yaml")}
    assert catalogue.faq_items


def test_the_stored_ranking_keeps_the_items_only() -> None:
    found = [["topic", "tax", 0.9, 0.9], ["guide", "GA-003", 0.8, 0.9], ["guide", "GA-001", 0.7, 0.8]]
    assert ranking_of({"found": found}) == ("GA-003", "GA-001")
    assert ranking_of({"found": []}) == () and ranking_of({}) is None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The bodies that the stand-in assistant got; it answers the text 坏 with status 500."""
    bodies: list[dict[str, Any]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(500 if bodies[-1]["text"] == "坏" else 200, json=EMPTY)

    class Client(httpx.AsyncClient):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs, transport=httpx.MockTransport(reply))

    monkeypatch.setattr(answering.httpx, "AsyncClient", Client)
    return bodies


def test_each_question_is_asked_over_http(asked: list[dict[str, Any]]) -> None:
    (found,) = ask("http://assistant", [question()], CATALOGUE)
    assert asked[0]["text"] == "补身份证多少钱" and asked[0]["channel"] == "web"
    assert found.question == question() and found.reply.status == "unanswerable.no_match"


def test_each_question_has_a_conversation_of_its_own_also_in_the_next_run(asked: list[dict[str, Any]]) -> None:
    for _ in range(2):
        ask("http://assistant", [question(id=f"D{n}") for n in range(5)], CATALOGUE)
    assert len({body["sender"] for body in asked}) == 10


def test_an_assistant_that_fails_stops_the_evaluation(asked: list[dict[str, Any]]) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        ask("http://assistant", [question(text="坏")], CATALOGUE)
