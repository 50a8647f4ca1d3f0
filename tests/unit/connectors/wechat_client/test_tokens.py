"""The access token: fetched once, renewed early, shared; never fetched without end."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connectors.wechat.calls import Calls
from connectors.wechat.errors import Misconfigured, TryAgain
from connectors.wechat.tokens import Token, Tokens
from tests.unit.connectors.wechat_client.platform import (
    ACCOUNT,
    API,
    TOKEN_PATH,
    Clock,
    MemoryStore,
    Platform,
    calls_of,
)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def tokens(platform: Platform, clock: Clock, store: MemoryStore) -> Tokens:
    return Tokens(ACCOUNT, store, calls_of(platform, clock), clock, clock.sleep)


def test_the_first_token_is_asked_for_as_documented_and_then_kept(platform: Platform, tokens: Tokens) -> None:
    assert [tokens.current() for _ in range(3)] == ["token-1"] * 3
    assert platform.requests == [
        ("POST", TOKEN_PATH, {}, {
            "grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret,
            "force_refresh": False,
        }),
    ]  # fmt: skip


def test_a_token_is_renewed_within_the_last_five_minutes(platform: Platform, clock: Clock, tokens: Tokens) -> None:
    tokens.current()
    platform.issue()  # what WeChat hands out from five minutes before the end on
    clock.now += timedelta(seconds=7200 - 271)
    assert tokens.current() == "token-1" and platform.count(TOKEN_PATH) == 1
    clock.now += timedelta(seconds=2)
    assert tokens.current() == "token-2" and platform.count(TOKEN_PATH) == 2


@pytest.mark.parametrize("life", [1, 60, 300])
def test_a_short_life_does_not_mean_a_fetch_with_every_call(
    platform: Platform, clock: Clock, tokens: Tokens, life: int
) -> None:
    platform.life = life
    tokens.current()
    clock.now += timedelta(seconds=life * 0.09)
    tokens.current()
    assert platform.count(TOKEN_PATH) == 1


def test_while_one_renews_the_others_go_on_with_the_old_token(
    platform: Platform, clock: Clock, store: MemoryStore, tokens: Tokens
) -> None:
    tokens.current()
    clock.now += timedelta(seconds=7000)
    assert store.begin_refresh("another process", 30)
    assert tokens.current() == "token-1"
    assert platform.count(TOKEN_PATH) == 1 and clock.slept == []


def test_without_any_token_one_waits_for_what_another_fetches(
    clock: Clock, store: MemoryStore, platform: Platform
) -> None:
    assert store.begin_refresh("another process", 30)

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 3:
            store.put(
                Token("theirs", clock.now + timedelta(hours=2), clock.now + timedelta(hours=1)), "another process"
            )

    assert Tokens(ACCOUNT, store, calls_of(platform, clock), clock, sleep).current() == "theirs"
    assert len(clock.slept) == 3 and platform.count(TOKEN_PATH) == 0


def test_waiting_ends(clock: Clock, store: MemoryStore, tokens: Tokens, platform: Platform) -> None:
    assert store.begin_refresh("another process", 3600)
    with pytest.raises(TryAgain, match="no_token"):
        tokens.current()
    assert sum(clock.slept) == pytest.approx(8) and platform.count(TOKEN_PATH) == 0


def test_a_process_that_was_killed_while_fetching_is_taken_over(
    clock: Clock, store: MemoryStore, tokens: Tokens
) -> None:
    assert store.begin_refresh("a killed process", 30)
    clock.now += timedelta(seconds=31)
    assert tokens.current() == "token-1"
    assert store.put(Token("late", clock.now, clock.now), "a killed process") is False
    assert tokens.current() == "token-1"


def test_a_failed_renewal_leaves_the_old_token_in_use(platform: Platform, clock: Clock, tokens: Tokens) -> None:
    tokens.current()
    clock.now += timedelta(seconds=7000)
    platform.fail(TOKEN_PATH, *["timeout"] * 3)
    assert tokens.current() == "token-1"
    asked = platform.count(TOKEN_PATH)
    assert tokens.current() == "token-1" and platform.count(TOKEN_PATH) == asked  # a pause for everybody
    platform.issue()
    clock.now += timedelta(seconds=3)
    assert tokens.current() == "token-2"


def test_a_failed_renewal_with_nothing_left_is_an_error(platform: Platform, clock: Clock, tokens: Tokens) -> None:
    tokens.current()
    clock.now += timedelta(seconds=7300)
    platform.fail(TOKEN_PATH, -1, -1, -1)
    with pytest.raises(TryAgain):
        tokens.current()


@pytest.mark.parametrize("code", [40001, 40125, 40164, 40013])
def test_a_wrong_secret_or_address_is_told_at_once(platform: Platform, tokens: Tokens, code: int) -> None:
    platform.fail(TOKEN_PATH, code)
    with pytest.raises(Misconfigured) as caught:
        tokens.current()
    assert caught.value.code == code and platform.count(TOKEN_PATH) == 1


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": "x"}, {"access_token": "", "expires_in": 7200}, {"access_token": "x", "expires_in": 0}],
)
def test_an_answer_without_a_token_is_none(platform: Platform, tokens: Tokens, answer: object) -> None:
    platform.fail(TOKEN_PATH, json.dumps(answer).encode())
    with pytest.raises(TryAgain, match="no_token"):
        tokens.current()


def test_a_refused_token_is_replaced_by_what_wechat_hands_out_now(platform: Platform, tokens: Tokens) -> None:
    old = tokens.current()
    platform.issue()  # somebody else asked for a forced refresh
    assert tokens.renew(old) == "token-2" == tokens.current()
    assert platform.forced == 0


def test_a_forced_refresh_is_asked_for_only_when_wechat_refuses_what_it_hands_out(
    platform: Platform, tokens: Tokens
) -> None:
    assert tokens.renew(tokens.current()) == "token-2"
    assert platform.forced == 1


def test_forced_refreshes_are_rare(platform: Platform, clock: Clock, tokens: Tokens) -> None:
    """WeChat allows 20 a day: a fault on their side must not use them up."""
    for _ in range(30):
        tokens.renew(tokens.current())
        clock.now += timedelta(seconds=60)
    assert platform.forced == 1
    clock.now += timedelta(hours=1)
    tokens.renew(tokens.current())
    assert platform.forced == 2


def test_a_token_that_was_replaced_meanwhile_is_not_replaced_again(platform: Platform, tokens: Tokens) -> None:
    old = tokens.current()
    platform.issue()
    assert [tokens.renew(old) for _ in range(5)] == ["token-2"] * 5
    assert platform.count(TOKEN_PATH) == 2


@pytest.mark.parametrize("what", ["current", "renew"])
def test_ten_threads_at_once_fetch_once(platform: Platform, what: str) -> None:
    def clock() -> datetime:
        return datetime.now(UTC)

    tokens = Tokens(ACCOUNT, MemoryStore(clock), Calls(API, platform.http()), clock, lambda _: time.sleep(0.005))
    expected, fetches = "token-1", 1
    if what == "renew":
        tokens.current()
        platform.issue()
        expected, fetches = "token-2", 2
    platform.delay = 0.05
    barrier = threading.Barrier(10)

    def ask(_number: int) -> str:
        barrier.wait()
        return tokens.current() if what == "current" else tokens.renew("token-1")

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(ask, range(10))) == {expected}
    assert platform.count(TOKEN_PATH) == fetches
    assert platform.forced == 0


def test_a_token_does_not_show_its_value() -> None:
    assert "secret" not in repr(Token("secret", datetime.now(UTC), datetime.now(UTC)))
