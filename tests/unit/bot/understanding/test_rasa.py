"""Rasa's parse as typed values, and the client against a stand-in server that speaks HTTP."""

import base64
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from bot.understanding import rasa
from bot.understanding.model import Intent
from bot.understanding.rasa import RasaClient, RasaUnavailable, understanding_of
from knowledge.model import Disclosure
from tests.unit.helpers import POLICY, heard, running_deed

PARSED = {
    "intent": {"name": "ask_fees", "confidence": 0.6},
    "intent_ranking": [
        {"name": "ask_fees", "confidence": 0.6}, {"name": "ask_materials", "confidence": 0.3},
        {"name": "greet", "confidence": 0.1},
    ],
    "disclosures": {"fees": 0.9, "materials": 0.2},
    "entities": [],
}  # fmt: skip
TURN = {
    "messages": [{"wording": "consultation.ask_name"}], "active_form": "consultation_form",
    "requested_slot": "consultation_name", "slots": {"consultation_question": "能代办吗"}, "intent": "inform",
}  # fmt: skip
VECTOR = np.array([0.5, -1.0], np.float32)


def parsed(**changes: Any) -> dict[str, Any]:
    return {**PARSED, **changes}


def asked(**changes: Any) -> list[str]:
    return [d.value for d in understanding_of(parsed(**changes), POLICY).disclosures]


def test_the_best_intent_and_the_chance_of_any_question() -> None:
    understood = understanding_of(PARSED, POLICY)
    assert (understood.intent, understood.confidence) == (Intent.ASK_FEES, 0.6)
    assert understood.asks == pytest.approx(0.9) and not understood.degraded


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"materials": 0.51}, ["materials"]),
        ({"materials": 0.5}, []),
        pytest.param({"fees": 0.31}, ["fees"], id="the intent shows it"),
        ({"fees": 0.3}, []),
        pytest.param({"name": 0.71, "location": 0.7}, ["name"], id="the intent is another one"),
        ({"fees": 0.9, "name": 0.8, "location": 0.9}, ["name", "location", "fees"]),
        ({}, []),
        (None, []),
    ],
)
def test_a_disclosure_is_asked_for_above_the_threshold(scores: dict[str, float] | None, expected: list[str]) -> None:
    assert asked(disclosures=scores) == expected


def test_a_word_that_shows_a_disclosure_needs_less_probability() -> None:
    heard_little = parsed(disclosures={"location": 0.31, "materials": 0.31})
    assert understanding_of(heard_little, POLICY).disclosures == ()
    assert understanding_of(heard_little, POLICY, [Disclosure.LOCATION]).disclosures == (Disclosure.LOCATION,)


def test_entities_change_nothing() -> None:
    entity = {"entity": "disclosure", "role": "fees", "confidence_entity": 1.0}
    scores = {"fees": 0.49}
    assert understanding_of(parsed(disclosures=scores, entities=[entity]), POLICY) == understanding_of(
        parsed(disclosures=scores), POLICY
    )


def test_questions_about_the_hall_or_other_persons_are_none_about_an_item() -> None:
    ranking = {"ask_hall": 0.5, "ask_private": 0.2, "ask_fees": 0.2, "greet": 0.1}
    understood = understanding_of(
        parsed(intent_ranking=[{"name": name, "confidence": p} for name, p in ranking.items()]), POLICY
    )
    assert understood.intent is Intent.ASK_HALL and understood.asks == pytest.approx(0.2)
    assert understood.likelihood(Intent.ASK_HALL, Intent.GREET) == pytest.approx(0.6)
    assert understood.ranking == {Intent(name): p for name, p in ranking.items()}


def test_an_empty_parse_is_no_question() -> None:
    understood = understanding_of({"intent_ranking": None, "disclosures": None}, POLICY)
    assert (understood.intent, understood.confidence, understood.asks) == (Intent.INFORM, 0.0, 0)
    assert understood.disclosures == ()


@dataclass
class StandIn:
    """A server on loopback: what it answers next, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    delay: float = 0.0
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def answers(self, value: Any) -> None:
        self.body = json.dumps(value).encode()


@pytest.fixture
def server() -> Iterator[StandIn]:
    state = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append((self.path, self.headers["authorization"], sent))
            self.answer()

        def do_GET(self) -> None:
            state.asked.append((self.path, self.headers["authorization"], None))
            self.answer()

        def answer(self) -> None:
            time.sleep(state.delay)
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that has left is no news; printed, it would stand in the output of a later test."""

    http = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield state
    http.shutdown()
    http.server_close()


