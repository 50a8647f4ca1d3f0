"""The token in the database: sealed, whole, and fetched by one of many threads and processes."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.database import Database
from bot.db.vault import Vault
from bot.wechat.model import TokenRow
from bot.wechat.token_store import DatabaseTokenStore
from connectors.wechat.calls import Calls
from connectors.wechat.tokens import Token, Tokens
from tests.unit.connectors.wechat_client.platform import ACCOUNT, API, TOKEN_PATH, Clock, Platform, served

KEY = Fernet.generate_key().decode()
VAULT = Vault(KEY)
AT_ONCE = 10


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> DatabaseTokenStore:
    return DatabaseTokenStore(database, VAULT, ACCOUNT.app_id, clock)


def token_of(clock: Clock, value: str = "token-1") -> Token:
    return Token(value, clock.now + timedelta(hours=2), clock.now + timedelta(hours=1))


def test_nothing_is_read_before_the_first(store: DatabaseTokenStore) -> None:
    assert store.read() is None
    assert store.begin_refresh("a", 30)
    assert store.read() is None


def test_a_token_comes_back_as_it_was_and_lies_sealed(
    database: Database, store: DatabaseTokenStore, clock: Clock
) -> None:
    assert store.begin_refresh("a", 30)
    assert store.put(token_of(clock), "a")
    assert store.read() == token_of(clock)
    with database.transaction() as session:
        (row,) = session.scalars(select(TokenRow))
    assert row.token is not None and "token-1" not in row.token
    assert (row.refreshing_by, row.refreshing_until) == (None, None)


def test_a_second_refresh_waits_for_the_first(store: DatabaseTokenStore, clock: Clock) -> None:
    assert store.begin_refresh("a", 30)
    assert not store.begin_refresh("b", 30) and not store.begin_refresh("a", 30)
    assert store.put(token_of(clock), "b") is False and store.read() is None
    store.end_refresh("b", 0)
    assert not store.begin_refresh("b", 30)
    assert store.put(token_of(clock), "a")
    assert store.begin_refresh("b", 30)


def test_a_refresh_runs_out(store: DatabaseTokenStore, clock: Clock) -> None:
    assert store.begin_refresh("killed", 30)
    clock.now += timedelta(seconds=30)
    assert store.begin_refresh("b", 30)
    assert store.put(token_of(clock), "killed") is False


def test_a_failed_refresh_keeps_everybody_off_for_a_while(store: DatabaseTokenStore, clock: Clock) -> None:
    assert store.begin_refresh("a", 30)
    store.end_refresh("a", 2)
    assert not store.begin_refresh("b", 30)
    clock.now += timedelta(seconds=2)
    assert store.begin_refresh("b", 30)
    store.end_refresh("b", 0)
    assert store.begin_refresh("c", 30)


def test_accounts_do_not_share(database: Database, store: DatabaseTokenStore, clock: Clock) -> None:
    other = DatabaseTokenStore(database, VAULT, "wxother", clock)
    assert store.begin_refresh("a", 30) and other.begin_refresh("a", 30)
    store.put(token_of(clock), "a")
    assert other.read() is None


def test_a_token_sealed_with_another_key_is_none(database: Database, store: DatabaseTokenStore, clock: Clock) -> None:
    store.begin_refresh("a", 30)
    store.put(token_of(clock), "a")
    other = Vault(Fernet.generate_key().decode())
    assert DatabaseTokenStore(database, other, ACCOUNT.app_id, clock).read() is None


def _now() -> datetime:
    return datetime.now(UTC)


def _tokens(database: Database, platform: Platform) -> Tokens:
    store = DatabaseTokenStore(database, VAULT, ACCOUNT.app_id, _now)
    return Tokens(ACCOUNT, store, Calls(API, platform.http()), _now, lambda _: time.sleep(0.02))


@pytest.mark.parametrize("what", ["first", "due", "refused"])
def test_many_threads_fetch_once(database: Database, what: str) -> None:
    platform = Platform()
    expected, fetches, forced = {"token-1"}, 1, 0
    if what == "due":
        platform.life = 1  # due after half a second
    if what != "first":
        assert _tokens(database, platform).current() == "token-1"
        time.sleep(0.55 if what == "due" else 0)
        platform.life = 7200
        platform.issue()
        expected, fetches = {"token-1", "token-2"} if what == "due" else {"token-2"}, 2
    platform.delay = 0.1
    barrier = threading.Barrier(AT_ONCE)
    refreshers = [_tokens(database, platform) for _ in range(AT_ONCE)]  # as in as many processes

    def ask(tokens: Tokens) -> str:
        barrier.wait()
        return tokens.renew("token-1") if what == "refused" else tokens.current()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(ask, refreshers)) <= expected
    assert platform.count(TOKEN_PATH) == fetches
    assert platform.forced == forced
    assert refreshers[0].current() == ("token-1" if what == "first" else "token-2")


def _ask_in_a_process(url: str, key: str, api_url: str, barrier: object, answers: object) -> None:
    database = Database(url)
    with httpx.Client(trust_env=False) as http:
        store = DatabaseTokenStore(database, Vault(key), ACCOUNT.app_id, _now)
        tokens = Tokens(ACCOUNT, store, Calls(api_url, http), _now)
        barrier.wait(60)  # type: ignore[attr-defined]
        first = tokens.current()
        barrier.wait(60)  # type: ignore[attr-defined]
        answers.put((first, tokens.renew(first)))  # type: ignore[attr-defined]
    database.close()


def test_many_processes_fetch_once(tmp_database: Database) -> None:
    """All at once without any token, then all at once with one that WeChat refuses."""
    platform = Platform()
    platform.delay = 0.2
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(AT_ONCE), context.Queue()
    with served(platform) as api_url:
        arguments = (tmp_database.engine.url.render_as_string(False), KEY, api_url, barrier, answers)
        processes = [context.Process(target=_ask_in_a_process, args=arguments) for _ in range(AT_ONCE)]
        for process in processes:
            process.start()
        told = {answers.get(timeout=120) for _ in processes}
        for process in processes:
            process.join(30)
    assert told == {("token-1", "token-2")}
    assert (platform.count(TOKEN_PATH), platform.forced) == (3, 1)  # the first; the refused one again; a forced one
