"""Everything that a citizen can do in the official account, with the real app, its Rasa, and a stand-in WeChat."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.settings import Settings
from bot.staff.model import Role
from bot.wechat.answering import Answering
from bot.wechat.flow import Flow
from bot.wechat.opening import account_of
from bot.wechat.rules import wechat_rules
from bot.wording.wording import load_wording
from bot.worker.hall_only import HallOnly
from connectors.contract import TextReply, TurnReply, TurnStatus, UserMessage
from connectors.wechat.callback import callback_router
from connectors.wechat.render import PageLinks
from connectors.wechat_standin import messages
from connectors.wechat_standin.model import Channel, Delivery, Mode, StandInAccount
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.push import Pusher
from connectors.wechat_standin.serve import running_standin
from knowledge.loader import load_hall
from tests.scenarios.deeds import Member, free_starts, in_words, new_telephone, opened, secret
from tests.scenarios.wechat import (
    BASE,
    TEMPLATE,
    Account,
    Browser,
    Friend,
    link_in,
    running_account,
    settings_of,
    wait_for,
)

LOST_CARD = "GA-003"
AWAY = timedelta(hours=48, minutes=1)
SOON = 15.0
"""Seconds in which what is in the outbox must have arrived."""
TABLES = ("wechat_messages", "wechat_users", "wechat_nonces", "turns", "outbox")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with running_account(tmp_path_factory.mktemp("wechat")) as running:
        yield running


@pytest.fixture
def friend(account: Account, request: pytest.FixtureRequest) -> Friend:
    """Somebody new in every scenario."""
    return Friend(account, f"o-{request.node.name[:60]}")


def book(friend: Friend, nth: int) -> dict[str, object]:
    """The row of an appointment that he books in the conversation; `nth`: which of the free times."""
    start = free_starts(friend.account.assistant, LOST_CARD)[nth]
    friend.say("我要预约补办身份证", in_words(start), secret("司马青云"))
    assert "请您核对" in friend.say(new_telephone())
    done = friend.say("1")
    (row,) = friend.rows("appointments")
    assert row["state"] == "booked" and row["number"] in done, done
    return row


def remind(friend: Friend, row: dict[str, object]) -> Delivery:
    """What he sees when the first reminder of his appointment falls due."""
    reminders = friend.account.rows("select * from outbox where key like ?", f"appointment:{row['id']}:%")
    assert len(reminders) == 2
    now_due = "update outbox set not_before = null, next_try_at = created_at where id = ?"
    friend.account.change(now_due, reminders[0]["id"])
    (custom,) = friend.seen_within(SOON, Channel.CUSTOM)
    return custom


def test_a_question_is_answered_with_a_link_to_the_guide(friend: Friend) -> None:
    answer = friend.say("身份证丢了补一个要带什么、多少钱")
    assert "申报材料" in answer and "居民身份证遗失补领" in answer, answer
    url = link_in(answer)
    assert url.startswith(f"{BASE}/m/guides/{LOST_CARD}?d=")
    page = Browser(friend.account).open(url)
    assert page.status_code == 200 and "居民身份证遗失补领" in page.text
    assert [d.channel for d in friend.seen()] == [Channel.PASSIVE]


def test_a_whole_guide_is_a_card_that_opens_its_page(friend: Friend) -> None:
    result = friend.do(friend.account.pusher.text, "居民身份证遗失补领办事指南")
    assert result.passive is not None
    if result.passive.msgtype == "news":
        (article,) = result.passive.content["articles"]
        url, title = article["url"], article["title"]
    else:
        url, title = link_in(result.text), result.text
    assert "居民身份证遗失补领" in title
    assert Browser(friend.account).open(url).status_code == 200


def test_a_digit_alone_picks_what_was_offered(friend: Friend) -> None:
    offer = friend.say("身份证")
    lines = re.findall(r"(?m)^(\d)\. (.+)$", offer)
    assert [number for number, _ in lines] == [str(n + 1) for n in range(len(lines))] and len(lines) >= 2, offer
    assert "回复数字" in offer
    answer = friend.say("２")
    assert lines[1][1] in answer, (lines, answer)
    (turn,) = friend.account.rows(
        "select status from turns where sender_key = ? order by created_at desc limit 1", friend.key
    )
    assert turn["status"].startswith(("answered", "clarify"))


def test_an_appointment_is_booked_and_its_reminder_comes_by_itself(friend: Friend) -> None:
    row = book(friend, 0)
    assert opened(row, "name") == ("司马青云",)
    custom = remind(friend, row)
    assert "提醒您" in custom.text and str(row["number"]) in custom.text


def test_after_48_hours_a_cancellation_by_the_hall_comes_as_a_template_message(friend: Friend) -> None:
    row = book(friend, 1)
    friend.stay_away(AWAY)
    before = friend.account.count("wechat_messages")
    clerk = Member(friend.account.assistant, Role.SUPERVISOR)
    clerk.done("POST", f"/appointments/{row['id']}/cancel", json={"reason": "设备检修"})
    (shown,) = friend.seen_within(SOON, Channel.TEMPLATE)
    assert (shown.content["template_id"], shown.content["url"]) == (TEMPLATE, f"{BASE}/m/appointments")
    assert shown.content["data"]["thing1"] == "政务服务大厅预约" and shown.content["data"]["thing4"]
    assert friend.seen(Channel.CUSTOM) == []
    # The platform tells that it arrived: an event like all others, which does not open the 48 hours again.
    wait_for(SOON, lambda: friend.account.count("wechat_messages") > before, "TEMPLATESENDJOBFINISH")
    assert [m["kind"] for m in friend.rows("wechat_messages")][-1:] == ["template_sent"]
    assert datetime.fromisoformat(friend.user()["seen_at"]).replace(tzinfo=UTC) < datetime.now(UTC) - AWAY / 2


def test_after_48_hours_what_has_no_template_is_given_up_and_seen_by_staff(friend: Friend) -> None:
    friend.say("给我出一份居民身份证遗失补领的一次性告知书", secret("长孙明月"))
    (notice,) = friend.rows("notices")
    friend.stay_away(AWAY)
    clerk = Member(friend.account.assistant, Role.SUPERVISOR)
    clerk.done("POST", f"/notices/{notice['id']}/send", json={})

    def given_up() -> list[dict[str, object]]:
        dead = clerk.done("GET", "/outbox", params={"state": "dead"})["messages"]
        return [message for message in dead if str(message["to"]) == f"{friend.key[:8]}…"]

    wait_for(SOON, lambda: bool(given_up()), "a dead letter")
    (message,) = given_up()
    assert (message["kind"], message["last_error"]) == ("notice", "outside_window")
    assert friend.seen(Channel.CUSTOM, Channel.TEMPLATE) == []


def test_a_complaint_is_told_and_recorded(friend: Friend) -> None:
    assert "发生了什么事" in friend.say("我要投诉")
    kinds = friend.say(secret("在社保卡窗口等了三趟，每次都说少一样材料"))
    assert "更接近下面哪一种" in kinds and "1. " in kinds, kinds
    friend.say("1", "上周三下午", "不知道", secret("希望给我道个歉"))
    assert "怎么称呼" in friend.say("不需要保密")
    friend.say(secret("百里长河"))
    assert "念给您听" in friend.say(new_telephone())
    done = friend.say("确认")
    (case,) = friend.rows("cases")
    assert case["kind"] == "complaint" and case["number"] in done


def test_voice_is_answered_as_a_text_is(friend: Friend) -> None:
    result = friend.do(friend.account.pusher.voice, "身份证丢了补一个要多少钱。")
    assert "居民身份证遗失补领" in result.text
    assert "没有听清" in friend.do(friend.account.pusher.voice).text
    assert "没有听清" in friend.do(friend.account.pusher.voice, "").text


def test_what_is_no_text_is_answered_kindly(friend: Friend) -> None:
    pusher = friend.account.pusher
    assert "图片和视频" in friend.do(pusher.image).text
    assert "图片和视频" in friend.do(pusher.video).text
    assert "图片和视频" in friend.do(pusher.video, short=True).text
    assert "不能打开链接" in friend.do(pusher.link, "新闻", "https://news.example/1").text
    nearest = friend.do(pusher.location, 30.01, 114.0, "中心大道").text
    assert "问办示范市政务服务中心" in nearest and "1.1公里" in nearest
    assert friend.rows("turns") == []


def test_following_with_and_without_a_window(friend: Friend) -> None:
    pusher = friend.account.pusher
    welcome = friend.do(pusher.subscribe).text
    assert "欢迎关注" in welcome and "1. 查办事指南" in welcome
    assert "什么事项" in friend.say("2"), "the second of the welcome is booking"
    other = Friend(friend.account, f"{friend.openid}-2")
    at_window = other.do(pusher.subscribe, "window:A01").text
    assert "欢迎关注" in at_window and "身份证窗口" in at_window
    assert friend.do(pusher.scan, "window:A01").text.startswith("您好，这里是身份证窗口")
    assert "没有找到这个窗口" in friend.do(pusher.scan, "window:Z99").text


def test_who_does_not_follow_any_more_is_not_written_to(friend: Friend) -> None:
    row = book(friend, 2)
    assert friend.do(friend.account.pusher.unsubscribe).passive is None
    assert friend.user()["subscribed"] == 0
    clerk = Member(friend.account.assistant, Role.SUPERVISOR)
    clerk.done("POST", f"/appointments/{row['id']}/cancel", json={"reason": "设备检修"})
    query = "select * from outbox where sender_key = ? and state = 'dead'"
    wait_for(SOON, lambda: bool(friend.account.rows(query, friend.key)), "a dead letter")
    assert [letter["last_error"] for letter in friend.account.rows(query, friend.key)] == ["not_subscribed"]
    assert friend.seen(Channel.CUSTOM, Channel.TEMPLATE) == []
    friend.do(friend.account.pusher.subscribe)
    assert friend.user()["subscribed"] == 1


def test_the_menu_and_events_without_an_answer(friend: Friend) -> None:
    pusher = friend.account.pusher
    assert "发生了什么事" in friend.do(pusher.click, "says:我要投诉").text
    friend.do(pusher.click, "says:取消")
    assert friend.do(pusher.view, f"{BASE}/m/cases").passive is None
    assert friend.do(pusher.report_location, 30.0, 114.0).passive is None
    assert friend.do(pusher.template_sent, 1234).passive is None
    kinds = sorted(row["kind"] for row in friend.rows("wechat_messages"))
    assert kinds == ["click", "click", "location_report", "template_sent", "view"]


def test_oauth_opens_ones_own_appointments(friend: Friend) -> None:
    row = book(friend, 3)
    friend.account.standin.platform.oauth_user = friend.openid
    browser = Browser(friend.account)
    page = browser.open(f"{BASE}/m/appointments")
    assert page.status_code == 200 and str(row["number"]) in page.text
    assert any(way.startswith(f"{friend.account.standin.url}/connect/oauth2/authorize") for way in browser.ways)
    stranger = Friend(friend.account, f"{friend.openid}-2")
    stranger.say("你好")
    friend.account.standin.platform.oauth_user = stranger.openid
    assert str(row["number"]) not in Browser(friend.account).open(f"{BASE}/m/appointments").text


def test_a_repeat_gets_the_same_answer_and_is_one_turn(friend: Friend) -> None:
    pusher, platform = friend.account.pusher, friend.account.standin.platform
    platform.add_user(friend.openid)
    fields = _text_fields(friend, "护照首次申请要多少钱")

    async def pushed() -> list[httpx.Response]:
        requests = [pusher.compose(fields) for _ in range(3)]
        return list(await asyncio.gather(*(pusher.send_raw(body, query) for query, body in requests)))

    assert [r.status_code for r in asyncio.run(pushed())] == [200] * 3
    assert len(friend.rows("turns")) == len(friend.rows("wechat_messages")) == 1


def _text_fields(friend: Friend, text: str, created: float = 0) -> dict[str, object]:
    platform = friend.account.standin.platform
    head = {"ToUserName": platform.account.original_id, "FromUserName": friend.openid}
    return {
        **head,
        "CreateTime": int(created or time.time()),
        **messages.text(text),
        "MsgId": platform.next_message_id(),
    }


def _refused(friend: Friend, query: dict[str, str], body: bytes) -> None:
    """403 without a word, and nothing in the database."""
    before = {table: friend.account.count(table) for table in TABLES}
    response = asyncio.run(friend.account.pusher.send_raw(body, query))
    assert (response.status_code, response.content) == (403, b"")
    assert {table: friend.account.count(table) for table in TABLES} == before


def test_what_is_forged_is_refused(friend: Friend) -> None:
    pusher = friend.account.pusher
    query, body = pusher.compose(_text_fields(friend, "护照首次申请要多少钱"))
    for name in ("signature", "msg_signature"):
        _refused(friend, {**query, name: "0" * 40}, body)
    _refused(friend, {k: v for k, v in query.items() if "signature" not in k}, body)
    _refused(friend, {**query, "nonce": "1"}, body)
    encrypted = re.search(rb"<Encrypt><!\[CDATA\[(.+?)\]\]>", body)
    assert encrypted
    raw = bytearray(base64.b64decode(encrypted[1]))
    raw[40] ^= 1
    _refused(friend, query, body.replace(encrypted[1], base64.b64encode(raw)))
    other = StandInAccount(token="AnothersToken", aes_key="X" * 43)
    strange = Pusher(Platform(other))
    strange.platform.callback_url = friend.account.standin.platform.callback_url
    _refused(friend, *strange.compose(_text_fields(friend, "您好")))


def test_what_is_stale_is_refused(friend: Friend, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = _text_fields(friend, "护照首次申请要多少钱")
    now = time.time()
    for seconds in (-301, 301):
        with monkeypatch.context() as patch:
            patch.setattr("connectors.wechat_standin.sender.time.time", lambda: now + seconds)  # noqa: B023
            query, body = friend.account.pusher.compose(fields)
        _refused(friend, query, body)


def test_what_is_replayed_is_refused(friend: Friend) -> None:
    pusher = friend.account.pusher
    query, body = pusher.compose(_text_fields(friend, "护照首次申请要多少钱"))
    assert asyncio.run(pusher.send_raw(body, query)).status_code == 200
    # The platform may repeat it for a while; long afterwards nobody may.
    received = f"{datetime.now(UTC) - timedelta(seconds=30):%Y-%m-%d %H:%M:%S.%f}"
    friend.account.change("update wechat_messages set received_at = ? where sender_key = ?", received, friend.key)
    _refused(friend, query, body)


def test_the_token_is_fetched_once_for_all_that_is_sent(friend: Friend) -> None:
    assert asyncio.run(friend.account.pusher.echo())
    remind(friend, book(friend, 4))
    platform = friend.account.standin.platform
    assert platform.tokens.requests == 1
    assert len(platform.calls_of("/cgi-bin/message/custom/send")) >= 1
    assert {call.errcode for call in platform.calls} == {0}


@asynccontextmanager
async def callback_alone(mode: Mode, folder: Path) -> AsyncIterator[Pusher]:
    """The callback with its flow and database, without what takes long to start; every text is answered with itself."""
    with running_standin() as standin:
        platform = Platform(replace(StandInAccount(), mode=mode))
        platform.callback_url = "http://app/wechat/callback"
        given = {k.removeprefix("WENBAN_").lower(): v for k, v in settings_of(standin, platform.account).items()}
        settings = Settings(**given)  # type: ignore[arg-type]
        database = Database(f"sqlite:///{folder / 'wenban.sqlite3'}")
        database.migrate()
        library: object = HallOnly(database, load_hall())
        desk = Desk(settings, database, Vault(Fernet.generate_key().decode()), library, load_wording(), None)  # type: ignore[arg-type]

        async def echo(message: UserMessage) -> TurnReply:
            reply = TextReply(text=f"您说：{message.text}")
            return TurnReply(turn_id="1", status=TurnStatus.ANSWERED_SMALLTALK, replies=(reply,), elapsed_ms=1)

        rules, found = wechat_rules(desk.rules), account_of(settings)
        assert found
        flow = Flow(desk, Answering(desk, echo, rules, PageLinks(BASE)), rules.answer_within)
        app = FastAPI()
        app.include_router(callback_router(found, flow.receive, flow.told))
        yield Pusher(platform, httpx.ASGITransport(app))
        database.close()


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.COMPATIBLE])
async def test_the_other_two_modes(mode: Mode, tmp_path: Path) -> None:
    async with callback_alone(mode, tmp_path) as pusher:
        assert await pusher.echo()
        result = await pusher.text("o-modes", "您好<a>]]>&amp;")
        assert (result.status, result.text, result.problem) == (200, "您说：您好<a>]]>&amp;", None)
        assert result.passive is not None and result.passive.encrypted is (mode is Mode.COMPATIBLE)
        assert "欢迎关注" in (await pusher.subscribe("o-modes")).text
        query, body = pusher.compose({"ToUserName": "gh", "FromUserName": "o", "CreateTime": 1, **messages.text("x")})
        assert (await pusher.send_raw(body, {**query, "signature": "0" * 40})).status_code == 403
