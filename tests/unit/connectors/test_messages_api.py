"""Bad input gets a problem document in Chinese and never reaches the handler."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from connectors.contract import MAX_BODY_BYTES, Channel, TextReply, TurnReply, TurnStatus, UserMessage
from connectors.messages_api import clean, messages_router
from connectors.problems import Problem

RIGHT = {"channel": "web", "sender": "tester", "text": "身份证丢了"}
REPLY = TurnReply(
    turn_id="t", status=TurnStatus.ANSWERED_SMALLTALK, replies=(TextReply(text="您好。"),), elapsed_ms=1
)  # fmt: skip


class Api:
    """The route with a handler that only keeps what it was given."""

    def __init__(self) -> None:
        self.handled: list[UserMessage] = []
        app = FastAPI()
        app.include_router(messages_router(self._handle))
        app.add_exception_handler(Problem, lambda _request, error: error.response())  # type: ignore[attr-defined]
        self._client = TestClient(app)

    async def _handle(self, message: UserMessage) -> TurnReply:
        self.handled.append(message)
        return REPLY

    def post(self, body: Any, **headers: str) -> Any:
        return self._client.post("/api/v1/messages", content=body, headers=headers)

    def refused(self, body: Any) -> dict[str, Any]:
        """The problem document of a body; checks what holds for all of them."""
        answer = self.post(body)
        assert answer.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = answer.json()
        assert set(problem) == {"type", "title", "status", "detail"}
        assert problem["status"] == answer.status_code and 400 <= answer.status_code < 500
        assert problem["type"].startswith("/problems/") and re.search("[一-鿿]{2}", problem["title"])
        assert re.search("[一-鿿]{2}.*。$", problem["detail"]), problem
        assert self.handled == []
        return problem


@pytest.fixture
def api() -> Api:
    return Api()


def body(**changes: Any) -> str:
    return json.dumps({**RIGHT, **changes})


def test_a_right_message_is_handled_and_answered(api: Api) -> None:
    answer = api.post(body(message_id="m1", metadata={"page": 1}))
    assert answer.status_code == 200 and answer.json()["turn_id"] == "t"
    assert api.handled == [
        UserMessage(channel=Channel.WEB, sender="tester", text="身份证丢了", message_id="m1", metadata={"page": 1})
    ]


@pytest.mark.parametrize("channel", [c.value for c in Channel])
def test_every_channel_may_send(api: Api, channel: str) -> None:
    assert api.post(body(channel=channel)).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"  ", b"{", b'{"text": }', b"hello", b"\xff\xfe\xfa", json.dumps(RIGHT, ensure_ascii=False).encode("gbk"),
        b"[" * 8000, b'{"text":' + b"[" * 6000 + b"]" * 6000 + b"}", b'{"text": ' + b"1" * 5000 + b"}", b"'text'",
    ],
    ids=["empty", "blank", "cut off", "hole", "word", "bytes", "gbk", "deep", "deep inside", "huge number", "python"],
)  # fmt: skip
def test_what_is_no_json_is_refused(api: Api, raw: bytes) -> None:
    assert api.refused(raw)["status"] == 400


@pytest.mark.parametrize("raw", ["[]", "null", '"text"', "3", "true", "NaN", json.dumps([RIGHT])])
def test_json_that_is_no_object_is_refused(api: Api, raw: str) -> None:
    assert api.refused(raw)["status"] == 400


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "telegram"}, "channel"), ({"channel": None}, "channel"), ({"channel": 1}, "channel"),
        ({"sender": ""}, "sender"), ({"sender": "x" * 129}, "sender"), ({"sender": 7}, "sender"),
        ({"sender": "\ud800"}, "sender"),
        ({"text": None}, "text"), ({"text": 5}, "text"), ({"text": ["你好"]}, "text"), ({"text": "x" * 10_001}, "text"),
        ({"text": "a\ud800"}, "text"),
        ({"message_id": ""}, "message_id"), ({"message_id": "x" * 129}, "message_id"),
        ({"message_id": 1}, "message_id"),
        ({"metadata": []}, "metadata"), ({"metadata": "x"}, "metadata"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(api: Api, changes: dict[str, Any], field: str) -> None:
    problem = api.refused(body(**changes))
    assert problem["status"] == 422 and problem["detail"].startswith(f"{field}（")


@pytest.mark.parametrize("field", ["channel", "sender", "text"])
def test_a_missing_field_is_named(api: Api, field: str) -> None:
    problem = api.refused(json.dumps({k: v for k, v in RIGHT.items() if k != field}))
    assert problem["status"] == 422 and problem["detail"].startswith(f"{field}（")


def test_all_wrong_fields_are_named_once_each(api: Api) -> None:
    detail = api.refused(body(channel="x", text=1, extra=True))["detail"]
    assert [detail.count(name) for name in ("channel（", "text（", "extra")] == [1, 1, 1]


def test_an_unknown_field_is_named_and_cut(api: Api) -> None:
    detail = api.refused(body(**{"颜色" * 100: 1}))["detail"]
    assert "不认识的字段：颜色" in detail and len(detail) < 60


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x01\x1f\x7f", "\u200b\u200e\ufeff", "\u2028"])
def test_a_message_without_anything_to_read_is_refused(api: Api, text: str) -> None:
    problem = api.refused(body(text=text))
    assert problem["status"] == 422 and "请输入您的问题" in problem["detail"]


def test_a_body_over_16_kb_is_refused_and_one_of_16_kb_is_not(api: Api) -> None:
    room = MAX_BODY_BYTES - len(body(metadata={"fill": ""}))
    assert api.refused(body(metadata={"fill": "x" * (room + 1)}))["status"] == 413
    assert api.post(body(metadata={"fill": "x" * room})).status_code == 200


def test_a_chunked_body_over_16_kb_is_refused_without_being_read_to_its_end(api: Api) -> None:
    sent = []

    def chunks() -> Iterator[bytes]:
        for number in range(40):
            sent.append(number)
            yield b" " * 1024

    assert api.refused(chunks())["status"] == 413


def test_a_lie_about_the_length_does_not_help(api: Api) -> None:
    answer = api.post(body(metadata={"fill": "x" * MAX_BODY_BYTES}), **{"content-length": "10"})
    assert answer.status_code == 413 and api.handled == []


def test_an_unknown_field_with_a_broken_name_is_told_too(api: Api) -> None:
    api.refused(json.dumps({**RIGHT, "\ud800": 1}))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_refused(api: Api, value: float) -> None:
    assert api.refused(body(metadata={"x": value}))["status"] == 400


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_than_utf8_is_refused(api: Api, encoding: str) -> None:
    assert api.refused(body().encode(encoding))["status"] == 400


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  身份证 \n", "身份证"), ("身\x00份\x1b证", "身份证"), ("身\u200b份证\ufeff", "身份证"),
        ("第一行\n第二行\t", "第一行\n第二行"),
        ("😀", "😀"), ("a\ud800b", "ab"), ("\ue000私\ue001", "私"), ("全角　空格", "全角　空格"),
        ("\r\n身份证\r\n", "身份证"),
    ],
)  # fmt: skip
def test_cleaning_takes_out_what_cannot_be_seen(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_the_handler_gets_the_clean_text(api: Api) -> None:
    api.post(body(text=" 身\u200b份证丢了\x00 "))
    assert api.handled[0].text == "身份证丢了"
