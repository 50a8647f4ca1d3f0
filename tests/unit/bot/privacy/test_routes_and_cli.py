"""Requests about personal data: by administrators over HTTP, and from the command line."""

import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi import FastAPI
from typer.testing import CliRunner

from bot.audit.model import AuditEntry, Wanted
from bot.audit.service import entries
from bot.cli import privacy as cli
from bot.db.database import Database
from bot.outbox.model import OutboxRow
from bot.privacy import jobs
from bot.privacy.routes import routes
from bot.staff.model import Role
from tests.unit.bot.consultations.helpers import TELEPHONE, VAULT
from tests.unit.bot.privacy.helpers import consultation, ids, message, put, turn
from tests.unit.bot.staff import helpers as staff
from tests.unit.helpers import SENDER_KEY

BASE = "/api/v1/staff/privacy"


@pytest.fixture
def app(database: Database) -> FastAPI:
    made = staff.app_with(database)
    made.state.desk = replace(made.state.desk, vault=VAULT)
    made.include_router(routes())
    rows = (staff.account("boss", Role.ADMINISTRATOR), staff.account("chief", Role.SUPERVISOR), staff.account("clerk"))
    staff.put(database, *rows)
    return made


def as_(app: FastAPI, username: str) -> Any:
    client = staff.browser(app)
    assert staff.log_in(client, username).status_code == 200
    return client


def audited(database: Database, action: str) -> AuditEntry:
    with database.transaction() as session:
        (entry,) = entries(session, Wanted(action=action), 9)
    return entry


def test_an_administrator_hands_out_and_deletes(database: Database, app: FastAPI) -> None:
    put(database, consultation("c", "closed", 1), consultation("o", "open", None))
    client = as_(app, "boss")
    told = client.post(f"{BASE}/export", json={"telephone": "138 0000 1111"})
    assert told.headers["cache-control"] == "no-store"
    assert {row["name"] for row in told.json()["data"]["consultations"]} == {"王小明"}
    done = client.post(f"{BASE}/delete", json={"telephone": TELEPHONE}).json()
    assert done["blanked"] == {"consultations": 1} and [k["holding"] for k in done["kept"]] == ["consultations"]
    assert audited(database, "privacy.export").details == {"rows": {"consultations": 2}}
    entry = audited(database, "privacy.delete")
    assert entry.username == "boss" and re.fullmatch("citizen:[0-9a-f]{16}", entry.subject)


def test_by_the_key_of_a_sender(database: Database, app: FastAPI) -> None:
    put(database, turn("1", 3))
    told = as_(app, "boss").post(f"{BASE}/export", json={"sender_key": SENDER_KEY})
    assert list(told.json()["data"]) == ["turns"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"telephone": TELEPHONE, "sender_key": SENDER_KEY}, 422), ({"telephone": "123"}, 422),
        ({"sender_key": "abc"}, 422), ({"telephone": TELEPHONE, "more": 1}, 422),
    ],
)  # fmt: skip
def test_bad_requests(app: FastAPI, body: dict[str, str], status: int) -> None:
    client = as_(app, "boss")
    assert client.post(f"{BASE}/export", json=body).status_code == status
    assert client.post(f"{BASE}/delete", json=body).status_code == status


@pytest.mark.parametrize("username", ["chief", "clerk"])
def test_nobody_else_may(app: FastAPI, username: str) -> None:
    client = as_(app, username)
    assert client.get(f"{BASE}/retention").status_code == 403
    for deed in ("export", "delete"):
        assert client.post(f"{BASE}/{deed}", json={"telephone": TELEPHONE}).status_code == 403


def test_what_is_kept_how_long_and_what_goes_next(database: Database, app: FastAPI) -> None:
    put(database, message("old", 3000))
    kinds = {kind["holding"]: kind for kind in as_(app, "boss").get(f"{BASE}/retention").json()}
    assert kinds["outbox"] == {"holding": "outbox", "days": 180, "then": "delete", "due": 1}
    assert kinds["audit_log"]["days"] is None


def test_the_daily_job_purges(database: Database, app: FastAPI) -> None:
    put(database, message("old", 3000))
    (job,) = jobs.jobs()
    job.run(app.state.desk, staff.NOW)
    assert ids(database, OutboxRow) == [] and job.every.days == 1


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The commands on a database of their own."""
    monkeypatch.setenv("WENBAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("WENBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.sqlite3'}")
    from bot.secrets import data_key
    from bot.settings import load_settings

    key = data_key(load_settings())
    monkeypatch.setenv("WENBAN_DATA_KEY", key)
    made = typer.Typer()
    made.command("purge")(cli.purge)
    made.add_typer(cli.privacy, name="privacy")
    return made


@pytest.fixture
def filled(commands: typer.Typer, tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'cli.sqlite3'}")
    database.migrate()
    put(database, message("old", 3000), turn("1", 3))
    return database


def call(commands: typer.Typer, *words: str, **more: Any) -> Any:
    return CliRunner().invoke(commands, list(words), **more)


def test_purge_counts_then_deletes(commands: typer.Typer, filled: Database) -> None:
    assert "将处理 1 条" in call(commands, "purge", "--dry-run").output
    assert ids(filled, OutboxRow) == ["old"]
    done = call(commands, "purge")
    assert done.exit_code == 0 and "outbox: 1" in done.output and ids(filled, OutboxRow) == []


def test_export_to_the_screen_and_to_a_file_that_only_its_owner_reads(
    commands: typer.Typer, filled: Database, tmp_path: Path
) -> None:
    shown = call(commands, "privacy", "export", "--sender-key", SENDER_KEY)
    assert json.loads(shown.output)["data"]["turns"][0]["text"] == "我叫王小明"
    file = tmp_path / "export.json"
    assert call(commands, "privacy", "export", "--sender-key", SENDER_KEY, "--output", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "我叫王小明" in file.read_text(encoding="utf-8")
    again = call(commands, "privacy", "export", "--sender-key", SENDER_KEY, "--output", str(file))
    assert again.exit_code == 1, "what is there is not overwritten"


def test_delete_asks_first(commands: typer.Typer, filled: Database) -> None:
    asked = call(commands, "privacy", "delete", "--sender-key", SENDER_KEY, input="n\n")
    assert asked.exit_code == 1 and ids(filled, OutboxRow) == ["old"]
    done = call(commands, "privacy", "delete", "--sender-key", SENDER_KEY, "--yes")
    assert done.exit_code == 0 and "已删除 outbox: 1" in done.output
    nothing = call(commands, "privacy", "delete", "--sender-key", SENDER_KEY, "--yes")
    assert "没有找到" in nothing.output


@pytest.mark.parametrize(
    "options",
    [[], ["--telephone", "123"], ["--sender-key", "abc"], ["--telephone", TELEPHONE, "--sender-key", SENDER_KEY]],
)
def test_wrong_options_are_told(commands: typer.Typer, filled: Database, options: list[str]) -> None:
    for deed in ("export", "delete"):
        assert call(commands, "privacy", deed, *options).exit_code == 1
