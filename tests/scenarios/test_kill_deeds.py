"""Deeds survive SIGKILL of app and worker: what was acknowledged is there, once, and whom it concerns is told, once.

Eight threads do 200 deeds of five kinds, and each is worked on by a clerk at once, so that 200 messages go out to
telephones. Whoever gets no answer sends the same again, with the same key. What is killed is in deed_server.py."""

from __future__ import annotations

import random
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, or_, select, text

from bot.appointments.model import LIVE, AppointmentRow, SlotRow
from bot.audit.model import AuditRow
from bot.cases.model import CaseEventRow, CaseRow
from bot.consultations.model import ConsultationRow
from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.model import AlarmRow, InboxRow, OutboxRow, OutboxState, RecipientKind
from bot.ratings.model import FollowUpRow, RatingRow
from bot.settings import load_settings
from bot.staff import access, service, sessions
from bot.staff.model import Role, staff_of
from bot.staff.rules import staff_rules
from knowledge.loader import load_hall
from tests.gateway import SECRET, StandInGateway, running_gateway
from tests.scenarios.deed_server import ITEM, OF_EACH, RASA, SLOTS, Deed, Programs, deeds, running_programs

CITIZENS, MESSAGES, KILLS, SECONDS = 8, 200, 10, 100
REQUESTS = 440
"""Deeds and steps of staff."""
RULES = """
{attempts: 100, first_pause: 0.05, factor: 1.5, longest_pause: 0.5, jitter: 0.2, lease: 1.5, batch: 10,
 gateway_timeout: 0.7}
"""
TABLES: dict[str, Any] = {
    "appointment": AppointmentRow,
    "rating": RatingRow,
    "complaint": CaseRow,
    "fallback_request": CaseRow,
    "consultation": ConsultationRow,
}


