"""Who is who: links, sessions, WeChat's OAuth, and forms of other pages."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.mobile import oauth, session
from bot.mobile.session import Purpose, seal, unseal
from tests.unit.bot.mobile.helpers import MINE, THEIRS, VAULT, book, enter, link, now

PERSONAL = ("/m/appointments", "/m/cases")


class WeChat:
    """An account whose codes are openids written backwards."""

    def __init__(self, *broken: str) -> None:
        self.asked: list[str] = []
        self._broken = broken

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        return f"https://open.weixin.example/connect?redirect_uri={redirect_uri}&state={state}"

    def openid_of_code(self, code: str) -> str:
        self.asked.append(code)
        if code in self._broken:
            raise RuntimeError("no such code")
        return code[::-1]


@pytest.mark.parametrize("path", PERSONAL)
def test_a_stranger_is_told_how_to_come_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401 and "回到对话" in answer.text and "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("path", [*PERSONAL, "/m/rating?code=GA-003", "/m/guides/GA-003?d=fees"])
def test_a_link_opens_a_session_and_leaves_the_address(client: TestClient, path: str) -> None:
    answer = client.get(link(path))
    assert answer.status_code == 303 and answer.headers["location"] == path
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/m" in cookie and "Max-Age=1800" in cookie
    assert "Secure" not in cookie and MINE not in cookie
    assert client.get(path).status_code == 200


def test_cookies_are_for_tls_alone_where_the_hall_has_it(secure_client: TestClient) -> None:
    assert "Secure" in secure_client.get(link("/m/cases")).headers["set-cookie"]


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_link_that_is_over_opens_nothing(client: TestClient, minutes: int) -> None:
    answer = client.get(link("/m/cases", minutes=minutes))
    assert answer.status_code == 303 and answer.headers["location"] == "/m/cases"
    assert "set-cookie" not in answer.headers and client.get("/m/cases").status_code == 401


def test_a_link_is_good_for_its_minutes(client: TestClient) -> None:
    early = now() - timedelta(minutes=29)
    assert "set-cookie" in client.get(link("/m/cases", minutes=30, at=early)).headers


@pytest.mark.parametrize("purpose", [Purpose.SESSION, Purpose.FORM, Purpose.OAUTH])
def test_a_token_for_something_else_is_no_link(client: TestClient, purpose: Purpose) -> None:
    token = seal(VAULT, purpose, now(), 30, sender_key=MINE, channel="wechat", about="rating", id="1")
    assert "set-cookie" not in client.get("/m/cases", params={"t": token}).headers


@pytest.mark.parametrize("purpose", [Purpose.LINK, Purpose.FORM, Purpose.OAUTH])
def test_a_token_for_something_else_is_no_session(client: TestClient, purpose: Purpose) -> None:
    token = seal(VAULT, purpose, now(), 30, sender_key=MINE, channel="wechat")
    client.cookies.set(session.COOKIE, token)
    assert client.get("/m/cases").status_code == 401


def test_a_session_ends(client: TestClient) -> None:
    token = seal(VAULT, Purpose.SESSION, now() - timedelta(minutes=31), 30, sender_key=MINE, channel="wechat")
    client.cookies.set(session.COOKIE, token)
    assert client.get("/m/cases").status_code == 401


def test_what_the_vault_sealed_for_others_is_no_token() -> None:
    for text in ("王女士", "[]", "7", "null", '{"exp": 99999999999}'):
        assert unseal(VAULT, Purpose.LINK, VAULT.seal(text), now()) is None


@given(st.text(max_size=60))
def test_no_text_is_a_token(text: str) -> None:
    assert unseal(VAULT, Purpose.LINK, text, now()) is None


@given(st.integers(0, 200), st.integers(1, 63))
def test_a_token_that_was_changed_is_none(at: int, by: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = seal(VAULT, Purpose.LINK, now(), 30, sender_key=MINE, channel="wechat")
    changed = letters[(letters.index(token[at]) + by) % 64] if token[at] in letters else "A"
    assert unseal(VAULT, Purpose.LINK, token[:at] + changed + token[at + 1 :], now()) is None


def test_only_a_senders_key_makes_a_visitor(client: TestClient) -> None:
    assert "set-cookie" not in client.get(link("/m/cases", sender_key="' or 1=1 --")).headers


def test_a_new_link_takes_the_browser_over(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client)
    assert row.number in client.get("/m/appointments").text
    enter(client, THEIRS)
    assert row.number not in client.get("/m/appointments").text


def test_wechat_says_who_it_is(client: TestClient, app: FastAPI, desk: Desk) -> None:
    app.state.wechat_oauth = wechat = WeChat()
    row = book(desk, VAULT.sender_key("wechat", "openid-1"))
    answer = client.get("/m/appointments?cancelled=x")
    assert answer.status_code == 303 and "HttpOnly" in answer.headers["set-cookie"]
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["redirect_uri"] == ["http://localhost/m/oauth"]
    back = client.get("/m/oauth", params={"code": "1-dinepo", "state": query["state"][0]})
    assert back.status_code == 303 and back.headers["location"] == "/m/appointments?cancelled=x"
    assert row.number in client.get("/m/appointments").text and wechat.asked == ["1-dinepo"]
    again = client.get("/m/oauth", params={"code": "1-dinepo", "state": query["state"][0]})
    assert again.status_code == 400, "a state is good for once"


@pytest.mark.parametrize("change", [{"state": "x" * 32}, {"state": ""}, {"code": ""}, {"code": "x" * 600}])
def test_a_state_that_does_not_fit_is_refused(client: TestClient, app: FastAPI, change: dict[str, str]) -> None:
    app.state.wechat_oauth = wechat = WeChat()
    location = client.get("/m/cases").headers["location"]
    sent = {"code": "1-dinepo", "state": parse_qs(urlsplit(location).query)["state"][0]}
    answer = client.get("/m/oauth", params={**sent, **change})
    assert answer.status_code == 400 and wechat.asked == [] and client.get("/m/cases").status_code == 303


def test_another_browsers_state_is_refused(client: TestClient, app: FastAPI) -> None:
    app.state.wechat_oauth = wechat = WeChat()
    state = parse_qs(urlsplit(client.get("/m/cases").headers["location"]).query)["state"][0]
    client.cookies.clear()
    assert client.get("/m/oauth", params={"code": "1-dinepo", "state": state}).status_code == 400
    assert wechat.asked == []


def test_wechat_away_is_said_kindly(client: TestClient, app: FastAPI) -> None:
    app.state.wechat_oauth = WeChat("bad")
    state = parse_qs(urlsplit(client.get("/m/cases").headers["location"]).query)["state"][0]
    answer = client.get("/m/oauth", params={"code": "bad", "state": state})
    assert answer.status_code == 503 and "很抱歉" in answer.text and session.COOKIE not in client.cookies


def test_without_an_account_there_is_no_oauth(client: TestClient) -> None:
    assert client.get("/m/oauth?code=1&state=2").status_code == 404


def test_public_pages_ask_nobody(client: TestClient, app: FastAPI) -> None:
    app.state.wechat_oauth = WeChat()
    for path in ("/m/guides", "/m/guides/GA-003", "/m/rating"):
        assert client.get(path).status_code == 200


def test_a_form_is_never_sent_on_to_wechat(client: TestClient, app: FastAPI, desk: Desk) -> None:
    app.state.wechat_oauth = WeChat()
    row = book(desk)
    assert client.post(f"/m/appointments/{row.number}/cancel", data={"token": "x"}).status_code == 401


def test_states_are_compared_whole() -> None:
    state = oauth.new_state()
    assert oauth.is_state(state, state) and not oauth.is_state("", "") and not oauth.is_state(state, state[:-1])
    assert state.isalnum() and len(state) <= 128
