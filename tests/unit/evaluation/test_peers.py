"""One contract for every peer, and what is special to each."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from bot.assembly import WORDS_FILE
from bot.understanding.keywords import load_keywords
from evaluation.judging import Reply
from evaluation.peers.bm25 import Bm25Search, JiebaWords
from evaluation.peers.dense import DenseSearch
from evaluation.peers.hybrid import HybridSearch
from evaluation.peers.peer import Peer, ask_peer
from evaluation.peers.phrases import phrases
from evaluation.peers.plain_rasa.answering import PlainRasa
from evaluation.peers.retrieval import RetrievalPeer, Search, choose_floor
from evaluation.questions import DISCLOSURES, STATUS_OF
from knowledge.base import Published
from knowledge.target import Entry, Kind, Target
from tests.conftest import FakeEncoder
from tests.unit.evaluation.systems import question

ENTRIES = [
    Entry(Target(Kind.GUIDE, "GA-003"), "居民身份证遗失补领"),
    Entry(Target(Kind.GUIDE, "GA-003"), "身份证丢了"),
    Entry(Target(Kind.GUIDE, "GA-008"), "普通护照换发"),
    Entry(Target(Kind.FAQ, "GA-F01"), "临时身份证能坐高铁吗"),
    Entry(Target(Kind.FACILITY, "parking"), "停车场"),
    Entry(Target(Kind.SCENARIO, "newborn"), "我要生孩子了"),
    Entry(Target(Kind.TOPIC, "court"), "法院立案起诉"),
]
FAQ_ITEMS = {"GA-F01": ("GA-004",)}
VALID = {*STATUS_OF.values()}


def _parsed(request: httpx.Request) -> httpx.Response:
    """A stand-in of Rasa's HTTP API that knows ENTRIES by heart."""
    assert request.url.path == "/model/parse"
    text = json.loads(request.content)["text"]
    if text == "你好":
        return httpx.Response(200, json={"intent": {"name": "greet"}, "response_selector": {}})
    entry = next((e for e in ENTRIES if e.text in text), None)
    if entry is None:
        return httpx.Response(200, json={"intent": {"name": "nlu_fallback"}, "response_selector": {}})
    topic = "fees" if "多少钱" in text else "guide"
    is_guide = entry.target.kind is Kind.GUIDE
    key = f"{entry.target.id}_{topic}" if is_guide else f"{entry.target.kind.value}_{entry.target.id}"
    response = {"intent_response_key": f"faq/{key}", "confidence": 0.9}
    return httpx.Response(
        200, json={"intent": {"name": "faq"}, "response_selector": {"faq": {"response": response}}}
    )  # fmt: skip


@pytest.fixture(scope="module")
def searches(fake_encoder: FakeEncoder) -> dict[str, Search]:
    words = JiebaWords(WORDS_FILE)
    vectors = fake_encoder.encode_queries([entry.text for entry in ENTRIES])
    made: Sequence[Search] = (
        Bm25Search(ENTRIES, words),
        DenseSearch(vectors, fake_encoder.encode_queries),
        HybridSearch(ENTRIES, words, vectors, fake_encoder.encode_queries),
    )
    return {search.name: search for search in made}


@pytest.fixture(params=["bm25", "dense", "haystack hybrid", "plain Rasa"])
def peer(request: pytest.FixtureRequest, searches: dict[str, Search]) -> Iterator[Peer]:
    if request.param != "plain Rasa":
        yield RetrievalPeer(searches[request.param], ENTRIES, load_keywords(), FAQ_ITEMS)
        return
    with httpx.Client(base_url="http://rasa", transport=httpx.MockTransport(_parsed)) as client:
        yield PlainRasa(client, FAQ_ITEMS)


