"""What the scenarios of deeds share: citizens who talk, staff who log in, and the rows opened with the data key."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import httpx

from bot.db.database import Database
from bot.db.vault import Vault
from bot.secrets import data_key
from bot.settings import Settings
from bot.staff import passwords, service
from bot.staff.model import Role
from knowledge.calendar import CHINA
from knowledge.loader import load_hall
from tests.assistant import Assistant, options, texts

PASSWORD = "Xiangzhang-2026-shu"
SPOKEN: set[str] = set()
"""Names, telephones and texts that were told in deeds of this run: nobody may read them at rest or in logs."""
_TELEPHONES = count(1000)


@cache
def vault() -> Vault:
    """The assistant's own: its key lies in the data folder, or in WENBAN_DATA_KEY."""
    return Vault(data_key(Settings()))


def secret(text: str) -> str:
    """The text, remembered as one that nobody may read."""
    SPOKEN.add(text)
    return text


def new_telephone() -> str:
    """A number that no other scenario uses."""
    return secret(f"1380000{next(_TELEPHONES):04}")


@dataclass
class Citizen:
    """Somebody who talks to the assistant; `last` is the reply to what he said last."""

    assistant: Assistant
    sender: str
    last: dict[str, Any] | None = None

    def say(self, *messages: str) -> dict[str, Any]:
        """The reply to the last of the messages."""
        for message in messages:
            self.last = self.assistant.say(self.sender, message)
        assert self.last is not None
        return self.last

    def tap(self, title: str) -> dict[str, Any]:
        """Sends what the option of that title in the last reply sends."""
        assert self.last is not None
        found = [option["payload"] for option in options(self.last) if option["title"] == title]
        assert found, f"{title} is not offered: {self.last}"
        return self.say(found[0])

    @property
    def key(self) -> str:
        """By which the database knows him."""
        return vault().sender_key("web", self.sender)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """His rows of a table, the oldest first."""
        return rows(self.assistant, f"select * from {table} where sender_key = ? order by created_at", self.key)

    def row(self, table: str) -> dict[str, Any]:
        """His only row of a table."""
        (found,) = self.rows(table)
        return found

    def inbox(self) -> list[str]:
        """What is new for him."""
        body = {"channel": "web", "sender": self.sender}
        response = httpx.post(f"{self.assistant.url}/api/v1/inbox", json=body, timeout=30, trust_env=False)
        assert response.status_code == 200, response.text
        return [message["text"] for message in response.json()["messages"]]

    def inbox_within(self, seconds: float) -> list[str]:
        """What is new, waited for."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if found := self.inbox():
                return found
            time.sleep(0.1)
        return []


class Member:
    """A member of staff with an account of his own, logged in over HTTP."""

    def __init__(self, assistant: Assistant, role: Role, department: str | None = None) -> None:
        self.assistant = assistant
        username = f"{role.value}-{time.monotonic_ns()}"
        hashed = passwords.hashed(PASSWORD)
        new = service.NewAccount(username, "吴小川", role, department, None, hashed)
        database = Database(f"sqlite:///{assistant.database}")
        with database.transaction() as session:
            self.id = service.add(session, load_hall(), None, new, datetime.now(UTC)).id
        database.close()
        self._client = httpx.Client(base_url=f"{assistant.url}/api/v1/staff", timeout=30, trust_env=False)
        opened = self._client.post("/session", json={"username": username, "password": PASSWORD})
        assert opened.status_code == 200, opened.text
        self._client.headers["X-CSRF-Token"] = opened.json()["csrf_token"]

    def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request to a route below /api/v1/staff."""
        return self._client.request(method, path, **kwargs)

    def done(self, method: str, path: str, **kwargs: Any) -> Any:
        """The answer to a request that has to succeed."""
        response = self.call(method, path, **kwargs)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def set_today(self, *sessions: tuple[str, str]) -> None:
        """Sets the hall's opening times of today, none: closed, and waits until the assistant knows."""
        today = here().date().isoformat()
        times = [{"opens": opens, "closes": closes} for opens, closes in sessions]
        self.done("PUT", f"/hall-days/{today}", json={"sessions": times, "reason": "临时安排"})
        limit = time.monotonic() + 10
        while calendar_day(self.assistant, today)["sessions"] != times:
            assert time.monotonic() < limit, "the assistant does not learn of the day"
            time.sleep(0.1)

    def clear_today(self) -> None:
        """Gives today back to the calendar, and waits until the assistant knows."""
        today = here().date().isoformat()
        self.done("DELETE", f"/hall-days/{today}")
        limit = time.monotonic() + 10
        while calendar_day(self.assistant, today)["reason"] is not None:
            assert time.monotonic() < limit, "the assistant does not learn of the day"
            time.sleep(0.1)


def rows(assistant: Assistant, query: str, *values: Any) -> list[dict[str, Any]]:
    """What a query finds in the assistant's database."""
    with closing(sqlite3.connect(assistant.database, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, values)]


def count_of(assistant: Assistant, table: str) -> int:
    return int(rows(assistant, f"select count(*) as number from {table}")[0]["number"])


def opened(row: dict[str, Any], *columns: str) -> tuple[str | None, ...]:
    """Sealed columns in clear; that they are sealed is checked too."""
    found = []
    for column in columns:
        sealed = row[column]
        assert sealed is None or sealed.startswith("gAAAA"), f"{column} is not sealed"
        found.append(None if sealed is None else vault().open(sealed))
    return tuple(found)


def here() -> datetime:
    """Now, in China."""
    return datetime.now(CHINA)


def calendar_day(assistant: Assistant, day: str) -> dict[str, Any]:
    """A day of the hall's public calendar."""
    address = f"{assistant.url}/api/v1/hall-days?from={day}&to={day}"
    (found,) = httpx.get(address, timeout=30, trust_env=False).json()["days"]
    return dict(found)


def free_starts(assistant: Assistant, item: str) -> list[datetime]:
    """When an item can be booked, from the day after tomorrow on."""
    address = f"{assistant.url}/api/v1/appointments/slots?item={item}"
    slots = httpx.get(address, timeout=30, trust_env=False).json()["slots"]
    starts = [datetime.fromisoformat(slot["starts_at"]).astimezone(CHINA) for slot in slots]
    return [start for start in starts if start.date() > here().date() + timedelta(days=1)]


def in_words(moment: datetime) -> str:
    """A time as citizens say it: "11月25号上午9点半"."""
    part, hour = ("上午", moment.hour) if moment.hour < 12 else ("下午", (moment.hour - 12) or 12)
    return f"{moment.month}月{moment.day}号{part}{hour}点{'半' if moment.minute == 30 else ''}"


def day_in_words(day: date) -> str:
    return f"{day.month}月{day.day}号"


def show(reply: dict[str, Any]) -> str:
    """A reply in one line, for messages of failed tests."""
    titles = [option["title"] for option in options(reply)]
    return f"[{reply['status']}] {texts(reply)} {titles}"
