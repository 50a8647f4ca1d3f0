"""A stand-in for the hall's message gateway (docs/outbox.md): checks signatures, knows messages by their key."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a secret of the tests"


class StandInGateway:
    """`messages` holds each message once, by its key; `requests` counts how often each key came; `clashes` the keys
    that came again with another body. `answers` are statuses to give before anything is accepted."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.messages: dict[str, dict[str, Any]] = {}
        self.requests: Counter[str] = Counter()
        self.clashes: list[str] = []
        self.answers: deque[int] = deque()
        self.delay = 0.0
        self._lock = threading.Lock()

    def take(self, headers: Any, body: bytes) -> int:
        """The status for one request, as the wire format has it."""
        timestamp = headers.get("X-Wenban-Timestamp", "")
        expected = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, headers.get("X-Wenban-Signature", "")):
            return 401
        if abs(time.time() - int(timestamp)) > 300:
            return 401
        message = json.loads(body)
        key = headers.get("Idempotency-Key")
        if message.get("key") != key:
            return 400
        with self._lock:
            self.requests[key] += 1
            if self.answers:
                return self.answers.popleft()
            known = self.messages.setdefault(key, message)
            if known != message:
                self.clashes.append(key)
            return 202 if known is message else 409


@contextmanager
def running_gateway() -> Iterator[StandInGateway]:
    """A gateway on a free port of this machine. After taking a message it waits `delay` seconds to answer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            status = gateway.take(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(gateway.delay)
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:  # the sender was killed
                self.close_connection = True

        def log_message(self, *_args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Senders that are killed break their connections."""

    server = Server(("127.0.0.1", 0), Handler)
    gateway = StandInGateway(f"http://127.0.0.1:{server.server_address[1]}/messages")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