class TestEveryPeer:
    def test_has_the_name_under_which_it_is_reported(self, peer: Peer) -> None:
        assert peer.name in {"bm25", "dense", "haystack hybrid", "plain Rasa"}

    def test_answers_from_a_guide_with_item_and_disclosures(self, peer: Peer) -> None:
        reply = peer.answer("身份证丢了多少钱")
        assert (reply.status, reply.item, reply.disclosures) == ("answered.guide", "GA-003", frozenset({"fees"}))
        assert reply.confidence is not None

    def test_gives_the_whole_guide_where_nothing_else_is_asked(self, peer: Peer) -> None:
        assert peer.answer("普通护照换发").disclosures == frozenset(DISCLOSURES)

    @pytest.mark.parametrize(
        ("text", "status", "source"),
        [
            ("临时身份证能坐高铁吗", "answered.faq", "GA-F01"),
            ("停车场", "answered.hall", "parking"),
            ("我要生孩子了", "clarify.situation", "newborn"),
            ("法院立案起诉", "unanswerable.out_of_scope", "court"),
        ],
    )
    def test_replies_by_the_kind_of_what_it_finds(self, peer: Peer, text: str, status: str, source: str) -> None:
        reply = peer.answer(text)
        assert (reply.status, reply.sources) == (status, (source,))

    def test_an_faq_answer_is_about_the_items_of_its_entry(self, peer: Peer) -> None:
        assert peer.answer("临时身份证能坐高铁吗").items == ("GA-004",)

    def test_knows_a_greeting(self, peer: Peer) -> None:
        assert peer.answer("你好").status == "answered.smalltalk"

    @pytest.mark.parametrize("text", ["", " ", "？！", "😀", "a" * 3000, "补" * 600, "{item}", "\x00"])
    def test_whatever_is_written_gets_a_reply(self, peer: Peer, text: str) -> None:
        assert peer.answer(text).status in VALID

    def test_keeps_nothing_from_one_text_to_the_next(self, peer: Peer) -> None:
        before = peer.answer("身份证丢了多少钱")
        peer.answer("停车场")
        assert peer.answer("身份证丢了多少钱") == before


class Fixed:
    """A search with made-up scores by text; hits the first guide."""

    name = "fixed"

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores = scores

    def search(self, text: str, k: int) -> list[tuple[int, float]]:
        return [(0, self.scores[text])] if text in self.scores else []


def peer_over(scores: dict[str, float]) -> RetrievalPeer:
    return RetrievalPeer(Fixed(scores), ENTRIES, load_keywords(), {})


def test_below_the_floor_nothing_counts_as_found_but_the_ranking_is_told() -> None:
    made = peer_over({"身份证": 0.5})
    made.floor = 0.6
    assert made.answer("身份证") == Reply("unanswerable.no_match", ranking=("GA-003",))
    made.floor = 0.5
    assert made.answer("身份证").status == "answered.guide"


def test_the_floor_makes_most_questions_right() -> None:
    made = peer_over({"甲": 0.9, "乙": 0.8, "丙": 0.4, "丁": 0.3})
    whole = question(asked=())
    asked = [
        question(asked=(), text="甲"), question(asked=(), text="乙"),
        question("no_match", (), text="丙"), question("no_match", (), text="丁"),
    ]  # fmt: skip
    assert choose_floor(made, asked) == 0.8
    assert choose_floor(made, [whole]) == float("-inf")


def test_a_peer_is_timed(searches: dict[str, Search]) -> None:
    made = RetrievalPeer(searches["bm25"], ENTRIES, load_keywords(), {})
    (found,) = ask_peer(made, [question(text="身份证丢了多少钱")])
    assert found.exact and found.reply.elapsed_ms > 0


def test_haystack_calls_nobody(searches: dict[str, Search]) -> None:
    import os

    assert os.environ["HAYSTACK_TELEMETRY_ENABLED"] == "False" and searches


def test_the_peers_get_every_name_of_everything(published: Published) -> None:
    from tests.unit.evaluation.test_load import TODAY

    found = phrases(published, TODAY)
    by_kind: dict[Kind, set[Any]] = {}
    for entry in found:
        by_kind.setdefault(entry.target.kind, set()).add(entry.target.id)
    assert by_kind[Kind.GUIDE] == set(published.guides) and by_kind[Kind.SCENARIO] == set(published.scenarios)
    assert {e.text for e in found if e.target.id == "GA-003"} == set(published.guides["GA-003"].names)
