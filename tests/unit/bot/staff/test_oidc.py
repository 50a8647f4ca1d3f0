"""Log-in at the city's identity provider, against a stand-in that can be made to lie."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from authlib.integrations.httpx_client._compat import httpx2
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select, update

from bot.audit.model import Wanted
from bot.audit.service import entries
from bot.db.database import Database
from bot.staff.access import COOKIE
from bot.staff.model import OidcStateRow
from bot.staff.oidc import Oidc, OidcSettings
from bot.staff.oidc_routes import BROWSER_COOKIE
from tests.unit.bot.staff.helpers import NOW, account, app_with, browser, kind, put
from tests.unit.bot.staff.oidc_provider import CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT, Provider

LOGIN, CALLBACK, SESSION = "/api/v1/staff/oidc/login", "/api/v1/staff/oidc/callback", "/api/v1/staff/session"
SETTINGS = OidcSettings(ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def client(database: Database, provider: Provider) -> TestClient:
    """A browser before log-in; `wang` has no password and is linked to the provider's `sub-wang`."""
    put(database, account("wang", oidc_subject="sub-wang", password_hash=None), account("li"))
    oidc = Oidc(SETTINGS, httpx2.ASGITransport(provider.app))
    return browser(app_with(database, oidc))


def begin(client: TestClient) -> str:
    """The address of the provider that the browser is sent to."""
    response = client.get(LOGIN)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def come_back(client: TestClient, provider: Provider) -> Any:
    return client.get(f"{CALLBACK}?{provider.log_in(begin(client))}")


def last_action(database: Database) -> tuple[str, dict[str, Any]]:
    with database.transaction() as session:
        (entry,) = entries(session, Wanted(), 1)
    return entry.action, entry.details


def test_a_linked_account_gets_a_session(client: TestClient, provider: Provider, database: Database) -> None:
    response = come_back(client, provider)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert client.get(SESSION).json()["staff"]["username"] == "wang"
    assert BROWSER_COOKIE not in client.cookies
    assert last_action(database) == ("staff.logged_in", {"method": "oidc"})


def test_the_browser_is_sent_with_fresh_secrets(client: TestClient, database: Database) -> None:
    first, second = begin(client), begin(client)
    assert first != second
    with database.transaction() as session:
        rows = session.scalars(select(OidcStateRow)).all()
    assert len({row.nonce for row in rows} | {row.code_verifier for row in rows}) == 4
    assert all(row.code_verifier not in first + second and row.state_hash not in first + second for row in rows)


def test_a_session_from_before_ends(client: TestClient, provider: Provider) -> None:
    come_back(client, provider)
    old = client.cookies[COOKIE]
    come_back(client, provider)
    assert client.cookies[COOKIE] != old
    client.cookies.clear()
    client.cookies.set(COOKIE, old)
    assert kind(client.get(SESSION)) == "401 not-signed-in"


