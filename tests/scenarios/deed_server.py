"""The app and the worker as programs that can be killed: `wenban serve` without the parts that take long to load.

Run as a program, it imports everything and reads the knowledge once, and then forks a process for each order, so that a
start takes a fraction of a second. Such a process shares nothing with those before it but the database. The app is the
real one with its routes, Rasa's actions and, unless WENBAN_WORKER=off, the worker; in place of encoder, index and Rasa
stand stubs, as no deed of `deeds` needs them. The worker is `wenban worker`, whole.

Orders are lines of JSON on standard input, answered by a line on standard output:
`{"start": "app" | "worker", "env": {…}, "log": file}` by its process id, `{"kill": id}` by its wait status."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import bot.app
from bot.assembly import Parts
from bot.cli.serving import run_server
from bot.cli.worker import worker
from bot.db.database import Database
from bot.db.vault import Vault
from bot.publishing.start import bring_in
from bot.secrets import data_key, rasa_token
from bot.settings import load_settings
from bot.wording.wording import load_wording
from bot.worker.hall_only import HallOnly
from knowledge import base
from knowledge.base import Published

KINDS, OF_EACH = ("appointment", "rating", "complaint", "fallback_request", "consultation"), 40
ITEM, SLOTS = "GA-001", 10
RASA = "/rasa/actions"
Step = tuple[str, dict[str, Any]]
ASSIGN: Step = ("cases/{}/assign", {"grading": "complex"})  # nothing falls due meanwhile
SETTLE: Step = ("cases/{}/settle", {"result": "已经处理完毕"})
CANCEL: Step = ("appointments/{}/cancel", {"reason": "设备检修"})
ANSWER: Step = ("consultations/{}/answer", {"text": "请在二十个工作日后来领取。"})
FOLLOW_UP: tuple[Step, ...] = (("ratings/{}/contacted", {}), ("ratings/{}/settle", {"result": "已经向您致歉"}))


@dataclass
class Deed:
    """What one citizen does: the request, and what a clerk does with it afterwards. `id` is its deed id in the
    database, `number` its receipt."""

    kind: str
    id: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    steps: tuple[Step, ...] = ()
    number: str = ""


class GuidesOnly:
    """What deeds look at of the library: hall, calendar and guides; its linker finds nothing near to anything."""

    def __init__(self, database: Database, published: Published) -> None:
        self._hall_only, self._published = HallOnly(database, published.hall), published

    @property
    def current(self) -> Any:
        now = self._hall_only.current
        return SimpleNamespace(
            hall=now.hall,
            calendar=now.calendar,
            guides=self._published.guides,
            labels=self._published.labels,
            published=self._published,
            read_text=lambda text: text,
            linker=SimpleNamespace(link=lambda _text, _vector: SimpleNamespace(candidates=())),
        )


class _Blind:
    """In place of the encoder: every text is like every other."""

    def encode_queries(self, texts: list[str]) -> Any:
        return np.zeros((len(texts), 1), np.float32)


class _RasaThere:
    async def ready(self) -> bool:
        return True


@asynccontextmanager
async def light_tools(parts: Parts) -> AsyncIterator[Any]:
    """As bot.assembly.open_tools, without what takes long."""
    parts.database.migrate()
    bring_in(parts.database, parts.published)
    yield SimpleNamespace(
        database=parts.database,
        vault=parts.vault,
        library=GuidesOnly(parts.database, parts.published),
        wording=load_wording(),
        encoder=_Blind(),
        rasa=_RasaThere(),
    )


def serve(published: Published) -> None:
    """`wenban serve`, until it is killed."""
    settings = load_settings()
    parts = Parts(
        settings, published, Database(settings.database), Vault(data_key(settings)), rasa_token(settings)
    )  # fmt: skip
    light: Any = bot.app
    light.Parts, light.open_tools = SimpleNamespace(read=lambda _settings: parts), light_tools
    run_server(settings)


def main() -> None:
    """Works off orders until standard input ends; then nothing that was started is left."""
    published, running = base.read(load_settings().knowledge), set[int]()
    _answer("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if "kill" in order:
            running.discard(order["kill"])
            _answer(_kill(order["kill"]))
            continue
        child = os.fork()
        if child == 0:
            _become(order, published)
        running.add(child)
        _answer(child)
    for left in running:
        _kill(left)


def _answer(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _kill(process: int) -> int:
    os.kill(process, signal.SIGKILL)
    return os.waitpid(process, 0)[1]


def _become(order: Mapping[str, Any], published: Published) -> None:
    """Never returns."""
    with open(os.devnull) as nothing, open(order["log"], "a") as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(order["env"])
    try:
        serve(published) if order["start"] == "app" else worker()
    except BaseException:  # whatever it was, this process must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(1)


class Programs:
    """Gives the orders; may be used by several threads."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process, self._lock = process, threading.Lock()

    def start(self, what: str, env: Mapping[str, str], log: Path) -> int:
        """The process id of "app" or "worker"."""
        return self._order({"start": what, "env": dict(env), "log": str(log)})

    def kill(self, process: int) -> None:
        """SIGKILL; fails when it had ended by itself before."""
        status = self._order({"kill": process})
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"it ended by itself: {status}"

    def _order(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@contextmanager
def running_programs() -> Iterator[Programs]:
    """Starts this file as a program, and ends it with all that it started."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.scenarios.deed_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    try:
        assert process.stdout.readline() == "ready\n"
        yield Programs(process)
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def of_rasa(kind: str, deed_id: str, slots: dict[str, Any], token: str, *steps: Step) -> Deed:
    """With the request that Rasa makes for the last action of a dialogue."""
    tracker = {
        "sender_id": deed_id,
        "slots": {"requested_slot": None, **{f"{kind}_{name}": value for name, value in slots.items()}},
        "latest_message": {
            "text": "确认",
            "intent": {"name": "inform", "confidence": 0.9},
            "entities": [],
            "metadata": {"channel": "kiosk", "sender_key": f"{deed_id}{deed_id}", "items": [ITEM]},
        },
        "events": [],
        "paused": False,
        "active_loop": {},
        "latest_action_name": f"{kind}_form",
    }
    call = {"version": "3.6.21", "next_action": f"action_submit_{kind}", "sender_id": deed_id}
    body = {**call, "tracker": tracker, "domain": {}}
    return Deed(kind, deed_id, RASA, body, {"Authorization": f"Bearer {token}"}, steps)


def deeds(chance: random.Random, vault: Vault, slots: list[str], token: str) -> list[Deed]:
    """`OF_EACH` of each kind in any order; with the clerk's part they cause 200 messages to telephones."""
    made = [
        _deed(kind, number, f"{chance.getrandbits(128):032x}", vault, slots, token)
        for number, kind in enumerate(kind for kind in KINDS for _ in range(OF_EACH))
    ]
    chance.shuffle(made)
    return made


def _deed(kind: str, number: int, key: str, vault: Vault, slots: list[str], token: str) -> Deed:
    """Appointments fill each of ten slots to its capacity of four; every second of them is cancelled by the hall, and
    every second fallback request assigned."""
    who, half = {"name": "王女士", "telephone": f"+861380000{number:04}"}, number % 2 == 0
    place = {"window": "A01", "department": "GA", "text": "A01窗口"}
    facts = {**who, "facts": "在窗口等了两个小时没有办成", "wish": "", "confirm": True}
    once = {"Idempotency-Key": key}
    if kind == "appointment":
        booking = {"item": ITEM, "slot": slots[number % len(slots)], **who}
        steps = (CANCEL,) if half else ()
        return Deed(kind, vault.lookup("idempotency", key), "/api/v1/appointments", booking, once, steps)
    if kind == "rating":
        rating = {"grade": "dissatisfied", "kinds": ["attitude"], "window": "A01", "channel": "kiosk", **who}
        return Deed(kind, vault.lookup("rating", key), "/api/v1/ratings", rating, once, FOLLOW_UP)
    if kind == "complaint":
        told = {**facts, "kind": "delay", "when": "", "place": place, "whom": "", "confidential": False}
        return of_rasa(kind, key, told, token, ASSIGN, SETTLE)
    if kind == "fallback_request":
        told = {**facts, "item": ITEM, "department": place}
        return of_rasa(kind, key, told, token, *([ASSIGN] if half else []))
    return of_rasa(kind, key, {**who, "question": "换领身份证要多久", "consent": True}, token, ANSWER)


if __name__ == "__main__":
    main()
