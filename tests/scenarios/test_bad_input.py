"""Bad input gets a clear problem document in Chinese, and nothing is stored half."""

from __future__ import annotations

import json
import sqlite3

import httpx
import pytest

from tests.assistant import Assistant

GOOD = {"channel": "web", "sender": "b", "text": "身份证丢了"}

BAD = {
    "empty body": (b"", 400),
    "not JSON": (b"text=hello", 400),
    "not an object": (b'["web"]', 400),
    "not UTF-8": (b'{"channel": "web", "sender": "b", "text": "\xff\xfe"}', 400),
    "no text": (json.dumps({**GOOD, "text": ""}).encode(), 422),
    "white space only": (json.dumps({**GOOD, "text": " \n\t　"}).encode(), 422),
    "control characters only": (json.dumps({**GOOD, "text": "\x00\x07\u200b\u202e"}).encode(), 422),
    "unknown channel": (json.dumps({**GOOD, "channel": "fax"}).encode(), 422),
    "no sender": (json.dumps({"channel": "web", "text": "你好"}).encode(), 422),
    "text is a number": (json.dumps({**GOOD, "text": 5}).encode(), 422),
    "unknown field": (json.dumps({**GOOD, "admin": True}).encode(), 422),
    "deep nesting": (b'{"metadata": ' + b"[" * 7000 + b"]" * 7000 + b"}", 400),
    "over 16 KB": (json.dumps({**GOOD, "text": "问" * 9000}).encode(), 413),
}


def turns(assistant: Assistant) -> int:
    with sqlite3.connect(assistant.database) as connection:
        return int(connection.execute("select count(*) from turns").fetchone()[0])


@pytest.mark.parametrize("case", BAD)
def test_bad_bodies_are_refused_in_chinese(assistant: Assistant, case: str) -> None:
    body, status = BAD[case]
    before = turns(assistant)
    response = httpx.post(f"{assistant.url}/api/v1/messages", content=body, timeout=30, trust_env=False)
    problem = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert any("一" <= character <= "鿿" for character in problem["detail"])
    assert turns(assistant) == before
    assert assistant.say("b", "身份证丢了怎么办")["status"] == "answered.guide"


def test_unknown_addresses_and_methods_get_problems_too(assistant: Assistant) -> None:
    for response, status in (
        (httpx.get(f"{assistant.url}/api/v1/messages", trust_env=False), 405),
        (httpx.get(f"{assistant.url}/nothing-here", trust_env=False), 404),
        (httpx.post(f"{assistant.url}/rasa/actions", json={}, trust_env=False), 401),
    ):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"


def test_control_characters_inside_a_text_do_no_harm(assistant: Assistant) -> None:
    assert assistant.say("b2", "身份\x00证丢\u200b了，要多少钱\x1b[31m")["item"] == "GA-003"
