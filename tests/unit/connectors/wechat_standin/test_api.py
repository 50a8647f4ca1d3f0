"""The server API: tokens, messages, media, menu, QR codes, faults."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from connectors.wechat_standin.model import Channel, Limits
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.serve import create_standin, running_standin
from tests.unit.connectors.wechat_standin.callback import OPENID

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
SAID = {"MsgType": "text", "Content": "您好"}


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> Platform:
    platform = Platform(clock=clock)
    platform.add_user(OPENID, "王女士")
    return platform


class Api:
    """Calls the server API with the current token."""

    def __init__(self, platform: Platform, http: httpx.AsyncClient) -> None:
        self.platform, self.http = platform, http

    async def token(self, **more: Any) -> dict[str, Any]:
        account = self.platform.account
        body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.secret, **more}
        return (await self.http.post("/cgi-bin/stable_token", json=body)).json()

    async def post(self, path: str, body: dict[str, Any] | bytes, token: str | None = None) -> dict[str, Any]:
        query = {"access_token": self.platform.tokens.get()[0] if token is None else token}
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return (await self.http.post(path, params=query, content=content)).json()

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.http.get(path, params={"access_token": self.platform.tokens.get()[0], **query})

    async def say(self, text: str = "您好", **more: Any) -> int:
        body = {"touser": OPENID, "msgtype": "text", "text": {"content": text}, **more}
        return (await self.post(CUSTOM, body))["errcode"]


@pytest_asyncio.fixture
async def api(platform: Platform) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(create_standin(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://standin") as http:
        yield Api(platform, http)


async def test_the_token_lives_its_life(api: Api, clock: Clock) -> None:
    first = await api.token()
    clock.pass_(minutes=100)
    again = await api.token()
    assert again["access_token"] == first["access_token"]
    assert (first["expires_in"], again["expires_in"]) == (7200, 1200)
    clock.pass_(minutes=16)
    second = await api.token()  # in its last five minutes
    assert second["access_token"] != first["access_token"]
    assert api.platform.tokens.refreshes == 2
    menu = {"button": [{"type": "click", "name": "办事", "key": "K"}]}
    for token in (first, second):
        assert (await api.post("/cgi-bin/menu/create", menu, token["access_token"]))["errcode"] == 0
    clock.pass_(minutes=5)
    assert (await api.post("/cgi-bin/menu/create", menu, first["access_token"]))["errcode"] == 42001
    assert (await api.post("/cgi-bin/menu/create", menu, second["access_token"]))["errcode"] == 0
    assert api.platform.tokens.requests == 3


async def test_forced_refresh(api: Api, clock: Clock) -> None:
    first, second = await api.token(), await api.token(force_refresh=True)
    assert second["access_token"] != first["access_token"]
    assert (await api.token(force_refresh=True))["access_token"] == second["access_token"]  # within 30 seconds
    assert (await api.post(CUSTOM, {}, first["access_token"]))["errcode"] == 40001
    clock.pass_(minutes=5)
    for _ in range(19):
        assert "access_token" in await api.token(force_refresh=True)
        clock.pass_(minutes=1)
    assert (await api.token(force_refresh=True))["errcode"] == 45009
    assert api.platform.tokens.refreshes == 21


async def test_a_forced_refresh_may_leave_the_old_token_some_minutes(clock: Clock) -> None:
    book = Platform(limits=Limits(forced_overlap=300), clock=clock).tokens
    first, _ = book.get()
    book.get(force=True)
    book.check(first)
    clock.pass_(minutes=5)
    with pytest.raises(Exception, match="40001"):
        book.check(first)


async def test_refused_tokens(api: Api) -> None:
    for changed, errcode in [({"secret": "x"}, 40125), ({"appid": "x"}, 40013), ({"grant_type": "x"}, 40002)]:
        assert (await api.token(**changed))["errcode"] == errcode
    token = (await api.token())["access_token"]
    assert (await api.post(CUSTOM, {}, ""))["errcode"] == 41001
    assert (await api.post(CUSTOM, {}, "made up"))["errcode"] == 40001
    api.platform.tokens.expire()
    assert (await api.post(CUSTOM, {}, token))["errcode"] == 42001
    token = (await api.token())["access_token"]
    api.platform.tokens.revoke()
    assert (await api.post(CUSTOM, {}, token))["errcode"] == 40001
    assert (await api.token())["access_token"] != token
    assert (await api.get("/cgi-bin/stable_token")).json()["errcode"] == 43002


async def test_who_may_be_written_to(api: Api, clock: Clock) -> None:
    assert (await api.post(CUSTOM, {"touser": "oNobody", "msgtype": "text"}))["errcode"] == 40003
    assert await api.say() == 45015
    api.platform.record_push(OPENID, SAID)
    assert await api.say("请您带上身份证。") == 0
    clock.pass_(hours=47, minutes=59)
    assert await api.say() == 0
    clock.pass_(minutes=2)
    assert await api.say() == 45015
    api.platform.record_push(OPENID, SAID)
    api.platform.age_user(OPENID, timedelta(hours=49))
    assert await api.say() == 45015
    api.platform.users[OPENID].subscribed = False
    assert await api.say() == 43004
    assert [d.text for d in api.platform.seen(OPENID, Channel.CUSTOM)] == ["请您带上身份证。", "您好"]


async def test_five_messages_for_one(api: Api) -> None:
    api.platform.record_push(OPENID, SAID)
    assert [await api.say() for _ in range(6)] == [0] * 5 + [45047]
    api.platform.record_push(OPENID, SAID)
    assert await api.say() == 0


async def test_an_event_allows_three_within_a_minute(api: Api, clock: Clock) -> None:
    for fields in ({"Event": "VIEW"}, {"Event": "LOCATION"}, {"Event": "unsubscribe"}):
        api.platform.record_push(OPENID, {"MsgType": "event", **fields})
    assert await api.say() == 45015
    api.platform.record_push(OPENID, {"MsgType": "event", "Event": "CLICK", "EventKey": "K"})
    assert [await api.say() for _ in range(4)] == [0, 0, 0, 45047]
    clock.pass_(seconds=61)
    assert await api.say() == 45015


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "text", "text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": "字" * 682}}, 0),
        ({"msgtype": "hologram"}, 40008),
        ({"msgtype": "news", "news": {"articles": []}}, 44003),
        ({"msgtype": "news", "news": {"articles": [{"title": "一"}, {"title": "二"}]}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": "一", "url": "https://example.cn"}]}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 44004),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1"}]}}, 44004),
        (
            {
                "msgtype": "msgmenu",
                "msgmenu": {"head_content": "您要问哪一项？", "list": [{"id": "1", "content": "补领"}]},
            },
            0,
        ),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1", "content": "长" * 700}]}}, 45002),
    ],
)
async def test_custom_messages(api: Api, body: dict[str, Any], errcode: int) -> None:
    api.platform.record_push(OPENID, SAID)
    assert (await api.post(CUSTOM, {"touser": OPENID, **body}))["errcode"] == errcode
    seen = api.platform.seen(OPENID)
    assert [d.msgtype for d in seen] == ([body["msgtype"]] if errcode == 0 else [])


async def test_bodies(api: Api) -> None:
    api.platform.record_push(OPENID, SAID)
    for body, errcode in [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b"\xff", 47001)]:
        assert (await api.post(CUSTOM, body))["errcode"] == errcode
    message = {"touser": OPENID, "msgtype": "text", "text": {"content": '您\n"\\u'}}
    await api.post(CUSTOM, message)
    await api.post(CUSTOM, json.dumps(message).encode())  # escaped: the citizen sees the escapes
    assert [d.text for d in api.platform.seen(OPENID)] == ['您\n"\\u', '\\u60a8\n"\\u']


async def test_typing(api: Api, clock: Clock) -> None:
    async def typing(command: str) -> int:
        return (await api.post("/cgi-bin/message/custom/typing", {"touser": OPENID, "command": command}))["errcode"]

    assert await typing("Typing") == 45080
    api.platform.record_push(OPENID, SAID)
    assert [await typing(c) for c in ("Typing", "Typing", "CancelTyping", "Dancing")] == [0, 45081, 0, 45072]
    clock.pass_(seconds=31)
    assert await typing("Typing") == 45080


async def test_template_messages(api: Api, clock: Clock) -> None:
    told: list[tuple[str, int]] = []
    api.platform.on_template = lambda openid, message_id: told.append((openid, message_id))
    body = {"touser": OPENID, "template_id": "T1", "url": "https://example.cn/m", "client_msg_id": "key-1"}
    body["data"] = {"thing1": {"value": "居民身份证补领"}, "time2": {"value": "2026-11-24 09:00"}}
    first, again = await api.post(TEMPLATE, body), await api.post(TEMPLATE, body)
    assert first["errcode"] == 0
    assert again["msgid"] == first["msgid"]
    (seen,) = api.platform.seen(OPENID, Channel.TEMPLATE)
    assert seen.content["data"]["thing1"] == "居民身份证补领"
    assert told == [(OPENID, first["msgid"])]
    clock.pass_(minutes=11)
    assert (await api.post(TEMPLATE, body))["msgid"] != first["msgid"]
    assert len(api.platform.seen(OPENID)) == 2


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"template_id": "T9"}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {"thing1": {"value": "字" * 21}}}, 47003),
        ({"data": {"thing1": {"value": "字" * 20}}}, 0),
    ],
)
async def test_wrong_template_messages(api: Api, changed: dict[str, Any], errcode: int) -> None:
    api.platform.templates = {"T1"}
    body = {"touser": OPENID, "template_id": "T1", "data": {"thing1": {"value": "身份证"}}, **changed}
    assert (await api.post(TEMPLATE, body))["errcode"] == errcode


async def test_media(api: Api, clock: Clock) -> None:
    voice, film = api.platform.add_media(b"sound", "audio/amr"), api.platform.add_media(b"film", "video/mp4")
    response = await api.get("/cgi-bin/media/get", media_id=voice)
    assert (response.content, response.headers["content-type"]) == (b"sound", "audio/amr")
    address = (await api.get("/cgi-bin/media/get", media_id=film)).json()["video_url"]
    assert (await api.http.get(address)).content == b"film"
    assert (await api.get("/cgi-bin/media/get", media_id="x")).json()["errcode"] == 40007
    clock.pass_(days=4)
    assert (await api.get("/cgi-bin/media/get", media_id=voice)).json()["errcode"] == 40007


def button(**more: Any) -> dict[str, Any]:
    return {"type": "click", "name": "办事", "key": "K", **more}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([button()] * 4, 40016),
        ([button(name="六个汉字太长")], 40018),
        ([button(key="")], 40019),
        ([button(type="dance")], 40017),
        ([{"type": "view", "name": "网页", "url": "weixin://x"}], 40055),
        ([{"name": "更多", "sub_button": [button()] * 6}], 40023),
        ([{"name": "更多", "sub_button": [button(type="dance")]}], 40024),
        (["x"], 47001),
    ],
)
async def test_wrong_menus(api: Api, buttons: list[Any], errcode: int) -> None:
    assert (await api.post("/cgi-bin/menu/create", {"button": buttons}))["errcode"] == errcode
    assert (await api.get("/cgi-bin/menu/get")).json()["errcode"] == 46003


async def test_menu(api: Api) -> None:
    sub = {"name": "我的", "sub_button": [{"type": "view", "name": "我的预约", "url": "https://example.cn/m"}]}
    assert (await api.post("/cgi-bin/menu/create", {"button": [button(), sub]}))["errcode"] == 0
    buttons = (await api.get("/cgi-bin/menu/get")).json()["menu"]["button"]
    assert [b["name"] for b in buttons] == ["办事", "我的"]
    assert buttons[1]["sub_button"][0]["url"] == "https://example.cn/m"
    assert (await api.get("/cgi-bin/menu/delete")).json()["errcode"] == 0
    assert api.platform.menu is None


@pytest.mark.parametrize(
    ("body", "good"),
    [
        (
            {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "hall_3"}}, "expire_seconds": 99},
            True,
        ),
        ({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "hall_3"}}}, True),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}}, False),
        ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x" * 65}}}, False),
        ({"action_name": "QR_STR_SCENE"}, False),
        ({"action_name": "QR"}, False),
    ],
)
async def test_qr_codes(api: Api, body: dict[str, Any], good: bool) -> None:
    answer = await api.post("/cgi-bin/qrcode/create", body)
    assert ("ticket" in answer, "errcode" in answer) == (good, not good)
    if good:
        assert answer.get("expire_seconds") == body.get("expire_seconds")
        assert api.platform.qr_codes[answer["ticket"]].scene == "hall_3"


async def test_faults_by_error_code(api: Api) -> None:
    api.platform.record_push(OPENID, SAID)
    api.platform.add_fault(CUSTOM, -1, times=2)
    assert [await api.say() for _ in range(3)] == [-1, -1, 0]
    assert [call.errcode for call in api.platform.calls_of(CUSTOM)] == [-1, -1, 0]
    api.platform.add_fault(CUSTOM, -1, done=True)
    assert await api.say("已经发出") == -1
    assert api.platform.seen(OPENID)[-1].text == "已经发出"
    api.platform.add_fault(CUSTOM, status=502)
    assert (await api.http.post(CUSTOM)).status_code == 502


def test_broken_and_slow_answers_of_a_running_standin() -> None:
    with running_standin() as standin, httpx.Client(base_url=standin.url, trust_env=False) as http:
        platform = standin.platform
        platform.add_user(OPENID)
        platform.record_push(OPENID, SAID)
        token, _ = platform.tokens.get()
        send: Callable[..., httpx.Response] = lambda **more: http.post(  # noqa: E731
            f"{CUSTOM}?access_token={token}",
            json={"touser": OPENID, "msgtype": "text", "text": {"content": "hello"}},
            **more,
        )
        platform.add_fault(CUSTOM, drop=True)
        with pytest.raises(httpx.TransportError):
            send()
        assert platform.seen(OPENID) == []
        platform.add_fault(CUSTOM, drop=True, done=True)
        with pytest.raises(httpx.TransportError):
            send()
        platform.add_fault(CUSTOM, delay=0.3)
        with pytest.raises(httpx.ReadTimeout):
            send(timeout=0.05)
        assert send().json() == {"errcode": 0, "errmsg": "ok"}
        assert 2 <= len(platform.seen(OPENID)) <= 3
        assert [c.errcode for c in platform.calls_of(CUSTOM)][:2] == [None, None]
