"""Asks an acceptance system over HTTP (S26): GET {base}/applications/{number}."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from bot.progress.model import Progress
from bot.progress.rules import ProgressRules
from bot.progress.system import CHECK_CHARACTERS, SystemAway

log = logging.getLogger(__name__)

CHECKS = ("id_last_four", "telephone_last_four")


class HttpSystem:
    """The answer is a Progress as JSON with one or both of `id_last_four`, `telephone_last_four`, which are compared
    here; 404 means unknown. Timeouts, refused connections and 5xx are tried again, at most `http_attempts` times;
    after `circuit_failures` questions in a row without an answer it is not asked for `circuit_pause_seconds`."""

    def __init__(
        self,
        rules: ProgressRules,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._rules, self._clock, self._lock = rules, clock, Lock()
        self._client = httpx.Client(timeout=rules.http_timeout_seconds, transport=transport, follow_redirects=False)
        self._failures, self._closed_until = 0, 0.0

    def find(self, number: str, check: str) -> Progress | None:
        found = self._ask(number)
        if found is None:
            return None
        told = check[-CHECK_CHARACTERS:].upper().encode()
        known = [str(found[c]).upper().encode() for c in CHECKS if found.get(c)]
        fits = any([hmac.compare_digest(c, told) for c in known])  # noqa: C419 all are compared, always
        return self._progress(number, found) if fits else None

    def look_up(self, number: str) -> Progress | None:
        found = self._ask(number)
        return None if found is None else self._progress(number, found)

    def _progress(self, number: str, found: dict[str, Any]) -> Progress:
        try:
            progress = Progress.model_validate({k: v for k, v in found.items() if k not in CHECKS})
        except ValidationError as error:
            log.error("progress_answer_wrong fields=%s", [e["loc"] for e in error.errors()])
            raise SystemAway("wrong answer") from error
        if progress.number != number:
            log.error("progress_answer_for_another_number")
            raise SystemAway("wrong answer")
        return progress

    def _ask(self, number: str) -> dict[str, Any] | None:
        with self._lock:
            if self._clock() < self._closed_until:
                raise SystemAway("paused")
        try:
            found = self._try(f"{self._rules.http}/applications/{quote(number, safe='')}")
        except SystemAway:
            self._note_failure()
            raise
        with self._lock:
            self._failures = 0
        return found

    def _try(self, address: str) -> dict[str, Any] | None:
        for _ in range(self._rules.http_attempts):
            try:
                answer = self._client.get(address)
            except httpx.HTTPError as error:
                log.warning("progress_system_unreachable error=%s", type(error).__name__)
                continue
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return _body(answer)
            log.warning("progress_system_failed status=%d", answer.status_code)
        raise SystemAway("no answer")

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._rules.circuit_failures:
                self._closed_until, self._failures = self._clock() + self._rules.circuit_pause_seconds, 0
                log.error("progress_system_paused seconds=%s", self._rules.circuit_pause_seconds)


def _body(answer: httpx.Response) -> dict[str, Any] | None:
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    try:
        found = answer.json() if answer.status_code == httpx.codes.OK else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        log.error("progress_answer_wrong status=%d", answer.status_code)
        raise SystemAway("wrong answer")
    return found
