"""WeChat's server API as far as these tests need it: one account, its token, faults to order."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from connectors.wechat.account import Account, Mode
from connectors.wechat.calls import Calls
from connectors.wechat.tokens import Token

API = "https://api.weixin.example"
TOKEN_PATH = "/cgi-bin/stable_token"
CUSTOM = "/cgi-bin/message/custom/send"
OPENID = "oTest_openid_1"
ACCOUNT = Account("wx0123456789abcdef", "a secret of the tests", "a token of the tests", mode=Mode.PLAIN)


class Clock:
    """A clock that moves only when somebody sleeps or a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def seconds(self) -> float:
        return self.now.timestamp()


class Platform:
    """`faults` by path: an errcode, "timeout", "refused", an HTTP status as "http_502", or whole bytes to answer, one a
    request. `requests`: method, path, query, body. `life` is the seconds of the next tokens."""

    def __init__(self) -> None:
        self.life = 7200
        self.token: str | None = None
        self.tokens_issued = 0
        self.forced = 0
        self.delay = 0.0
        self.faults: dict[str, deque[Any]] = {}
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self._lock = threading.Lock()

    def fail(self, path: str, *faults: Any) -> None:
        self.faults.setdefault(path, deque()).extend(faults)

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked, _, _ in self.requests)

    def bodies(self, path: str) -> list[Any]:
        return [body for _, asked, _, body in self.requests if asked == path]

    def issue(self) -> str:
        self.tokens_issued += 1
        self.token = f"token-{self.tokens_issued}"
        return self.token

    def take(self, method: str, path: str, query: dict[str, str], raw: bytes) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer."""
        if path == TOKEN_PATH:
            time.sleep(self.delay)
        with self._lock:
            self.requests.append((method, path, query, json.loads(raw) if raw else None))
            fault = self.faults[path].popleft() if self.faults.get(path) else None
            if isinstance(fault, bytes):
                return 200, "text/html", fault
            if isinstance(fault, int):
                return _json({"errcode": fault, "errmsg": "hint: oTest_openid_1"})
            if fault == "timeout":
                raise httpx.ReadTimeout("slow")
            if fault == "refused":
                raise httpx.ConnectError("refused")
            if fault:
                return int(fault.removeprefix("http_")), "text/html", b"<html>busy</html>"
            return self._answer(path, query, json.loads(raw) if raw else {})

    def _answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, str, bytes]:
        if path == TOKEN_PATH:
            if body["force_refresh"]:
                self.forced += 1
                self.issue()
            elif self.token is None:
                self.issue()
            return _json({"access_token": self.token, "expires_in": self.life})
        if path.startswith("/cgi-bin/") and query.get("access_token") != self.token:
            return _json({"errcode": 40001, "errmsg": "invalid credential"})
        answer = self.answers.get(path, {"errcode": 0, "errmsg": "ok"})
        return answer if isinstance(answer, tuple) else _json(answer)

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        status, kind, body = self.take(request.method, request.url.path, dict(request.url.params), request.read())
        return httpx.Response(status, headers={"Content-Type": kind}, content=body)


def _json(data: Any) -> tuple[int, str, bytes]:
    return 200, "application/json; encoding=utf-8", json.dumps(data, ensure_ascii=False).encode()


def calls_of(platform: Platform, clock: Clock | None = None) -> Calls:
    clock = clock or Clock()
    return Calls(API + "/", platform.http(), clock.sleep, clock.seconds)


class MemoryStore:
    """A token store in memory."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.token: Token | None = None
        self._by: str | None = None
        self._until: datetime | None = None
        self._clock, self._lock = clock, threading.Lock()

    def read(self) -> Token | None:
        return self.token

    def begin_refresh(self, by: str, seconds: float) -> bool:
        with self._lock:
            if self._until is not None and self._until > self._clock():
                return False
            self._by, self._until = by, self._clock() + timedelta(seconds=seconds)
            return True

    def put(self, token: Token, by: str) -> bool:
        with self._lock:
            if self._by != by:
                return False
            self.token, self._by, self._until = token, None, None
            return True

    def end_refresh(self, by: str, pause: float) -> None:
        with self._lock:
            if self._by == by:
                self._until = self._clock() + timedelta(seconds=pause)


@contextmanager
def served(platform: Platform) -> Iterator[str]:
    """The platform's address on this machine, for tests with several processes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, kind, body = platform.take(self.command, parts.path, dict(parse_qsl(parts.query)), raw)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
