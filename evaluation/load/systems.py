"""The two systems under load: how each is started, what a message to it looks like, and which replies are good."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.processes.rasa_process import environment, free_port
from bot.settings import ROOT, Settings
from evaluation.load.processes import Child, running
from evaluation.peers.plain_rasa.training import Peer

READY_SECONDS = 120.0

Kind = Callable[[Any], str | None]
"""From a reply's JSON: what kind of good reply it is, or None for a bad one."""


@dataclass(frozen=True)
class System:
    """`body` makes a message's JSON from sender and text; it is posted to `address`. `start_seconds`: until ready."""

    name: str
    address: str
    body: Callable[[str, str], dict[str, Any]]
    kind: Kind
    child: Child
    start_seconds: float


def our_body(sender: str, text: str) -> dict[str, Any]:
    """A message by HTTP contract, version 1."""
    return {"channel": "web", "sender": sender, "text": text}


def our_kind(reply: Any) -> str | None:
    """The turn status; an apology (`error.…`) is no good reply."""
    status = reply.get("status") if isinstance(reply, dict) else None
    return status if isinstance(status, str) and not status.startswith("error.") else None


def peer_body(sender: str, text: str) -> dict[str, Any]:
    """A message of Rasa's REST channel."""
    return {"sender": sender, "message": text}


def peer_kind(reply: Any) -> str | None:
    """`text` when the bot said anything."""
    said = isinstance(reply, list) and any(isinstance(r, dict) and r.get("text") for r in reply)
    return "text" if said else None


@contextlib.contextmanager
def ours(settings: Settings, scratch: Path, logs: Path) -> Iterator[System]:
    """Our assistant as its user starts it, but on a free port, on loopback, with an empty database in `scratch`."""
    port = free_port()
    own = {
        "WENBAN_HOST": "127.0.0.1",
        "WENBAN_PORT": str(port),
        "WENBAN_DATABASE_URL": f"sqlite:///{scratch / 'bench.sqlite3'}",
    }
    command = [str(Path(sys.executable).parent / "wenban"), "serve"]
    url = f"http://127.0.0.1:{port}"
    with running("wenban", command, ROOT, {**os.environ, **own}, logs / "wenban.log") as child:
        seconds = child.wait_until_ready(f"{url}/healthz", READY_SECONDS)
        yield System("wenban", f"{url}/api/v1/messages", our_body, our_kind, child, seconds)


@contextlib.contextmanager
def plain_rasa(peer: Peer, logs: Path, *extra: str) -> Iterator[System]:
    """The plain Rasa bot with its REST channel; `extra` are more arguments of `rasa run`. It listens only once its
    model is loaded."""
    port = free_port()
    command = [
        str(peer.python), "-m", "rasa", "run", "--model", str(peer.model), "--interface", "127.0.0.1",
        "--port", str(port), "--credentials", "credentials.yml", "--endpoints", "endpoints.yml", *extra,
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}/webhooks/rest"
    with running("plain Rasa", command, peer.folder, environment({}), logs / "plain_rasa.log") as child:
        seconds = child.wait_until_ready(f"{url}/", READY_SECONDS)
        yield System("plain Rasa", f"{url}/webhook", peer_body, peer_kind, child, seconds)
