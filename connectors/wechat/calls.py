"""One call to WeChat's server API: tried again a bounded number of times, logged and counted when it fails."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from connectors.wechat.errors import ApiError, TokenRefused, TryAgain, error_of

T = TypeVar("T")
log = logging.getLogger(__name__)

PAUSES = (0.2, 0.6)
"""Seconds before the second and the third try of a call that met a busy or silent platform."""
TIMEOUT = 4.0
"""Seconds to connect, and to wait for the next bytes of an answer."""
LONGEST = 8.0
"""Seconds after the first try from which no further one begins, so that a call ends within its caller's lease."""
LONGEST_ANSWER = 20.0
"""Seconds in which an answer must be complete, however it trickles in."""
LIMIT = 1024 * 1024
"""Bytes of the longest JSON answer that is read."""
_RATE_LIMITED = frozenset({44990, 45009, 45011})  # at once again would only count against the same limit

Answer = tuple[bytes, str]
"""A body and its content type, lower case, without parameters."""


class Calls:
    """All calls of one account; thread-safe. `http` should not follow redirects; it stays its owner's to close.
    `failed` counts failed tries by path and code since the start."""

    def __init__(
        self,
        api_url: str,
        http: httpx.Client,
        sleep: Callable[[float], None] = time.sleep,
        seconds: Callable[[], float] = time.monotonic,
        timeout: float = TIMEOUT,
    ) -> None:
        self.failed: Counter[tuple[str, str]] = Counter()
        self._api_url, self._http, self._timeout = api_url.rstrip("/"), http, timeout
        self._sleep, self._seconds = sleep, seconds
        self._lock = threading.Lock()

    def json(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer of a call that succeeded; raises ApiError. `body` is sent as UTF-8, never as escapes of ASCII,
        which citizens would see."""
        content = None if body is None else _written(body)
        return self._tried(path, lambda: self._json(method, path, query or {}, content))

    def download(self, path: str, query: Mapping[str, str], limit: int) -> Answer:
        """A file and its content type; raises ApiError, `too_large` for more than `limit` bytes."""
        return self._tried(path, lambda: self._file(path, query, limit))

    def _tried(self, path: str, once: Callable[[], T]) -> T:
        began = self._seconds()
        for pause in (*PAUSES, None):
            try:
                return once()
            except ApiError as error:
                self._note(error)
                again = isinstance(error, TryAgain) and not isinstance(error, TokenRefused)
                late = self._seconds() - began > LONGEST
                if pause is None or not again or error.code in _RATE_LIMITED or late:
                    raise
                self._sleep(pause)
        raise AssertionError(path)  # the last round returns or raises

    def _note(self, error: ApiError) -> None:
        with self._lock:
            self.failed[error.path, str(error.code)] += 1
        log.warning("wechat_call_failed path=%s code=%s", error.path, error.code)

    def _json(self, method: str, path: str, query: Mapping[str, str], content: bytes | None) -> dict[str, Any]:
        body, _ = self._send(method, path, query, content, LIMIT)
        data = _object(body, path)
        _judge(data, path, "access_token" in query)
        return data

    def _file(self, path: str, query: Mapping[str, str], limit: int) -> Answer:
        body, kind = self._send("GET", path, query, None, limit)
        if kind in {"application/json", "text/plain"}:  # WeChat tells of errors so, and of videos, which lie elsewhere
            _judge(_object(body, path), path, "access_token" in query)
            raise ApiError("no_file", path)
        return body, kind

    def _send(self, method: str, path: str, query: Mapping[str, str], content: bytes | None, limit: int) -> Answer:
        headers = {} if content is None else {"Content-Type": "application/json; charset=utf-8"}
        try:
            with self._http.stream(
                method, self._api_url + path, params=query, content=content, headers=headers, timeout=self._timeout
            ) as response:
                _check_status(response.status_code, path)
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return self._read(response, path, limit), kind
        # Raised from nothing: the address in such an error holds the token.
        except httpx.TimeoutException:
            raise TryAgain("timeout", path) from None
        except httpx.HTTPError:
            raise TryAgain("unreachable", path) from None

    def _read(self, response: httpx.Response, path: str, limit: int) -> bytes:
        body, began = bytearray(), self._seconds()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limit:
                raise ApiError("too_large", path)
            if self._seconds() - began > LONGEST_ANSWER:
                raise TryAgain("timeout", path)
        return bytes(body)


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")  # lone surrogates


def _check_status(status: int, path: str) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TryAgain(f"http_{status}", path)
    if status != HTTPStatus.OK:
        raise ApiError(f"http_{status}", path)


def _object(body: bytes, path: str) -> dict[str, Any]:
    """The JSON object of an answer. WeChat's own may hold raw control characters; something that is none comes from
    what stands between us and WeChat."""
    try:
        data = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise TryAgain("no_json", path)
    return data


def _judge(data: Mapping[str, Any], path: str, with_token: bool) -> None:
    code = data.get("errcode", 0)
    if not isinstance(code, int):
        raise ApiError("no_errcode", path)
    if code != 0:
        raise error_of(code, path, with_token)
