"""One call: how often it is tried, what it raises, what is logged and counted; nothing of it is ever told."""

import json
import logging
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from connectors.wechat.calls import Calls
from connectors.wechat.errors import (
    ApiError,
    Misconfigured,
    OutsideWindow,
    TokenRefused,
    TryAgain,
    Unreachable,
    error_of,
)
from tests.unit.connectors.wechat_client.platform import CUSTOM, OPENID, Clock, Platform, calls_of

GOOD = {"access_token": "token-1"}
BODY = {"touser": OPENID, "msgtype": "text", "text": {"content": "您好，张三😀"}}


@pytest.fixture
def platform() -> Platform:
    made = Platform()
    made.issue()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_body_is_sent_as_utf_8_without_escapes(clock: Clock) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"errcode": 0})

    calls = Calls("https://api.weixin.example", httpx.Client(transport=httpx.MockTransport(answer)), clock.sleep)
    calls.json("POST", CUSTOM, GOOD, BODY)
    assert "张三😀".encode() in seen[0].read() and json.loads(seen[0].read()) == BODY
    assert seen[0].headers["Content-Type"] == "application/json; charset=utf-8"
    assert str(seen[0].url) == f"https://api.weixin.example{CUSTOM}?access_token=token-1"


@pytest.mark.parametrize(
    "fault", [-1, "timeout", "refused", "http_500", "http_502", "http_429", b"<html>log in</html>", b"[]"]
)
def test_a_busy_platform_is_asked_twice_more(platform: Platform, clock: Clock, fault: object) -> None:
    platform.fail(CUSTOM, fault, fault)
    assert calls_of(platform, clock).json("POST", CUSTOM, GOOD, BODY)["errcode"] == 0
    assert platform.count(CUSTOM) == 3
    assert clock.slept == [0.2, 0.6]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(-1, -1), ("timeout", "timeout"), ("refused", "unreachable"), ("http_503", "http_503"), (b"no", "no_json")],
)
def test_after_the_third_try_it_gives_up(platform: Platform, clock: Clock, fault: object, code: object) -> None:
    platform.fail(CUSTOM, *[fault] * 50)
    calls = calls_of(platform, clock)
    with pytest.raises(TryAgain) as caught:
        calls.json("POST", CUSTOM, GOOD, BODY)
    assert (caught.value.code, caught.value.path) == (code, CUSTOM)
    assert platform.count(CUSTOM) == 3
    assert calls.failed == {(CUSTOM, str(code)): 3}


def test_no_further_try_begins_when_the_first_took_too_long(clock: Clock) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        clock.sleep(9)
        raise httpx.ReadTimeout("slow", request=request)

    calls = Calls("https://x.example", httpx.Client(transport=httpx.MockTransport(slow)), clock.sleep, clock.seconds)
    with pytest.raises(TryAgain):
        calls.json("GET", CUSTOM, GOOD)
    assert clock.slept == [9]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (45009, TryAgain), (45011, TryAgain), (45015, OutsideWindow), (45047, OutsideWindow), (43004, Unreachable),
        (40003, Unreachable), (45002, Unreachable), (48001, Misconfigured), (40013, Misconfigured),
        (40125, Misconfigured), (40164, Misconfigured), (40001, TokenRefused), (40014, TokenRefused),
        (42001, TokenRefused), (47003, ApiError),
    ],
)  # fmt: skip
def test_an_errcode_is_sorted_and_not_tried_again(
    platform: Platform, clock: Clock, code: int, error: type[ApiError]
) -> None:
    platform.fail(CUSTOM, code)
    with pytest.raises(ApiError) as caught:
        calls_of(platform, clock).json("POST", CUSTOM, GOOD, BODY)
    assert type(caught.value) is error and caught.value.code == code
    assert platform.count(CUSTOM) == 1 and clock.slept == []


def test_a_refused_credential_without_a_token_is_a_wrong_secret() -> None:
    assert type(error_of(40001, "/cgi-bin/stable_token", with_token=False)) is Misconfigured


@pytest.mark.parametrize(("answer", "code"), [({"errcode": "0"}, "no_errcode"), ({"errcode": None}, "no_errcode")])
def test_a_strange_errcode_is_an_error(platform: Platform, clock: Clock, answer: object, code: str) -> None:
    platform.answers[CUSTOM] = answer
    with pytest.raises(ApiError, match=code):
        calls_of(platform, clock).json("POST", CUSTOM, GOOD, BODY)


@pytest.mark.parametrize("status", [301, 302, 404])
def test_another_status_is_an_error_at_once(clock: Clock, status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers={"Location": "https://evil.example"}))
    calls = Calls("https://x.example", httpx.Client(transport=transport), clock.sleep)
    with pytest.raises(ApiError, match=f"http_{status}"):
        calls.json("GET", CUSTOM, GOOD)
    assert clock.slept == []


@pytest.mark.parametrize("fault", [40003, 45015, -1, "timeout", "refused", "http_502", b"<html>"])
def test_the_log_names_path_and_code_alone(
    platform: Platform, clock: Clock, caplog: pytest.LogCaptureFixture, fault: object
) -> None:
    platform.fail(CUSTOM, *[fault] * 3)
    with caplog.at_level(logging.DEBUG, logger="connectors"), pytest.raises(ApiError) as caught:
        calls_of(platform, clock).json("POST", CUSTOM, GOOD, BODY)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("connectors")]
    assert lines and all(line == f"wechat_call_failed path={CUSTOM} code={caught.value.code}" for line in lines)
    assert caught.value.__cause__ is None
    for secret in (OPENID, "token-1", "张三"):
        assert secret not in str(caught.value)


def test_an_endless_answer_is_cut_off(platform: Platform, clock: Clock) -> None:
    platform.answers[CUSTOM] = (200, "application/json", b'{"errmsg": "' + b"a" * 2_000_000 + b'"}')
    with pytest.raises(ApiError, match="too_large"):
        calls_of(platform, clock).json("GET", CUSTOM, GOOD)


def test_a_real_server_that_is_silent_is_given_up() -> None:
    """With a real connection: the limit on waiting works."""

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(0.5)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        with httpx.Client(trust_env=False) as http:
            calls = Calls(f"http://127.0.0.1:{server.server_address[1]}", http, lambda _: None, timeout=0.05)
            with pytest.raises(TryAgain, match="timeout"):
                calls.json("GET", CUSTOM, GOOD)
    finally:
        server.shutdown()
        server.server_close()


def test_a_connection_that_nobody_takes_is_unreachable() -> None:
    with httpx.Client(trust_env=False) as http:
        calls = Calls("http://127.0.0.1:1", http, lambda _: None, timeout=0.5)
        with pytest.raises(TryAgain, match="unreachable"):
            calls.json("GET", CUSTOM, GOOD)
    assert calls.failed[CUSTOM, "unreachable"] == 3
