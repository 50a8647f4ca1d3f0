"""An account is set whole or not at all, and what is missing is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.db.database import Database
from bot.desk import Desk
from bot.settings import Settings, SettingsError
from bot.wechat.opening import account_of, open_channel, open_client
from bot.wechat.transport import WeChatTransport
from connectors.wechat.account import Account, Mode
from connectors.wechat.client import WeChatClient
from tests.unit.bot.wechat.helpers import VAULT, desk_of

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SECRETS = {"app_secret": "the-app-secret", "token": "TheCallbackToken", "aes_key": AES_KEY}
WHOLE = {"app_id": "wx5823bf96d3bd56c7", **SECRETS}
NONE = {"app_id": None, "app_secret": None, "token": None, "aes_key": None}


def settings_of(settings: Settings, **given: Any) -> Settings:
    """An account of these values alone, whatever the environment says."""
    changes = {f"wechat_{name}": value for name, value in {**NONE, "mode": "encrypted", **given}.items()}
    return settings.model_copy(update=changes)


def clock() -> datetime:
    return datetime.now(UTC)


def desk_with(database: Database, **given: Any) -> Desk:
    desk = desk_of(database)
    return replace(desk, settings=settings_of(desk.settings, **given))


def test_no_account_is_none(settings: Settings) -> None:
    assert account_of(settings_of(settings)) is None
    assert account_of(settings_of(settings, mode="plain", api_url="nonsense")) is None


def test_a_whole_account(settings: Settings) -> None:
    expected = Account("wx5823bf96d3bd56c7", "the-app-secret", "TheCallbackToken", AES_KEY, Mode.ENCRYPTED)
    assert account_of(settings_of(settings, **WHOLE)) == expected
    plain = account_of(settings_of(settings, **{**WHOLE, "aes_key": None, "mode": "plain"}))
    assert plain is not None and (plain.mode, plain.aes_key) == (Mode.PLAIN, None)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"app_id": None}, ["WENBAN_WECHAT_APP_ID:"]),
        ({"app_secret": None}, ["WENBAN_WECHAT_APP_SECRET:"]),
        ({"token": ""}, ["WENBAN_WECHAT_TOKEN:"]),
        ({"app_secret": None, "token": None}, ["WENBAN_WECHAT_APP_SECRET,", "WENBAN_WECHAT_TOKEN:"]),
        (
            {"app_id": None, "app_secret": None, "token": None},
            ["WENBAN_WECHAT_APP_ID,", "WENBAN_WECHAT_APP_SECRET,", "WENBAN_WECHAT_TOKEN:"],
        ),
        ({"aes_key": None}, ["WENBAN_WECHAT_AES_KEY:"]),
        ({"aes_key": None, "mode": "compatible"}, ["WENBAN_WECHAT_AES_KEY:"]),
        ({"aes_key": AES_KEY[:-1]}, ["WENBAN_WECHAT_AES_KEY:"]),
        ({"aes_key": AES_KEY[:-1], "mode": "plain"}, ["WENBAN_WECHAT_AES_KEY:"]),
        ({"api_url": "api.weixin.qq.com"}, ["WENBAN_WECHAT_API_URL:"]),
        ({"open_url": "ftp://open.weixin.qq.com"}, ["WENBAN_WECHAT_OPEN_URL:"]),
    ],
)
def test_half_an_account_is_refused_by_name(settings: Settings, changes: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        account_of(settings_of(settings, **{**WHOLE, **changes}))
    text = str(caught.value)
    assert all(name in text for name in named)
    assert text.split(": ")[0].count("WENBAN_") == len(named), "and nothing that is there"
    assert not any(secret in text for secret in SECRETS.values())


def test_without_an_account_there_is_no_way_to_wechat(tmp_database: Database) -> None:
    desk = desk_with(tmp_database)
    with open_channel(desk, clock) as channel:
        assert channel == {}
    with open_client(desk.settings, desk.database, VAULT, clock) as client:
        assert client is None


def test_with_an_account_there_is(tmp_database: Database) -> None:
    desk = desk_with(tmp_database, **WHOLE)
    with open_channel(desk, clock) as channel:
        assert list(channel) == ["wechat"] and isinstance(channel["wechat"], WeChatTransport)
    with open_client(desk.settings, desk.database, VAULT, clock) as client:
        assert isinstance(client, WeChatClient)


def test_half_an_account_opens_nothing(tmp_database: Database) -> None:
    desk = desk_with(tmp_database, app_id="wx5823bf96d3bd56c7")
    with pytest.raises(SettingsError, match="WENBAN_WECHAT_APP_SECRET"), open_channel(desk, clock):
        pytest.fail("it was opened")
