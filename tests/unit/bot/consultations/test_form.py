"""The dialogue of leaving a question, driven as Rasa and the app do (S13)."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.consultations.form import CONSULTATION
from bot.consultations.model import ConsultationRow
from bot.db.database import Database
from bot.deeds.form import Context
from bot.desk import Desk
from bot.settings import Settings
from connectors.contract import Phase
from tests.conftest import FakeEncoder
from tests.unit.bot.consultations.helpers import FRIDAY, VAULT, WORDING
from tests.unit.bot.deeds.talk import Talk
from tests.unit.helpers import SENDER_KEY, shared_base

QUESTION = "农村盖房批宅基地要啥手续"


@pytest.fixture
def desk(tmp_database: Database, settings: Settings) -> Desk:
    library = cast(Any, SimpleNamespace(current=shared_base()))
    return Desk(settings, tmp_database, VAULT, library, WORDING, cast(Any, FakeEncoder()))


def talk(desk: Desk, **changes: Any) -> Talk:
    return Talk(CONSULTATION, replace(Context(desk, "deed1", "web", SENDER_KEY, FRIDAY), **changes))


def rows(desk: Desk) -> list[ConsultationRow]:
    with desk.database.transaction() as session:
        return list(session.scalars(select(ConsultationRow)))


def test_question_consent_name_and_telephone(desk: Desk) -> None:
    said = talk(desk)
    for text, asked in (
        ("我要留言", "question"), (QUESTION, "consent"), ("同意", "name"), ("我叫张三", "telephone"),
    ):  # fmt: skip
        said.say(text)
        assert said.requested == asked and said.keys()[-1] == f"consultation.ask_{asked}"
    said.say("138 0000 1111")
    (row,) = rows(desk)
    assert said.done and said.done.phase is Phase.DONE and said.done.lines[0].wording == "consultation.done"
    assert said.done.lines[0].values == {"number": row.number, "promised": "2026-11-24 17:00"}
    sealed = (row.question, row.name, row.telephone)
    assert [VAULT.open(value or "") for value in sealed] == [QUESTION, "张三", "+8613800001111"]


def test_the_question_of_the_turn_before_is_taken_over(desk: Desk) -> None:
    said = talk(desk, pending_question=QUESTION)
    step = said.say("留下问题和联系方式")
    assert said.requested == "consent" and said.values["question"] == QUESTION
    assert step.lines[-1].options == (("同意", "同意"), ("不同意", "不同意"))


def test_everything_at_once_leaves_only_the_consent(desk: Desk) -> None:
    said = talk(desk)
    said.say("我要留言，农村盖房批宅基地要啥手续，我叫张三，电话13800001111")
    assert said.requested == "consent" and said.values["name"] == "张三"
    said.say("好的")
    assert said.done and "宅基地" in VAULT.open(rows(desk)[0].question or "")


@pytest.mark.parametrize(
    "wish",
    [
        "我要留言", "留言", "我想留个言", "帮我把这个问题记下来", "找人回复我", "让工作人员联系我", "我要登记咨询",
        "请回电", "我要留言，我叫张三，电话13800001111", "能不能让人回电", "麻烦安排人给我回个电话",
    ],
)  # fmt: skip
def test_the_wish_to_leave_a_message_is_no_question(desk: Desk, wish: str) -> None:
    said = talk(desk)
    said.say(wish)
    assert said.requested == "question" and said.values["question"] is None


@pytest.mark.parametrize("wish", ["我要留言问一下老房子加装电梯的补贴", "请帮我咨询登记：孤儿基本生活费标准"])
def test_an_opening_message_that_asks_something_is_the_question(desk: Desk, wish: str) -> None:
    said = talk(desk, pending_question="别的")
    said.say(wish)
    assert said.values["question"] == wish and said.requested == "consent"


@pytest.mark.parametrize("no", ["不同意", "不", "不用了", "我不愿意", "不想留了"])
def test_without_consent_nothing_is_kept(desk: Desk, no: str) -> None:
    said = talk(desk, pending_question=QUESTION)
    said.say("我要留言，我叫张三，电话13800001111")
    said.say(no)
    assert said.done and said.done.phase is Phase.CANCELLED and rows(desk) == []
    (line,) = said.done.lines
    assert (line.wording, line.values) == ("consultation.no_consent", {"telephone": "0000-12345678"})
    assert said.values.get("name") is None and said.values.get("telephone") is None


def test_what_does_not_fit_is_asked_again_and_then_there_is_a_way_out(desk: Desk) -> None:
    said = talk(desk)
    said.say("我要留言")
    said.say("问")
    assert said.keys() == ["consultation.bad_question", "consultation.ask_question"]
    said.say(QUESTION)
    said.say("也许")
    assert said.keys()[0] == "form.not_yes_or_no"
    said.say("我同意")
    said.say("李先生")
    for _ in range(3):
        said.say("123")
    assert said.keys() == ["form.bad_telephone", "form.way_out"] and rows(desk) == []


def test_a_correction_in_the_middle(desk: Desk) -> None:
    said = talk(desk, pending_question=QUESTION)
    for text in ("我要留言", "同意", "我叫张三"):
        said.say(text)
    said.say("不对，我叫李四")
    assert said.keys()[0] == "form.changed" and said.values["name"] == "李四" and said.requested == "telephone"


def test_submitting_twice_writes_one_entry(desk: Desk) -> None:
    said = talk(desk, pending_question=QUESTION)
    for text in ("我要留言", "同意", "张三", "13800001111"):
        said.say(text)
    again = CONSULTATION.submit(said.context)
    assert said.done and again.lines[0].values == said.done.lines[0].values and len(rows(desk)) == 1


@pytest.mark.parametrize(
    ("question", "context", "owner", "item"),
    [
        ("身份证丢了", {}, "GA", "GA-003"),
        (QUESTION, {}, None, None),
        (QUESTION, {"items": ("XX-999", "GA-008")}, "GA", "GA-008"),
        (QUESTION, {"item": "RS-002"}, "GA", "RS-002"),
        ("捡到的身份证能用吗", {}, "GA", None),
    ],
)  # fmt: skip
def test_the_owner_is_that_of_the_nearest_item(
    desk: Desk, question: str, context: dict[str, Any], owner: str | None, item: str | None
) -> None:
    said = talk(desk, **context)
    for text in ("我要留言", question, "同意", "张三", "13800001111"):
        said.say(text)
    (row,) = rows(desk)
    assert (row.owner, row.item) == (owner, item)
