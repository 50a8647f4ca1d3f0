"""One contract for all acceptance systems; and what only a file, or only HTTP, can get wrong."""

import csv
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.db.database import Database
from bot.progress.file_system import FileSystem
from bot.progress.http_system import HttpSystem
from bot.progress.model import Applicant
from bot.progress.rules import ProgressRules, progress_rules
from bot.progress.sql_system import SqlSystem, keep
from bot.progress.system import AcceptanceSystem, SystemAway
from knowledge.loader import DATA
from tests.unit.bot.notices.conftest import NOW, VAULT
from tests.unit.bot.progress.conftest import NUMBER, PERSON, progress

ROW = {**progress().model_dump(mode="json"), "id_last_four": "123x", "telephone_last_four": "1111"}


class StandIn(BaseHTTPRequestHandler):
    """A small acceptance system. `answers` are taken in turn; then it knows the one application."""

    answers: list[tuple[int, bytes]]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.answers:
            status, body = self.answers.pop(0)
        elif self.path == f"/api/applications/{NUMBER}":
            status, body = 200, json.dumps(ROW).encode()
        else:
            status, body = 404, b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[type[StandIn], str]]:
    handler = type("Handler", (StandIn,), {"answers": [], "asked": []})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{running.server_port}/api"
    running.shutdown()
    running.server_close()


def http_rules(address: str, **changes: Any) -> ProgressRules:
    told = {"source": "http", "http": address, "http_timeout_seconds": 0.5, **changes}
    return ProgressRules.model_validate({**progress_rules(DATA / "deeds").model_dump(), **told})


def write_csv(path: Path, *rows: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "steps": json.dumps(row["steps"], ensure_ascii=False)})


@pytest.fixture(params=["sql", "csv", "json", "http"])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_database: Database, server: tuple[type[StandIn], str]
) -> AcceptanceSystem:
    if request.param == "sql":
        with tmp_database.transaction() as session:
            keep(session, VAULT, progress(), PERSON, NOW)
        return SqlSystem(tmp_database, VAULT)
    if request.param == "csv":
        write_csv(tmp_path / "a.csv", ROW)
        return FileSystem(tmp_path / "a.csv")
    if request.param == "json":
        (tmp_path / "a.json").write_text(json.dumps([ROW]), encoding="utf-8")
        return FileSystem(tmp_path / "a.json")
    return HttpSystem(http_rules(server[1]))


@pytest.mark.parametrize("check", ["123X", "123x", "1111", "11010119900307123X", "13800001111"])
def test_the_applicant_finds_it(system: AcceptanceSystem, check: str) -> None:
    assert system.find(NUMBER, check) == progress()


@pytest.mark.parametrize("check", ["1234", "", "X", "二三四五"])
def test_a_wrong_check_finds_nothing(system: AcceptanceSystem, check: str) -> None:
    assert system.find(NUMBER, check) is None


def test_an_unknown_number_finds_nothing(system: AcceptanceSystem) -> None:
    assert system.find("SL20261120A002", "123X") is None and system.look_up("SL20261120A002") is None


def test_staff_need_no_check(system: AcceptanceSystem) -> None:
    assert system.look_up(NUMBER) == progress()


# Our own copy


def test_no_identifier_is_kept_in_clear_and_a_newer_state_keeps_the_proof(database: Database) -> None:
    from bot.progress.model import ApplicationRow

    with database.transaction() as session:
        keep(session, VAULT, progress(), PERSON, NOW)
        keep(session, VAULT, progress(state="ready"), None, NOW)
    with database.transaction() as session:
        row = session.get(ApplicationRow, NUMBER)
    assert row and "3800001111" not in f"{row.telephone}{row.telephone_check}{row.id_check}"
    found = SqlSystem(database, VAULT).find(NUMBER, "1111")
    assert found and found.state == "ready"


def test_nobody_to_prove_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="identity number"), database.transaction() as session:
        keep(session, VAULT, progress(), Applicant(), NOW)


# A file


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ROW)
    system = FileSystem(path)
    system.look_up(NUMBER)
    write_csv(path, {**ROW, "state": "posted", "post_number": "EMS123"})
    found = system.look_up(NUMBER)
    assert found and (found.state, found.post_number) == ("posted", "EMS123")


def test_bad_rows_are_left_out_and_reported_without_values(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    bad = [
        {**ROW, "number": "B1", "state": "lost"},
        {**ROW, "number": "B2", "id_last_four": "", "telephone_last_four": ""},
    ]
    write_csv(path, ROW, *bad, {**ROW, "number": "B3", "due_at": "下周"})
    system = FileSystem(path)
    assert system.look_up(NUMBER) and not any(system.look_up(n) for n in ("B1", "B2", "B3"))
    assert [b.row for b in system.bad_rows] == [3, 4, 5]
    assert "state" in system.bad_rows[0].reason and "lost" not in system.bad_rows[0].reason


@pytest.mark.parametrize("content", ["not json", "{}", "\xff"])
def test_a_broken_file_leaves_what_was_read_before(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ROW]), encoding="utf-8")
    system = FileSystem(path)
    assert system.look_up(NUMBER)
    path.write_bytes(content.encode("latin-1"))
    assert system.look_up(NUMBER)
    path.unlink()
    assert system.look_up(NUMBER)


def test_no_file_at_all_means_away(tmp_path: Path) -> None:
    with pytest.raises(SystemAway):
        FileSystem(tmp_path / "none.csv").look_up(NUMBER)


# HTTP


def test_a_passing_failure_is_tried_again(server: tuple[type[StandIn], str]) -> None:
    handler, address = server
    handler.answers = [(503, b"")]
    assert HttpSystem(http_rules(address)).look_up(NUMBER) and len(handler.asked) == 2


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"number": "SL20261120A001"}', json.dumps({**ROW, "number": "X1"}).encode()]
)
def test_a_wrong_answer_means_away_and_is_not_repeated(server: tuple[type[StandIn], str], body: bytes) -> None:
    handler, address = server
    handler.answers = [(200, body)]
    with pytest.raises(SystemAway):
        HttpSystem(http_rules(address)).look_up(NUMBER)
    assert len(handler.asked) == 1


def test_the_number_cannot_change_the_address(server: tuple[type[StandIn], str]) -> None:
    handler, address = server
    assert HttpSystem(http_rules(address)).look_up("../x?y") is None
    assert handler.asked == ["/api/applications/..%2Fx%3Fy"]


def test_a_system_that_fails_is_left_alone_for_a_while(server: tuple[type[StandIn], str]) -> None:
    handler, address = server
    now = [0.0]
    rules = http_rules(address, circuit_failures=2, circuit_pause_seconds=30, http_attempts=1)
    system = HttpSystem(rules, clock=lambda: now[0])
    handler.answers = [(500, b""), (500, b"")]
    for _ in range(3):
        with pytest.raises(SystemAway):
            system.look_up(NUMBER)
    assert len(handler.asked) == 2
    now[0] = 31
    assert system.look_up(NUMBER)


def test_nobody_there_means_away() -> None:
    with pytest.raises(SystemAway):
        HttpSystem(http_rules("http://127.0.0.1:9/api", http_attempts=1)).look_up(NUMBER)
