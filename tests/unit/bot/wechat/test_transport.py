"""From the outbox to the citizen: which kind of message, when, and what becomes of each failure."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.db.database import Database
from bot.outbox.delivery import deliver_due
from bot.outbox.model import OutboxRow, RecipientKind
from bot.outbox.transport import DeliveryFailed, Recipient, TryLater, Undeliverable
from bot.senders.service import remember
from bot.wechat.model import UserRow
from bot.wechat.rules import Template, WeChatRules
from bot.wechat.transport import REPLY, WeChatTransport
from connectors.wechat.client import WeChatClient
from connectors.wechat.tokens import Tokens
from tests.unit.bot.outbox.helpers import VAULT, NotingTransport, outbox_of, put
from tests.unit.connectors.wechat_client.platform import (
    ACCOUNT,
    CUSTOM,
    OPENID,
    TOKEN_PATH,
    Clock,
    MemoryStore,
    Platform,
    calls_of,
)

TEMPLATE = "/cgi-bin/message/template/send"
SENDER = VAULT.sender_key("wechat", OPENID)
TO = Recipient(RecipientKind.SENDER, SENDER, "wechat", OPENID, "appointment")
RULES = WeChatRules(
    answer_within=3.8,
    templates={
        "appointment": Template(
            template_id="template-of-appointments",
            page="/m/appointments",
            data={"thing1": "预约提醒", "thing4": "{first_line}"},
        ),
        REPLY: Template(template_id="template-of-replies", data={"thing1": "{text}"}),
    },
)
TEXT = "您好，您的预约在明天上午九点。\n请带好身份证。"


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport(database: Database, platform: Platform, clock: Clock) -> WeChatTransport:
    calls = calls_of(platform, clock)
    client = WeChatClient(ACCOUNT, calls, Tokens(ACCOUNT, MemoryStore(clock), calls, clock, clock.sleep))
    return WeChatTransport(database, client, RULES, clock, "https://hall.example/")


def seen(database: Database, clock: Clock, hours: float = 1, subscribed: bool = True) -> None:
    row = {"sender_key": SENDER, "subscribed": subscribed, "seen_at": clock.now - timedelta(hours=hours)}
    with database.transaction() as session:
        session.execute(insert(UserRow).values(**row))


def about(kind: str) -> Recipient:
    return Recipient(RecipientKind.SENDER, SENDER, "wechat", OPENID, kind)


def test_within_48_hours_it_is_a_customer_service_message(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock, 47.9)
    transport.deliver("appointment:1", TO, TEXT)
    assert platform.bodies(CUSTOM) == [{"touser": OPENID, "msgtype": "text", "text": {"content": TEXT}}]
    assert platform.count(TEMPLATE) == 0


@pytest.mark.parametrize("hours", [48, 72, None])
def test_later_or_if_he_never_wrote_it_is_the_template_of_its_kind(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock, hours: float | None
) -> None:
    if hours:
        seen(database, clock, hours)
    transport.deliver("appointment:1", TO, TEXT)
    assert platform.count(CUSTOM) == 0
    assert platform.bodies(TEMPLATE) == [
        {
            "touser": OPENID, "template_id": "template-of-appointments", "url": "https://hall.example/m/appointments",
            "client_msg_id": hashlib.sha256(b"appointment:1").hexdigest()[:32],
            "data": {"thing1": {"value": "预约提醒"}, "thing4": {"value": "您好，您的预约在明天上午九点。"}},
        },
    ]  # fmt: skip


@pytest.mark.parametrize("code", [45015, 45047])
def test_what_wechat_does_not_allow_any_more_goes_by_template(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock, code: int
) -> None:
    seen(database, clock)
    platform.fail(CUSTOM, code)
    transport.deliver("appointment:1", TO, TEXT)
    assert platform.count(TEMPLATE) == 1


@pytest.mark.parametrize("hours", [1, 49])
def test_without_a_template_it_is_given_up(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock, hours: int
) -> None:
    seen(database, clock, hours)
    platform.fail(CUSTOM, 45015)
    with pytest.raises(Undeliverable, match="outside_window"):
        transport.deliver("case:1", about("case"), TEXT)
    assert platform.count(TEMPLATE) == 0


def test_too_many_messages_wait_for_the_citizens_next_where_no_template_says_it(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock)
    platform.fail(CUSTOM, 45047)
    with pytest.raises(TryLater, match="wechat_45047"):
        transport.deliver("case:1", about("case"), TEXT)
    transport.deliver("case:1", about("case"), TEXT)
    assert platform.count(CUSTOM) == 2 and platform.count(TEMPLATE) == 0


def test_who_has_unsubscribed_is_not_written_to(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock, subscribed=False)
    with pytest.raises(Undeliverable, match="not_subscribed"):
        transport.deliver("appointment:1", TO, TEXT)
    assert platform.requests == []


def test_who_left_no_address_cannot_be_reached(transport: WeChatTransport) -> None:
    with pytest.raises(Undeliverable, match="unknown_address"):
        transport.deliver("appointment:1", Recipient(RecipientKind.SENDER, SENDER), TEXT)


@pytest.mark.parametrize("hours", [1, 49])
@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (-1, TryLater, "wechat_-1"), ("timeout", TryLater, "wechat_timeout"), ("http_502", TryLater, "wechat_http_502"),
        (45009, TryLater, "wechat_45009"), (40001, TryLater, "wechat_40001"), (40164, TryLater, "wechat_40164"),
        (48001, TryLater, "wechat_48001"), (43004, Undeliverable, "not_subscribed"),
        (40003, Undeliverable, "wechat_40003"), (45002, Undeliverable, "wechat_45002"),
        (47003, Undeliverable, "wechat_47003"),
    ],
)  # fmt: skip
def test_each_failure_says_whether_to_try_again(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock, fault: Any,
    error: type[DeliveryFailed], code: str, hours: int,
) -> None:  # fmt: skip
    seen(database, clock, hours)
    platform.fail(CUSTOM, *[fault] * 20)
    platform.fail(TEMPLATE, *[fault] * 20)
    with pytest.raises(DeliveryFailed) as caught:
        transport.deliver("appointment:1", TO, TEXT)
    assert (type(caught.value), caught.value.code) == (error, code)
    assert platform.count(CUSTOM) + platform.count(TEMPLATE) <= 3


def test_a_wrong_secret_is_tried_again_later(transport: WeChatTransport, platform: Platform) -> None:
    platform.fail(TOKEN_PATH, 40125)
    with pytest.raises(TryLater, match="wechat_40125"):
        transport.deliver("appointment:1", TO, TEXT)


def test_a_long_text_comes_in_parts_that_wechat_takes(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock)
    paragraphs = [f"{number}、" + "请您带好身份证原件和复印件。" * 20 for number in range(9)]
    transport.deliver("appointment:1", TO, "\n\n".join(paragraphs))
    parts = [body["text"]["content"] for body in platform.bodies(CUSTOM)]
    assert len(parts) > 1 and all(len(part.encode()) <= 2047 for part in parts)
    assert [line for part in parts for line in part.split("\n") if line] == paragraphs


def test_a_reply_goes_as_it_is(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock)
    menu = {"head_content": "您要问的是：", "list": [{"id": "1", "content": "补领身份证"}], "tail_content": ""}
    document = {"msgtype": "msgmenu", "msgmenu": menu}
    transport.deliver("reply:1", about(REPLY), json.dumps(document, ensure_ascii=False))
    assert platform.bodies(CUSTOM) == [{"touser": OPENID, **document}]


@pytest.mark.parametrize(
    ("document", "quoted"),
    [
        ({"msgtype": "text", "text": {"content": "补领身份证要三样材料。"}}, "补领身份证要三样材料。"),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "您要问的是：", "list": []}}, "您要问的是："),
        ({"msgtype": "news", "news": {"articles": [{"title": "身份证补领"}]}}, "身份证补领"),
    ],
)
def test_a_reply_that_comes_too_late_is_quoted_by_its_template(
    transport: WeChatTransport, platform: Platform, document: object, quoted: str
) -> None:
    transport.deliver("reply:1", about(REPLY), json.dumps(document, ensure_ascii=False))
    (body,) = platform.bodies(TEMPLATE)
    assert body["data"] == {"thing1": {"value": quoted}} and "url" not in body


@pytest.mark.parametrize("text", ["您好", "[]", '{"msgtype": "text"}', '{"msgtype": ["text"], "text": {}}', "1"])
def test_a_reply_that_is_no_document_is_given_up(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock, text: str
) -> None:
    seen(database, clock)
    with pytest.raises(Undeliverable, match="bad_document"):
        transport.deliver("reply:1", about(REPLY), text)
    assert platform.requests == []


def test_an_empty_text_is_given_up(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    seen(database, clock)
    with pytest.raises(Undeliverable, match="empty"):
        transport.deliver("appointment:1", TO, " \n")
    assert platform.requests == []


def test_the_whole_way_from_the_outbox(
    database: Database, transport: WeChatTransport, platform: Platform, clock: Clock
) -> None:
    """Busy at first, sent with the second attempt; a failure is stored as a short code, without personal data."""
    seen(database, clock)
    with database.transaction() as session:
        remember(session, VAULT, "wechat", OPENID, clock.now)
    others = NotingTransport()
    outbox = outbox_of(database, others, wechat=transport)
    put(database, "appointment:1", clock.now, sender_key=SENDER, kind="appointment", text=TEXT)
    platform.fail(CUSTOM, -1, -1, -1)
    assert deliver_due(outbox, clock.now) == 1
    with database.transaction() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert (row.state, row.last_error) == ("waiting", "wechat_-1")
    clock.now += timedelta(minutes=1)
    assert deliver_due(outbox, clock.now) == 1
    with database.transaction() as session:
        assert session.scalars(select(OutboxRow.state)).one() == "sent"
    assert platform.bodies(CUSTOM)[-1]["text"]["content"] == TEXT
    assert others.attempted == []
