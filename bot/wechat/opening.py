"""Our official account from the settings, and what talks to WeChat's server for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.settings import Settings, SettingsError
from bot.wechat.rules import wechat_rules
from bot.wechat.token_store import DatabaseTokenStore
from bot.wechat.transport import WeChatTransport
from connectors.wechat.account import Account, BadAccount, Mode
from connectors.wechat.calls import Calls
from connectors.wechat.client import WeChatClient
from connectors.wechat.tokens import Tokens


def account_of(settings: Settings) -> Account | None:
    """None where none is set; raises SettingsError for half a one, with the names of what is missing."""
    app_id, secret, token = settings.wechat_app_id, settings.wechat_app_secret, settings.wechat_token
    given = {"WENBAN_WECHAT_APP_ID": app_id, "WENBAN_WECHAT_APP_SECRET": secret, "WENBAN_WECHAT_TOKEN": token}
    if not any((*given.values(), settings.wechat_aes_key)):
        return None
    if not (app_id and secret and token):
        missing = ", ".join(name for name, value in given.items() if not value)
        raise SettingsError(f"{missing}: set app id, app secret and token together, or none of them")
    for name, url in (("API", settings.wechat_api_url), ("OPEN", settings.wechat_open_url)):
        if not url.startswith(("https://", "http://")):
            raise SettingsError(f"WENBAN_WECHAT_{name}_URL: must begin with https:// or http://")
    try:
        return Account(app_id, secret, token, settings.wechat_aes_key, Mode(settings.wechat_mode))
    except BadAccount as error:
        raise SettingsError(f"WENBAN_WECHAT_AES_KEY: {error}") from error


@contextmanager
def open_client(
    settings: Settings, database: Database, vault: Vault, clock: Callable[[], datetime]
) -> Iterator[WeChatClient | None]:
    """A client with connections of its own, None without an account; the token is shared by all processes through the
    database."""
    account = account_of(settings)
    if account is None:
        yield None
        return
    with httpx.Client(trust_env=False, follow_redirects=False) as http:
        calls = Calls(settings.wechat_api_url, http)
        store = DatabaseTokenStore(database, vault, account.app_id, clock)
        yield WeChatClient(account, calls, Tokens(account, store, calls, clock=clock))


@contextmanager
def open_channel(desk: Desk, clock: Callable[[], datetime]) -> Iterator[dict[str, WeChatTransport]]:
    """The outbox's transport for citizens in WeChat, by the name of the channel; none without an account."""
    with open_client(desk.settings, desk.database, desk.vault, clock) as client:
        if client is None:
            yield {}
            return
        rules, base_url = wechat_rules(desk.rules), desk.settings.base_url
        yield {"wechat": WeChatTransport(desk.database, client, rules, clock, base_url)}