@pytest.fixture
async def client(server: StandIn) -> AsyncIterator[RasaClient]:
    client = RasaClient(server.url + "/", "a-token", POLICY)
    yield client
    await client.close()


async def test_parsing_sends_text_token_and_vector(server: StandIn, client: RasaClient) -> None:
    server.answers(PARSED)
    assert (await client.parse("多少钱", VECTOR)).intent is Intent.ASK_FEES
    ((path, token, sent),) = server.asked
    assert (path, token, sent["text"]) == ("/webhooks/wenban/parse", "Bearer a-token", "多少钱")
    assert np.frombuffer(base64.b64decode(sent["embedding"]), "<f4").tolist() == [0.5, -1.0]


async def test_a_dialogue_turn_carries_the_deed_and_comes_back_typed(server: StandIn, client: RasaClient) -> None:
    server.answers(TURN)
    deed = running_deed("consultation_question")
    turn = await client.dialogue(deed, "能代办吗", heard("inform"), {"channel": "web"})
    assert (turn.form, turn.requested_slot) == ("consultation_form", "consultation_name")
    assert turn.messages == ({"wording": "consultation.ask_name"},)
    sent = server.asked[0][2]
    assert (sent["conversation"], sent["text"], sent["intent"]["name"]) == ("deed1", "能代办吗", "inform")
    assert sent["state"] == {
        "active_form": "consultation_form", "requested_slot": "consultation_question", "slots": {},
    }  # fmt: skip


async def test_a_deed_that_has_not_begun_has_no_active_form(server: StandIn, client: RasaClient) -> None:
    server.answers(TURN)
    await client.dialogue(running_deed(None), "我要留言", heard("open_consultation"), {})
    assert server.asked[0][2]["state"]["active_form"] is None


@pytest.mark.parametrize("status", [400, 401, 500, 503])
async def test_an_error_status_is_unavailable(server: StandIn, client: RasaClient, status: int) -> None:
    server.answers(PARSED)
    server.status = status
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"intent":', b"\xff\xfe"])
async def test_what_is_no_json_is_unavailable(server: StandIn, client: RasaClient, body: bytes) -> None:
    server.body = body
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)


@pytest.mark.parametrize("answer", [[], "text", None, {"intent_ranking": [{"name": "dance", "confidence": 1}]}])
async def test_json_that_is_no_parse_is_unavailable(server: StandIn, client: RasaClient, answer: Any) -> None:
    server.answers(answer)
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)


async def test_json_that_is_no_dialogue_turn_is_unavailable(server: StandIn, client: RasaClient) -> None:
    server.answers({"error": "no model"})
    with pytest.raises(RasaUnavailable):
        await client.dialogue(running_deed(), "王女士", heard("inform"), {})


async def test_a_rasa_that_hangs_is_unavailable_after_the_limit(
    server: StandIn, client: RasaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "PARSE_SECONDS", 0.15)
    server.answers(PARSED)
    server.delay = 3.0
    began = time.monotonic()
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)
    assert time.monotonic() - began < 2.5


async def test_nobody_listening_is_unavailable_and_not_ready() -> None:
    client = RasaClient("http://127.0.0.1:9", "a-token", POLICY)
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)
    assert not await client.ready()
    await client.close()


async def test_after_a_failure_rasa_is_left_alone_for_a_moment(
    server: StandIn, client: RasaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(rasa.time, "monotonic", lambda: now[0])
    server.status = 500
    with pytest.raises(RasaUnavailable):
        await client.parse("多少钱", VECTOR)
    server.status = 200
    server.answers(PARSED)
    with pytest.raises(RasaUnavailable, match="paused"):
        await client.parse("多少钱", VECTOR)
    assert len(server.asked) == 1
    now[0] += rasa.PAUSE_AFTER_FAILURE_SECONDS + 0.1
    assert (await client.parse("多少钱", VECTOR)).intent is Intent.ASK_FEES


async def test_a_failure_is_logged_without_what_the_citizen_wrote(
    server: StandIn, client: RasaClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = 500
    with pytest.raises(RasaUnavailable):
        await client.parse("张三13800001111", VECTOR)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("bot")]
    assert ours == ["rasa_unavailable kind=ClientResponseError"]


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (401, False)])
async def test_readiness_is_what_rasa_says(server: StandIn, client: RasaClient, status: int, ready: bool) -> None:
    server.status = status
    assert await client.ready() is ready