def _claim(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update({name: value}) if value is not None else claims.pop(name)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonce", "another"), ("nonce", None), ("nonce", ""), ("aud", "another-client"), ("aud", None), ("aud", []),
        ("aud", [CLIENT_ID, "another-client"]), ("azp", "another-client"), ("iss", "https://evil.example"),
        ("iss", None), ("iss", f"{ISSUER}/"), ("exp", 1), ("exp", None), ("exp", "soon"), ("iat", None),
        ("iat", 4102444800), ("sub", None), ("sub", ""), ("sub", "sub-wang\0"), ("sub", 7), ("at_hash", "wrong"),
        ("sub", "x" * 256),
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_ours_is_refused(
    client: TestClient, provider: Provider, database: Database, name: str, value: Any
) -> None:
    provider.lie = _claim(name, value)
    response = come_back(client, provider)
    assert kind(response) == "401 oidc-failed" and COOKIE not in client.cookies
    assert last_action(database) == ("staff.login_failed", {"method": "oidc"})


def test_a_clock_may_differ_by_a_minute_but_no_more(client: TestClient, provider: Provider) -> None:
    provider.lie = _claim("exp", int(time.time()) - 30)
    assert come_back(client, provider).status_code == 303
    provider.lie = _claim("exp", int(time.time()) - 90)
    assert kind(come_back(client, provider)) == "401 oidc-failed"


def test_a_signature_by_another_key_is_refused(client: TestClient, provider: Provider) -> None:
    provider.sign_with = RSAKey.generate_key(2048, {"kid": "k1"})
    assert kind(come_back(client, provider)) == "401 oidc-failed"


@pytest.mark.parametrize("offered", [None, ["HS256", "none", "RS256"]])
def test_the_client_secret_signs_nothing(client: TestClient, provider: Provider, offered: list[str] | None) -> None:
    provider.metadata["id_token_signing_alg_values_supported"] = offered
    provider.sign_with, provider.algorithm = OctKey.import_key(CLIENT_SECRET), "HS256"
    assert kind(come_back(client, provider)) == "401 oidc-failed"


def test_a_new_key_of_the_provider_is_taken_at_once(client: TestClient, provider: Provider) -> None:
    assert come_back(client, provider).status_code == 303
    provider.key = provider.sign_with = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    assert come_back(client, provider).status_code == 303


def test_a_state_is_used_once(client: TestClient, provider: Provider) -> None:
    url = begin(client)
    browser_token = client.cookies[BROWSER_COOKIE]
    assert client.get(f"{CALLBACK}?{provider.log_in(url)}").status_code == 303
    client.cookies.clear()
    client.cookies.set(BROWSER_COOKIE, browser_token)
    assert kind(client.get(f"{CALLBACK}?{provider.log_in(url)}")) == "401 oidc-failed"


def test_a_failed_try_uses_the_state_up_too(client: TestClient, provider: Provider) -> None:
    query = provider.log_in(begin(client))
    state = query.split("state=")[1]
    assert kind(client.get(f"{CALLBACK}?state={state}&code=wrong")) == "401 oidc-failed"
    assert kind(client.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"


def test_another_browser_cannot_use_the_state(client: TestClient, provider: Provider) -> None:
    """Otherwise a link would log a clerk in to somebody else's account."""
    query = provider.log_in(begin(client))
    victim = browser(client.app)  # type: ignore[arg-type]
    assert kind(victim.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"
    begin(victim)
    assert kind(victim.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"
    assert client.get(f"{CALLBACK}?{query}").status_code == 303


def test_a_state_is_over_in_time(client: TestClient, provider: Provider, database: Database) -> None:
    query = provider.log_in(begin(client))
    with database.transaction() as session:
        session.execute(update(OidcStateRow).values(expires_at=NOW.replace(year=2020)))
    assert kind(client.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"
    begin(client)
    with database.transaction() as session:
        assert len(session.scalars(select(OidcStateRow)).all()) == 1


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?state=x&code=y", "?error=access_denied&state=x"])
def test_whatever_else_comes_back_is_refused(client: TestClient, query: str) -> None:
    begin(client)
    assert kind(client.get(f"{CALLBACK}{query}")) == "401 oidc-failed"


def test_the_code_verifier_has_to_be_that_of_this_log_in(
    client: TestClient, provider: Provider, database: Database
) -> None:
    query = provider.log_in(begin(client))
    with database.transaction() as session:
        session.execute(update(OidcStateRow).values(code_verifier="v" * 43))
    assert kind(client.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"


@pytest.mark.parametrize("subject", ["sub-unknown", "li"])
def test_an_identity_without_an_account_is_sent_to_the_administrator(
    client: TestClient, provider: Provider, database: Database, subject: str
) -> None:
    provider.subject = subject
    assert kind(come_back(client, provider)) == "403 oidc-unknown"
    assert COOKIE not in client.cookies and last_action(database)[0] == "staff.login_failed"


def test_a_provider_that_takes_the_secret_in_the_form(client: TestClient, provider: Provider) -> None:
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert come_back(client, provider).status_code == 303


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://evil.example"}, {"authorization_endpoint": None}, {"issuer": 1}, {"token_endpoint": 1}],
)
def test_a_discovery_that_is_wrong_is_not_followed(
    client: TestClient, provider: Provider, change: dict[str, Any]
) -> None:
    provider.metadata = {key: value for key, value in (provider.metadata | change).items() if value is not None}
    assert kind(client.get(LOGIN)) == "503 oidc-failed"


def test_a_provider_that_is_away(client: TestClient, provider: Provider) -> None:
    query = provider.log_in(begin(client))
    provider.status = 500
    assert kind(client.get(LOGIN)) == "503 oidc-failed"
    assert kind(client.get(f"{CALLBACK}?{query}")) == "401 oidc-failed"


def test_settings_show_no_secret_and_want_tls() -> None:
    assert CLIENT_SECRET not in repr(SETTINGS)
    for issuer in ("http://id.city.example", "id.city.example", ""):
        with pytest.raises(ValueError, match="https"):
            OidcSettings(issuer, CLIENT_ID, CLIENT_SECRET, REDIRECT)
    assert OidcSettings("http://127.0.0.1:9000", CLIENT_ID, CLIENT_SECRET, REDIRECT)
