"""The link to a page of the citizen's own: after deeds, for him, for a while."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.db.database import Database
from bot.desk import Desk
from bot.mobile.session import Purpose, unseal
from bot.settings import Settings, load_settings
from bot.wechat.pages import with_page
from bot.wechat.rules import wechat_rules
from bot.wechat.words import words_of
from connectors.contract import TextReply, TurnReply, TurnStatus
from connectors.wechat.outgoing import Text
from connectors.wechat.render import PageLinks, render
from connectors.wechat.texts import LIMIT, size
from tests.unit.bot.wechat.helpers import NOW, SENDER, VAULT, WORDING, desk_of, reply

RULES = wechat_rules(load_settings().rules)


@pytest.fixture
def desk(tmp_database: Database) -> Desk:
    return replace(desk_of(tmp_database), settings=Settings(base_url="https://hall.example/"))


def ended(status: TurnStatus) -> TurnReply:
    return reply("已经为您登记。").model_copy(update={"status": status})


def link_of(told: TurnReply) -> str:
    last = told.replies[-1]
    assert isinstance(last, TextReply)
    found = re.fullmatch(r'<a href="([^"]+)">查看我的预约</a>', last.text)
    assert found
    return found[1]


def test_the_link_opens_as_this_citizens_and_not_for_ever(desk: Desk) -> None:
    told = with_page(desk, RULES, ended(TurnStatus.DONE_APPOINTMENT), SENDER, NOW)
    address = urlsplit(link_of(told))
    assert (address.netloc, address.path) == ("hall.example", "/m/appointments")
    token = parse_qs(address.query)["t"][0]
    who = unseal(VAULT, Purpose.LINK, token, NOW + timedelta(minutes=RULES.page_minutes) - timedelta(seconds=1))
    assert who is not None and who["sender_key"] == SENDER
    assert unseal(VAULT, Purpose.LINK, token, NOW + timedelta(minutes=RULES.page_minutes)) is None


def test_it_is_part_of_one_passive_text(desk: Desk) -> None:
    told = with_page(desk, RULES, ended(TurnStatus.DONE_APPOINTMENT), SENDER, NOW)
    (sent,) = render(told, PageLinks("https://hall.example"), words_of(WORDING), passive=True)
    assert isinstance(sent, Text) and size(sent.text) <= LIMIT
    assert sent.text.startswith("已经为您登记。") and sent.text.endswith("查看我的预约</a>")


@pytest.mark.parametrize("status", [TurnStatus.ANSWERED_GUIDE, TurnStatus.COLLECTING_APPOINTMENT])
def test_other_turns_stay_as_they_are(desk: Desk, status: TurnStatus) -> None:
    assert with_page(desk, RULES, ended(status), SENDER, NOW) == ended(status)


def test_without_an_address_of_ours_there_is_no_link(tmp_database: Database) -> None:
    desk = replace(desk_of(tmp_database), settings=Settings(base_url=None))
    done = ended(TurnStatus.DONE_APPOINTMENT)
    assert with_page(desk, RULES, done, SENDER, NOW) == done