@dataclass
class Run:
    """The programs on one database, and what was counted; `failed` ends the other threads."""

    programs: Programs
    database: Database
    gateway: StandInGateway
    folder: Path
    env: dict[str, str]
    running: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    failed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['WENBAN_PORT']}"

    def count(self, *what: str) -> None:
        with self.lock:
            self.counts.update(what)

    def wait_for(self, done: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < limit and not self.failed.is_set(), f"no {what}; {dict(self.counts)}"
            time.sleep(0.005)

    def start(self, what: str) -> None:
        """Returns when it works: a kill in the middle of a start would prove little."""
        log = self.folder / f"{what}-{self.counts[f'kills of {what}']}.log"
        log.touch()
        self.running[what] = self.programs.start(what, self.env, log)
        works = self._healthy if what == "app" else lambda: "The worker runs" in log.read_text()
        self.wait_for(works, f"start of {what}, see {log}")

    def _healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def kill(self, what: str) -> None:
        self.programs.kill(self.running.pop(what))

    def kill_again_and_again(self, what: str, progress: Callable[[], int], last: int, chance: random.Random) -> None:
        """Kills it when `progress` has come to numbers drawn by chance, each time a moment later."""
        for number in sorted(chance.sample(range(last // 20, last * 19 // 20), KILLS)):
            self.wait_for(lambda number=number: progress() >= number, f"progress to {number}")  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.05))
            self.kill(what)
            self.count(f"kills of {what}")
            self.start(what)

    def everything_sent(self) -> bool:
        """What lies ahead, such as reminders, is not counted."""
        now = datetime.now(UTC)
        waiting = select(func.count()).where(
            OutboxRow.state == OutboxState.WAITING.value,
            or_(OutboxRow.not_before.is_(None), OutboxRow.not_before < now),
        )
        with self.database.transaction() as session:
            return session.scalar(waiting) == 0


class Client:
    """Asks until it is answered, as Rasa, a channel or a clerk's page does."""

    def __init__(self, run: Run, clerk: sessions.Opened) -> None:
        self._run, self._clerk = run, {access.CSRF_HEADER: clerk.csrf_token}
        self._http = httpx.Client(
            base_url=run.url, timeout=30, trust_env=False, cookies={access.COOKIE: clerk.token}
        )  # fmt: skip

    def live(self, wanted: list[Deed]) -> None:
        """The citizen's part of each deed, then the clerk's."""
        for deed in wanted:
            deed.number = self.do(deed)
            self._run.count("answered", deed.kind)
            for path, body in deed.steps:
                self.work(path.format(self._id_of(deed)), body)
                self._run.count("answered", "steps of staff")

    def do(self, deed: Deed) -> str:
        """The receipt number."""
        while (response := self._ask("POST", deed.path, deed.body, deed.headers)) is None:
            with self._run.database.transaction() as session:
                table = TABLES[deed.kind]
                done = session.scalar(select(table.number).where(table.deed_id == deed.id))
            self._run.count("deeds repeated", *(["deeds done without an answer"] if done else []))
        assert response.is_success, f"{deed.kind}: {response.status_code} {response.text}"
        told = response.json()
        if deed.path != RASA:
            return str(told["number"])
        assert told["responses"][-1]["custom"]["phase"] == "done", told
        return str(told["responses"][0]["custom"]["values"]["number"])

    def work(self, path: str, body: dict[str, Any]) -> None:
        """Assigning twice is two deeds, so a clerk who got no answer looks at the case first. The other steps are
        refused the second time, or change nothing."""
        lost, path = False, f"/api/v1/staff/{path}"
        while (response := self._ask("POST", path, body, self._clerk)) is None:
            lost = True
            self._run.count("steps repeated")
            if path.endswith("/assign") and self._is_assigned(path.removesuffix("/assign")):
                return self._run.count("steps done without an answer")
        if lost and response.status_code == httpx.codes.CONFLICT:
            return self._run.count("steps done without an answer")
        assert response.is_success, f"{path}: {response.status_code} {response.text}"

    def _is_assigned(self, case: str) -> bool:
        while (response := self._ask("GET", case)) is None:
            pass
        return str(response.json()["case"]["state"]) == "assigned"

    def _ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """None when the connection was lost before an answer came."""
        limit = time.monotonic() + SECONDS
        while True:
            try:
                return self._http.request(method, path, json=body, headers=headers)
            except httpx.ConnectError:  # nobody has got it
                assert time.monotonic() < limit and not self._run.failed.is_set(), "the app is gone for good"
                time.sleep(0.01)
            except httpx.TransportError:
                return None

    def _id_of(self, deed: Deed) -> str:
        table = TABLES[deed.kind]
        with self._run.database.transaction() as session:
            return str(session.scalars(select(table.id).where(table.number == deed.number)).one())


@pytest.fixture(scope="module")
def programs() -> Iterator[Programs]:
    with running_programs() as running:
        yield running


@pytest.fixture
def run(programs: Programs, database: Database, tmp_path: Path) -> Iterator[Run]:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(load_settings().knowledge, knowledge)
    (knowledge / "deeds" / "outbox.yaml").write_text(RULES)
    with running_gateway() as gateway:
        gateway.delay = 0.02  # a worker is often killed after the gateway took a message and before it is marked
        env = {
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "DATA_KEY": Fernet.generate_key().decode(),
            "RASA_TOKEN": "a token of the tests",
            "GATEWAY_URL": gateway.url,
            "GATEWAY_SECRET": SECRET,
            "KNOWLEDGE_DIR": str(knowledge),
            "DATA_DIR": str(tmp_path / "var"),
            "PORT": str(quiet_port()),
            "WORKER": "on",  # beside the other one
        }
        made = Run(programs, database, gateway, tmp_path, {f"WENBAN_{name}": value for name, value in env.items()})
        try:
            yield made
        finally:
            for process in list(made.running):
                made.kill(process)


def quiet_port() -> int:
    """A port that no outgoing connection is given: one of those could sit on it while the app is away."""
    for port in random.sample(range(20_000, 32_000), 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no free port")


def log_in(run: Run) -> sessions.Opened:
    folder, now = Path(run.env["WENBAN_KNOWLEDGE_DIR"]), datetime.now(UTC)
    account = service.NewAccount("zhuguan", "主管", Role.SUPERVISOR)
    with run.database.transaction() as session:
        staff = staff_of(service.add(session, load_hall(folder / "hall.yaml"), None, account, now))
        return sessions.start(session, staff_rules(folder / "deeds"), staff, now)


def test_no_deed_and_no_message_is_lost_or_doubled_by_kills(run: Run) -> None:
    vault, clerk = Vault(run.env["WENBAN_DATA_KEY"]), log_in(run)
    for program in ("app", "worker"):
        run.start(program)
    free = httpx.get(f"{run.url}/api/v1/appointments/slots", params={"item": ITEM}, trust_env=False).json()["slots"]
    slots = [slot["slot"] for slot in free[-SLOTS:]]
    wanted = deeds(random.Random(20261122), vault, slots, run.env["WENBAN_RASA_TOKEN"])
    began = time.monotonic()
    progress: dict[str, tuple[Callable[[], int], int]] = {
        "app": (lambda: run.counts["answered"], REQUESTS),
        "worker": (lambda: len(run.gateway.messages), MESSAGES),
    }
    with ThreadPoolExecutor(CITIZENS + len(progress)) as pool:
        work = [pool.submit(Client(run, clerk).live, wanted[n::CITIZENS]) for n in range(CITIZENS)]
        for what, (now, last) in progress.items():
            chance = random.Random(f"{what} {run.database.engine.name}")
            work.append(pool.submit(run.kill_again_and_again, what, now, last, chance))
        for done in as_completed(work):
            if done.exception():
                run.failed.set()
            done.result()
    run.wait_for(run.everything_sent, "end of the outbox")
    took = time.monotonic() - began
    once_more = [Client(run, clerk).do(deed) for deed in wanted]
    assert once_more == [deed.number for deed in wanted]
    run.wait_for(run.everything_sent, "end of the outbox")
    again = sum(run.gateway.requests.values()) - len(run.gateway.messages)
    print(f"\n{run.database.engine.name}: {took:.1f} s, {dict(run.counts)}, messages sent again: {again}")  # noqa: T201
    assert run.counts["kills of app"] == run.counts["kills of worker"] == KILLS
    check_deeds(run.database, wanted)
    check_messages(run, vault)


def check_deeds(database: Database, wanted: list[Deed]) -> None:
    """Each deed and each step of staff is there once, with all that belongs to it."""
    with database.transaction() as session:
        for table in set(TABLES.values()):
            rows = session.execute(select(table.deed_id, table.number)).tuples()
            assert sorted(rows) == sorted((d.id, d.number) for d in wanted if TABLES[d.kind] is table)
        live = select(AppointmentRow.slot_id, func.count()).where(AppointmentRow.state.in_(LIVE))
        taken = dict(session.execute(live.group_by(AppointmentRow.slot_id)).tuples().all())
        assert sum(taken.values()) == OF_EACH // 2
        assert {row.id: row.taken for row in session.scalars(select(SlotRow)) if row.taken} == taken
        steps = Counter(session.execute(select(CaseEventRow.case_id, CaseEventRow.action)).tuples())
        assert set(steps.values()) == {1}
        assert Counter(action for _, action in steps) == {"receive": 80, "assign": 60, "settle": 40}
        assert Counter(session.scalars(select(ConsultationRow.answer.is_not(None)))) == {True: OF_EACH}
        assert Counter(session.scalars(select(FollowUpRow.state))) == {"settled": OF_EACH}
        # Two clicks on "cancel" cancel once, but both are audited; so is every look at a case.
        others = AuditRow.action.not_in(["appointment.cancel", "case.read", "staff.added"])
        audited = session.execute(select(AuditRow.action, AuditRow.subject).where(others)).tuples().all()
        assert len(audited) == len(set(audited)) == sum(len(d.steps) for d in wanted if d.kind != "appointment")
        if database.engine.name == "sqlite":
            assert session.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
            assert session.scalars(text("PRAGMA foreign_key_check")).all() == []


def check_messages(run: Run, vault: Vault) -> None:
    """Each message that is due was sent, and seen once by its key; alarms stand once."""
    with run.database.transaction() as session:
        sent = session.scalars(select(OutboxRow).where(OutboxRow.state == OutboxState.SENT.value)).all()
        others = set(session.scalars(select(OutboxRow.state).where(OutboxRow.id.not_in([row.id for row in sent]))))
        inbox = Counter(session.scalars(select(InboxRow.key)))
        alarms = Counter(session.scalars(select(AlarmRow.kind)))
    assert others <= {OutboxState.WAITING.value, OutboxState.WITHDRAWN.value}  # reminders
    texts = {row.key: vault.open(row.text) for row in sent if row.recipient == RecipientKind.TELEPHONE}
    assert len(texts) == MESSAGES
    assert {message["key"]: message["text"] for message in run.gateway.messages.values()} == texts
    assert run.gateway.clashes == []
    assert inbox == Counter(row.key for row in sent if row.recipient == RecipientKind.SENDER)
    assert len(inbox) == OF_EACH
    expected = {"case_new": 80, "case_assigned": 60, "consultation": 40, "rating.bad": 40}
    assert {kind: alarms[kind] for kind in expected} == expected
