"""`wenban wechat` against the stand-in: the menu, QR codes, and what is said when something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.settings import ROOT
from connectors.wechat_standin.environment import environment
from connectors.wechat_standin.serve import StandIn, running_standin

RUN = CliRunner()


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """The platform, with the settings that name it and an empty database."""
    with running_standin() as running:
        told = {
            **environment(running.platform.account, running.url),
            "WENBAN_BASE_URL": "https://hall.example",
            "WENBAN_DATABASE_URL": f"sqlite:///{tmp_path / 'cli.sqlite3'}",
        }
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        yield running


def test_the_menu_of_the_rules_is_published_and_shown(standin: StandIn) -> None:
    published = RUN.invoke(app, ["wechat", "menu", "publish"])
    assert published.exit_code == 0, published.output
    entries = [entry for column in (standin.platform.menu or {})["button"] for entry in column["sub_button"]]
    assert {"type": "click", "name": "预约", "key": "says:我要预约"}.items() <= entries[3].items()
    assert "https://hall.example/m/appointments" in [entry.get("url") for entry in entries]
    shown = RUN.invoke(app, ["wechat", "menu", "show"])
    assert shown.exit_code == 0 and "says:我要预约" in shown.output


def test_a_menu_with_pages_needs_their_address(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENBAN_BASE_URL")
    refused = RUN.invoke(app, ["wechat", "menu", "publish"])
    assert refused.exit_code == 1 and "WENBAN_BASE_URL" in refused.output
    assert not standin.platform.menu


def test_a_code_for_each_window(standin: StandIn, tmp_path: Path) -> None:
    written = RUN.invoke(app, ["wechat", "qr", "A01", "B02", "--out", str(tmp_path)])
    assert written.exit_code == 0, written.output
    assert {file.name for file in tmp_path.glob("*.png")} == {"window-A01.png", "window-B02.png"}
    assert "window:A01" in str(standin.platform.qr_codes)


def test_an_unknown_window_writes_no_code_at_all(standin: StandIn, tmp_path: Path) -> None:
    refused = RUN.invoke(app, ["wechat", "qr", "A01", "Z99", "--out", str(tmp_path)])
    assert refused.exit_code == 1 and "Z99" in refused.output
    assert not list(tmp_path.glob("*.png")) and not standin.platform.qr_codes


def test_what_the_platform_refuses_is_told_with_its_code(standin: StandIn) -> None:
    standin.platform.add_fault("/cgi-bin/menu/create", 48001, 9)
    refused = RUN.invoke(app, ["wechat", "menu", "publish"])
    assert refused.exit_code == 1 and "48001" in refused.output


def test_without_an_account_it_says_which_settings_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.sqlite3'}")
    refused = RUN.invoke(app, ["wechat", "menu", "show"])
    assert refused.exit_code == 1 and "WENBAN_WECHAT_APP_ID" in refused.output


def test_half_an_account_is_refused(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENBAN_WECHAT_TOKEN")
    refused = RUN.invoke(app, ["wechat", "menu", "show"])
    assert refused.exit_code == 1 and "WENBAN_WECHAT_TOKEN" in refused.output


def test_the_docs_name_every_command() -> None:
    told = (ROOT / "docs" / "wechat.md").read_text(encoding="utf-8")
    assert all(f"wenban wechat {command}" in told for command in ("simulate", "menu publish", "qr"))
