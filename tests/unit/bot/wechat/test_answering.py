"""What each kind of message or event is answered, on the real guides and the hall's own rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.db.database import Database
from bot.desk import Desk
from bot.settings import load_settings
from bot.wechat import offers
from bot.wechat.answering import LONGEST, MOST_AFTER_EVENT, Answer, Answering, Recogniser
from bot.wechat.rules import Centre, wechat_rules
from connectors.contract import CardField, CardReply, Channel, Option, OptionsReply, Source, TurnReply, UserMessage
from connectors.wechat.incoming import Incoming, Kind
from connectors.wechat.outgoing import Menu, News, Text
from connectors.wechat.passive import passive_reply
from connectors.wechat.render import MOST_MESSAGES, PageLinks
from connectors.wechat.texts import LIMIT, option_id, size
from knowledge.base import KnowledgeBase
from tests.unit.bot.wechat.helpers import NOW, OPENID, SENDER, VAULT, WORDING, desk_of, did, reply, said

ANSWER = "请带户口簿。"
RULES = wechat_rules(load_settings().rules)
OFFERED = (("护照", "普通护照换发"), ("身份证", "居民身份证遗失补领"), ("社保卡", "社会保障卡补领"))


@dataclass
class Handler:
    """Answers `turn` to whatever it is told."""

    turn: TurnReply = field(default_factory=lambda: reply(ANSWER))
    heard: list[UserMessage] = field(default_factory=list)

    async def __call__(self, message: UserMessage) -> TurnReply:
        self.heard.append(message)
        return self.turn


@dataclass
class Ear:
    """A speech service."""

    text: str
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def recognise(self, media_id: str, format: str) -> str:
        self.asked.append((media_id, format))
        return self.text


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def desk(tmp_database: Database, words_base: KnowledgeBase) -> Desk:
    return desk_of(tmp_database, words_base)


@pytest.fixture
def answering(desk: Desk, handler: Handler) -> Answering:
    return Answering(desk, handler, RULES, PageLinks(None))


def hearing(answering: Answering, hear: Recogniser) -> Answering:
    return replace(answering, hear=hear)


def ruled(answering: Answering, **changes: object) -> Answering:
    return replace(answering, rules=answering.rules.model_copy(update=changes))


def offer(desk: Desk, *options: tuple[str, str], at: datetime | None = None) -> None:
    with desk.database.transaction() as session:
        offers.offer(session, VAULT, SENDER, options, at or datetime.now(UTC))


def words(answer: Answer) -> str:
    """Of the passive reply."""
    (out,) = answer.passive
    assert isinstance(out, Text)
    return out.text


async def heard_as(answering: Answering, incoming: Incoming) -> list[str]:
    """What the message handler is told."""
    assert isinstance(answering.handle, Handler)
    await answering.answer(incoming)
    return [message.text for message in answering.handle.heard]


def sendable(answer: Answer) -> None:
    """WeChat would take it, as the passive reply and later."""
    for out in answer.passive[:1]:
        passive_reply(out, said(), NOW)
    for out in (*answer.passive, *answer.later):
        if isinstance(out, Text):
            assert 0 < size(out.text) <= LIMIT
        if isinstance(out, Menu):
            assert out.head and out.options


async def test_a_text_goes_to_the_handler(answering: Answering, handler: Handler) -> None:
    message = said(" 身份证丢了 \n")
    assert words(await answering.answer(message)) == ANSWER
    assert handler.heard == [
        UserMessage(channel=Channel.WECHAT, sender=OPENID, text="身份证丢了", message_id=message.key)
    ]


async def test_an_answer_has_both_forms_and_its_options(answering: Answering, handler: Handler) -> None:
    choice = OptionsReply(text="哪一项？", options=tuple(Option(title=t, payload=p) for t, p in OFFERED))
    handler.turn = reply("您好。", options=(choice,))
    answer = await answering.answer(said())
    assert words(answer) == (f"您好。\n\n哪一项？\n1. 护照\n2. 身份证\n3. 社保卡\n{WORDING.say('wechat.reply_number')}")
    text, menu = answer.later
    assert text == Text("您好。") and isinstance(menu, Menu)
    assert menu.options[1] == (option_id("居民身份证遗失补领"), "身份证")
    assert answer.options == OFFERED and answer.replaces_offer


@pytest.mark.parametrize(
    ("text", "menu_id", "payload"),
    [
        ("1", "", "普通护照换发"),
        ("２", "", "居民身份证遗失补领"),
        ("第二个", "", "居民身份证遗失补领"),
        ("③", "", "社会保障卡补领"),
        ("\u200b2\u200b", "", "居民身份证遗失补领"),
        ("社保卡", "", "社会保障卡补领"),
        ("身份证…", option_id("居民身份证遗失补领"), "居民身份证遗失补领"),
        ("4", "", "4"),
        ("0", "", "0"),
        ("我要2份", "", "我要2份"),
        ("社保卡", "77", "社会保障卡补领"),
    ],
)
async def test_a_number_a_title_or_a_tap_picks_from_the_last_offer(
    answering: Answering, text: str, menu_id: str, payload: str
) -> None:
    offer(answering.desk, *OFFERED)
    assert await heard_as(answering, said(text, menu_id=menu_id)) == [payload]


async def test_what_was_offered_long_ago_or_to_somebody_else_is_not_picked(answering: Answering) -> None:
    offer(answering.desk, *OFFERED, at=datetime.now(UTC) - offers.OFFER_LASTS - timedelta(minutes=1))
    assert await heard_as(answering, said("1")) == ["1"]
    offer(answering.desk, *OFFERED)
    assert await heard_as(answering, said("1", openid="oElse")) == ["1", "1"]


async def test_a_tap_on_the_menu_says_what_it_stands_for(answering: Answering) -> None:
    offer(answering.desk, ("我要预约", "别的"))
    assert await heard_as(answering, did(Kind.CLICK, "says:我要预约")) == ["我要预约"], "it is no choice"


@pytest.mark.parametrize("key", ["", "says:", "says: \n", "old_entry_7", "SAYS:我要预约"])
async def test_an_unknown_tap_is_told_so(answering: Answering, handler: Handler, key: str) -> None:
    assert words(await answering.answer(did(Kind.CLICK, key))) == WORDING.say("wechat.not_readable")
    assert handler.heard == []


async def test_every_entry_of_the_halls_menu_comes_back_as_it_was_meant(answering: Answering) -> None:
    says = [entry.says for column in RULES.menu for entry in column.entries if entry.says]
    for one in says:
        await answering.answer(did(Kind.CLICK, f"says:{one}"))
    assert [message.text for message in answering.handle.heard] == says  # type: ignore[attr-defined]


async def test_a_voice_message_is_taken_as_wechat_heard_it(answering: Answering, desk: Desk) -> None:
    ear = Ear("不该问")
    assert await heard_as(hearing(answering, ear), said("身份证丢了。", kind=Kind.VOICE)) == ["身份证丢了。"]
    assert ear.asked == []
    offer(desk, *OFFERED)
    assert await heard_as(answering, said("第二个。", kind=Kind.VOICE)) == ["身份证丢了。", "居民身份证遗失补领"]


async def test_a_voice_message_that_wechat_did_not_hear(answering: Answering, handler: Handler) -> None:
    silent = said("", kind=Kind.VOICE, media_id="media-1", format="speex")
    assert words(await answering.answer(silent)) == WORDING.say("wechat.not_heard")
    assert words(await hearing(answering, Ear(" \n")).answer(silent)) == WORDING.say("wechat.not_heard")
    assert handler.heard == []
    ear = Ear("护照过期了")
    assert words(await hearing(answering, ear).answer(silent)) == ANSWER
    assert ear.asked == [("media-1", "speex")] and handler.heard[0].text == "护照过期了"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Kind.IMAGE, "wechat.no_pictures"),
        (Kind.VIDEO, "wechat.no_pictures"),
        (Kind.SHORTVIDEO, "wechat.no_pictures"),
        (Kind.LINK, "wechat.no_links"),
        (Kind.OTHER, "wechat.not_readable"),
    ],
)
async def test_what_cannot_be_read_gets_a_way_on(answering: Answering, handler: Handler, kind: Kind, key: str) -> None:
    answer = await answering.answer(said("标题或者别的", kind=kind))
    assert words(answer) == WORDING.say(key) and answer.later == answer.passive
    assert handler.heard == [] and answer.options == ()


@pytest.mark.parametrize("kind", [Kind.UNSUBSCRIBE, Kind.VIEW, Kind.LOCATION_REPORT, Kind.TEMPLATE_SENT, Kind.OTHER])
async def test_what_comes_by_itself_gets_no_answer(answering: Answering, handler: Handler, kind: Kind) -> None:
    place = {"latitude": 30.0, "longitude": 114.0}
    answer = await answering.answer(did(kind, "https://hall.example/m/guides", **place))
    assert (list(answer.passive), list(answer.later), answer.replaces_offer) == ([], [], False)
    assert handler.heard == []


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", ["", "身份证丢了", "window:A01", "says:", "\x00\x1b\u200b\ufffe", "字" * 21_000])
async def test_nothing_that_can_come_raises(answering: Answering, kind: Kind, text: str) -> None:
    sendable(await hearing(answering, Ear(text)).answer(said(text, kind=kind)))
    sendable(await answering.answer(did(kind, text)))


async def test_a_very_long_text_is_cut_to_what_the_handler_takes(answering: Answering) -> None:
    for kind in (Kind.TEXT, Kind.VOICE):
        await answering.answer(said("字" * 21_000, kind=kind))
    await answering.answer(did(Kind.CLICK, "says:" + "字" * 21_000))
    await hearing(answering, Ear("字" * 21_000)).answer(said("", kind=Kind.VOICE))
    assert {message.text for message in answering.handle.heard} == {"字" * LONGEST}  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["\u200b\u2060", "\x07\x08", "\ue000", "\n\t "])
async def test_a_text_of_nothing_visible_is_no_text(answering: Answering, handler: Handler, text: str) -> None:
    assert words(await answering.answer(said(text))) == WORDING.say("wechat.not_readable")
    assert handler.heard == []


async def test_control_characters_are_left_out(answering: Answering) -> None:
    assert await heard_as(answering, said("身\x00份\u200b证\x1b[31m\n丢了")) == ["身份证[31m\n丢了"]


async def test_who_subscribes_is_welcomed_with_what_he_can_do(answering: Answering) -> None:
    answer = await answering.answer(did(Kind.SUBSCRIBE))
    assert words(answer).startswith(WORDING.say("wechat.welcome", hall=answering.desk.hall.name))
    assert answer.options == tuple((one.title, one.says) for one in RULES.welcome) and answer.options
    (menu,) = answer.later
    assert isinstance(menu, Menu) and [title for _, title in menu.options] == [one.title for one in RULES.welcome]
    assert await answering.answer(did(Kind.SUBSCRIBE, "poster-7")) == answer, "a scene that is no window"


async def test_a_welcome_without_anything_to_choose(answering: Answering) -> None:
    answer = await ruled(answering, welcome=()).answer(did(Kind.SUBSCRIBE))
    assert words(answer) == WORDING.say("wechat.welcome", hall=answering.desk.hall.name)


async def test_the_code_at_a_window_offers_what_is_done_there(answering: Answering, words_base: KnowledgeBase) -> None:
    answer = await answering.answer(did(Kind.SCAN, "window:A01"))
    assert words(answer).startswith(WORDING.say("wechat.at_window", window="身份证窗口"))
    here = {g.name for g in words_base.guides.values() if g.location and "A01" in g.location.windows}
    assert here and {title for title, _ in answer.options} == here
    assert all(words_base.titles[payload] for _, payload in answer.options), "each names its guide exactly"


async def test_every_window_fits_into_what_wechat_allows(answering: Answering, words_base: KnowledgeBase) -> None:
    for zone in words_base.hall.zones:
        for window in zone.windows:
            for kind in (Kind.SCAN, Kind.SUBSCRIBE):
                answer = await answering.answer(did(kind, f"window:{window.id}"))
                sendable(answer)
                assert answer.options and len(answer.later) <= MOST_AFTER_EVENT
                assert len(answer.passive) <= MOST_AFTER_EVENT + 1


async def test_a_window_with_many_items_numbers_them_through(answering: Answering) -> None:
    answer = await answering.answer(did(Kind.SCAN, "window:C05"))
    count = len(answer.options)
    assert count > 5 and WORDING.say("wechat.more_at_window") in words(answer)
    assert f"\n{count}. {answer.options[-1][0]}\n" in words(answer)
    assert [len(menu.options) for menu in answer.later if isinstance(menu, Menu)] == [5, count - 5]


async def test_who_comes_by_a_windows_code_is_welcomed_and_offered_its_items(answering: Answering) -> None:
    answer = await answering.answer(did(Kind.SUBSCRIBE, "window:A01"))
    text = words(answer)
    assert WORDING.say("wechat.welcome", hall=answering.desk.hall.name) in text and "身份证窗口" in text
    first = len(RULES.welcome)
    assert f"\n{first + 1}. {answer.options[first][0]}\n" in text


@pytest.mark.parametrize("scene", ["window:", "window:Z99", "window:A01 ", "window:window:A01"])
async def test_a_window_that_is_not_there(answering: Answering, scene: str) -> None:
    assert words(await answering.answer(did(Kind.SCAN, scene))) == WORDING.say("wechat.unknown_window")
    welcomed = words(await answering.answer(did(Kind.SUBSCRIBE, scene)))
    assert WORDING.say("wechat.welcome", hall=answering.desk.hall.name) in welcomed


async def test_another_code_welcomes(answering: Answering) -> None:
    assert await answering.answer(did(Kind.SCAN, "7")) == await answering.answer(did(Kind.SUBSCRIBE))


async def test_a_guide_that_is_no_longer_valid_is_not_offered(desk: Desk, words_base: KnowledgeBase) -> None:
    guides = {
        code: guide.model_copy(update={"valid_until": words_base.as_of - timedelta(days=1)})
        if guide.location and "A01" in guide.location.windows and number % 2
        else guide
        for number, (code, guide) in enumerate(sorted(words_base.guides.items()))
    }
    published = replace(words_base.published, guides=guides)
    desk = desk_of(desk.database, replace(words_base, published=published))
    answer = await Answering(desk, Handler(), RULES, PageLinks(None)).answer(did(Kind.SCAN, "window:A01"))
    valid = {
        g.name for g in guides.values() if g.location and "A01" in g.location.windows and g.valid_until is None
    }  # fmt: skip
    assert {title for title, _ in answer.options} == valid
    assert 0 < len(valid) < sum(1 for g in guides.values() if g.location and "A01" in g.location.windows)


def centre(name: str, latitude: float, longitude: float) -> Centre:
    return Centre(
        name=name, address=f"{name}路1号", telephone="0000-12345678", latitude=latitude, longitude=longitude
    )  # fmt: skip


async def test_who_sends_his_place_is_told_the_nearest_centre(answering: Answering) -> None:
    centres = (centre("东", 30.0, 115.0), centre("西", 30.0, 113.0), centre("日界", 0.0, 179.9))
    asked = ruled(answering, centres=centres)
    for latitude, longitude, name, distance in (
        (30.0, 114.9, "东", "9.6"),
        (30.0, 113.0, "西", "0.0"),
        (0.0, -179.9, "日界", "22.2"),
    ):
        place = said("湖边", kind=Kind.LOCATION, latitude=latitude, longitude=longitude)
        assert words(await asked.answer(place)) == WORDING.say(
            "wechat.nearest", name=name, address=f"{name}路1号", telephone="0000-12345678", distance=distance
        )


async def test_a_hall_without_centres_tells_its_own_address(answering: Answering) -> None:
    hall, place = answering.desk.hall, said(kind=Kind.LOCATION, latitude=90.0, longitude=-180.0)
    where = WORDING.say("wechat.where", address=hall.address, telephone=hall.telephone)
    assert words(await ruled(answering, centres=()).answer(place)) == where
    assert words(await answering.answer(said(kind=Kind.LOCATION))) == where
    assert words(await answering.answer(place)) != where


def test_the_apology(answering: Answering) -> None:
    assert words(answering.sorry()) == WORDING.say("wechat.failed")
    assert list(answering.sorry().later) == [Text(WORDING.say("wechat.failed"))]


def many_options(offers: int, title: str = "事项") -> tuple[OptionsReply, ...]:
    return tuple(
        OptionsReply(text="请选：", options=tuple(Option(title=f"{title}{n}{m}", payload=f"{n}{m}") for m in range(5)))
        for n in range(offers)
    )


@pytest.mark.parametrize("texts", [0, 1, 3, 12])
@pytest.mark.parametrize("offers", [0, 1, 4, 8])
@pytest.mark.parametrize("title", ["事项", "很长的事项名称" * 5])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CLICK])
async def test_wechat_is_never_sent_more_than_it_takes(
    answering: Answering, handler: Handler, texts: int, offers: int, title: str, kind: Kind
) -> None:
    handler.turn = reply(*("字" * 600 for _ in range(texts)), options=many_options(offers, title))
    answer = await answering.answer(said() if kind is Kind.TEXT else did(kind, "says:预约"))
    most = MOST_MESSAGES if kind is Kind.TEXT else MOST_AFTER_EVENT
    assert len(answer.later) <= most and len(answer.passive) - 1 <= most
    assert bool(answer.passive) == bool(answer.later) == bool(texts or offers)
    sendable(answer)
    rest = WORDING.say("wechat.rest")
    if texts == 12:
        assert any(rest in str(out) for out in answer.later) and any(rest in str(out) for out in answer.passive)


async def test_too_many_menus_become_numbered_lines(answering: Answering, handler: Handler) -> None:
    """So that none of the options is lost."""
    handler.turn = reply("您好。", options=many_options(6))
    answer = await answering.answer(said())
    assert list(answer.later) == list(answer.passive) and "\n30. 事项54\n" in words(answer)
    handler.turn = reply("您好。", options=many_options(3))
    assert [type(out) for out in (await answering.answer(said())).later] == [Text, Menu, Menu, Menu]
    tapped = await answering.answer(did(Kind.CLICK, "says:预约"))
    assert list(tapped.later) == list(tapped.passive), "one too many after a tap"


async def test_a_whole_guide_is_a_card_that_opens_its_page(answering: Answering, handler: Handler) -> None:
    card = CardReply(
        title="居民身份证遗失补领",
        fields=tuple(CardField(disclosure=f"d{n}", label=f"第{n}项", text="内容。") for n in range(8)),
    )
    source = Source(kind="guide", id="GA-003", title=card.title)
    handler.turn = reply().model_copy(update={"replies": (card,), "sources": (source,)})
    linked = replace(answering, links=PageLinks("https://hall.example"))
    (news,) = (await linked.answer(said())).passive
    assert isinstance(news, News) and news.url == "https://hall.example/m/guides/GA-003"
    assert "【居民身份证遗失补领】" in words(await answering.answer(said())), "without pages it is told"
