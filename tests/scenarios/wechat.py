"""What the scenarios of WeChat share: the real app beside a stand-in WeChat, and citizens who write through it."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.settings import load_settings
from connectors.wechat_standin.environment import environment
from connectors.wechat_standin.model import Channel, Delivery, StandInAccount
from connectors.wechat_standin.push import Pusher, PushResult
from connectors.wechat_standin.serve import StandIn, running_standin
from tests.assistant import Assistant, running_assistant
from tests.scenarios.deeds import rows, vault

BASE = "http://hall.example"
"""The address of our pages as citizens know it; a browser of the tests opens it at the app's own."""
TEMPLATE = "Vf3mK9-of-the-tests-appointment"
TEMPLATES = f"""
templates:
  appointment:
    template_id: {TEMPLATE}
    page: /m/appointments
    data:
      thing1: 政务服务大厅预约
      thing4: "{{first_line}}"
"""
RULES = "{attempts: 10, first_pause: 0.5, factor: 1.5, longest_pause: 2, jitter: 0.2, lease: 30, batch: 20, \
gateway_timeout: 2}"


@dataclass(frozen=True)
class Account:
    """The app with its official account, and the platform."""

    assistant: Assistant
    standin: StandIn

    @property
    def pusher(self) -> Pusher:
        return self.standin.pusher

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return rows(self.assistant, query, *values)

    def count(self, table: str) -> int:
        return int(self.rows(f"select count(*) as number from {table}")[0]["number"])

    def change(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.assistant.database, timeout=10)) as connection, connection:
            assert connection.execute(statement, values).rowcount == 1


def settings_of(standin: StandIn, account: StandInAccount) -> dict[str, str]:
    """The app's settings for this account at this stand-in."""
    return {**environment(account, standin.url), "WENBAN_BASE_URL": BASE}


@contextmanager
def running_account(folder: Path) -> Iterator[Account]:
    """In encrypted mode; the hall has a template for appointments and for nothing else."""
    knowledge = folder / "knowledge"
    shutil.copytree(load_settings().knowledge, knowledge)
    rules = knowledge / "deeds" / "wechat.yaml"
    rules.write_text(re.sub(r"(?m)^templates:.*$", "", rules.read_text()) + TEMPLATES)
    (knowledge / "deeds" / "outbox.yaml").write_text(RULES)
    with running_standin() as standin:
        environment = settings_of(standin, standin.platform.account)
        with running_assistant(folder, WENBAN_KNOWLEDGE_DIR=str(knowledge), **environment) as assistant:
            standin.platform.callback_url = f"{assistant.url}/wechat/callback"
            yield Account(assistant, standin)


@dataclass(frozen=True)
class Friend:
    """A citizen who follows the account."""

    account: Account
    openid: str

    @property
    def key(self) -> str:
        """By which the database knows him."""
        return vault().sender_key("wechat", self.openid)

    def do(self, act: Callable[..., Coroutine[Any, Any, PushResult]], *values: Any, **named: Any) -> PushResult:
        """One act, answered at the first push with status 200."""
        result = asyncio.run(act(self.openid, *values, **named))
        assert (result.status, result.tries, result.problem) == (200, 1, None), result
        return result

    def say(self, *messages: str) -> str:
        """The passive reply to the last of the messages."""
        for message in messages:
            result = self.do(self.account.pusher.text, message)
        return result.text

    def seen(self, *channels: Channel) -> list[Delivery]:
        return self.account.standin.platform.seen(self.openid, *channels)

    def seen_within(self, seconds: float, channel: Channel, number: int = 1) -> list[Delivery]:
        """What came on this way, waited for until it is so many."""
        wait_for(seconds, lambda: len(self.seen(channel)) >= number, f"{number} by {channel}: {self.seen()}")
        return self.seen(channel)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.account.rows(f"select * from {table} where sender_key = ?", self.key)

    def user(self) -> dict[str, Any]:
        (found,) = self.rows("wechat_users")
        return found

    def stay_away(self, time_: timedelta) -> None:
        """As if all that he did were longer ago, by the platform's clock and by the app's."""
        self.account.standin.platform.age_user(self.openid, time_)
        seen = f"{datetime.now(UTC) - time_:%Y-%m-%d %H:%M:%S.%f}"
        self.account.change("update wechat_users set seen_at = ? where sender_key = ?", seen, self.key)


class Browser:
    """Opens our pages as WeChat's browser does: keeps cookies and follows redirections, to WeChat too."""

    def __init__(self, account: Account) -> None:
        self._account, self._client = account, httpx.Client(timeout=30, trust_env=False)
        self.ways: list[str] = []

    def open(self, url: str) -> httpx.Response:
        for _ in range(10):
            self.ways.append(url)
            response = self._client.get(url.replace(BASE, self._account.assistant.url))
            if not response.is_redirect:
                return response
            target = response.headers["Location"]
            url = target if target.startswith("http") else f"{BASE}{target}"
        raise AssertionError(self.ways)


def wait_for(seconds: float, done: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def link_in(text: str) -> str:
    """The address of our page in a reply."""
    found = re.search(rf'href="({re.escape(BASE)}/[^"]+)"', text)
    assert found, text
    return found[1]
