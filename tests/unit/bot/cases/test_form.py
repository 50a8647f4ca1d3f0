"""The dialogues, through whole conversations."""

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from bot.cases import handling
from bot.cases.form import CASE_QUERY, COMPLAINT, FALLBACK_REQUEST
from bot.cases.model import CaseRow
from bot.deeds.form import Context, Form
from bot.errors import Refused
from connectors.contract import TurnStatus
from tests.unit.bot.cases import helpers
from tests.unit.bot.cases.helpers import MONDAY, TELEPHONE, VAULT, Cases
from tests.unit.bot.deeds.talk import Talk
from tests.unit.helpers import SENDER_KEY

STORY = "收了材料以后就没人管了，一个月没有消息"
ALL_IN_ONE = (
    "我要投诉，昨天上午在户籍窗口，姓李的工作人员让我多交了两份证明，指南上没写。希望你们退回材料。"
    "请帮我保密，我叫王小美，电话13800001111"
)


def talk(cases: Cases, form: Form, **changes: Any) -> Talk:
    context = Context(cases.desk, "deed1", "wechat", SENDER_KEY, MONDAY)
    return Talk(form, replace(context, **changes))


def the_case(cases: Cases) -> CaseRow:
    with cases.database.transaction() as session:
        return session.scalars(select(CaseRow)).one()


def count(cases: Cases) -> int:
    with cases.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(CaseRow)) or 0


def opened(sealed: str | None) -> str:
    return VAULT.open(sealed) if sealed else ""


def said(cases: Cases, t: Talk) -> str:
    """Every line of the last step, as the citizen reads it."""
    assert t.step is not None
    return "\n".join(cases.desk.wording.say(line.wording, **line.values) for line in t.step.lines)


def test_a_complaint_step_by_step(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    asked = []
    for answer in (
        "我要投诉", STORY, "1", "记不清了", "3号窗口", "不知道", "没有", "不需要", "我叫王小美", "13800001111", "确认",
    ):  # fmt: skip
        t.say(answer)
        asked.append(t.requested)
    fields = ["facts", "kind", "when", "place", "whom", "wish", "confidential", "name", "telephone", "confirm", None]
    assert asked == fields and t.done is not None and t.done.status is None
    row = the_case(cases)
    assert (opened(row.facts), opened(row.place), opened(row.name)) == (STORY, "3号窗口", "王小美")
    assert row.complaint_kind == "delay" and not row.confidential and row.sender_key == SENDER_KEY
    line = t.done.lines[0]
    assert line.wording == "complaint.done" and line.values["number"] == row.number
    assert "11月24日17:00" in cases.desk.wording.say(line.wording, **line.values)


def test_a_complaint_told_all_at_once_is_asked_only_for_its_kind(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    step = t.say(ALL_IN_ONE)
    assert (
        t.requested == "kind" and len(step.lines[-1].options) == 4 and step.lines[-1].options[-1] == "都不是或者说不清"
    )
    t.say("多要材料或多加环节")
    assert t.requested == "confirm" and "13800001111" in said(cases, t) and "王小美" in said(cases, t)
    t.say("对的，提交")
    row = the_case(cases)
    assert (row.window, row.department, row.confidential) == ("A02", "GA", True)
    told = [opened(value) for value in (row.when_text, row.whom, row.wish, row.telephone)]
    assert told == ["昨天上午", "姓李的工作人员", "希望你们退回材料", TELEPHONE]
    assert t.done is not None and [line.wording for line in t.done.lines] == ["complaint.done", "complaint.kept_secret"]


def test_what_the_story_tells_is_not_asked_again(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    t.say("我想投诉")
    assert t.requested == "facts"
    t.say(ALL_IN_ONE.removeprefix("我要投诉，"))
    t.say("第一个")
    assert t.requested == "confirm" and t.values["place"]["window"] == "A02"


def test_a_correction_in_the_middle_and_a_change_at_the_confirmation(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    t.say(ALL_IN_ONE)
    step = t.say("说不清")
    assert t.values["kind"] == "other" and step.requested == "confirm"
    t.say("不对，电话是13800002222")
    assert t.values["telephone"] == "+8613800002222" and t.keys()[0] == "form.changed"
    t.say("修改窗口")
    assert t.requested == "place"
    t.say("身份证窗口")
    assert t.requested == "confirm" and t.values["place"]["window"] == "A01"
    assert t.values["telephone"] == "+8613800002222"  # the story's number does not come back
    t.say("确认")
    assert the_case(cases).complaint_kind == "other"


def test_an_anonymous_complaint_asks_for_no_telephone_and_no_secrecy(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    for answer in (f"我要匿名投诉，{STORY}", "2", "昨天", "不清楚", "没有", "没有"):
        t.say(answer)
    assert t.requested == "confirm" and "匿名" in said(cases, t)
    t.say("确认")
    row = the_case(cases)
    assert row.anonymous and row.sender_key is None and row.name is None
    assert t.done is not None and t.done.lines[0].wording == "complaint.done_anonymous"


def test_who_turns_anonymous_at_the_name_is_not_asked_for_a_telephone(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    for answer in (STORY, "2", "昨天", "不清楚", "没有", "没有", "不需要保密", "匿名"):
        t.say(answer)
    assert t.requested == "confirm"
    t.say("确认")
    assert the_case(cases).anonymous


@pytest.mark.parametrize(
    ("answer", "kind"), [("乱收费", "riding_fees"), ("都不是", "other"), ("4", "other"), ("第1个", "delay")]
)
def test_the_kind_can_be_told_in_many_ways(cases: Cases, answer: str, kind: str) -> None:
    t = talk(cases, COMPLAINT)
    t.say(STORY)
    t.say(answer)
    assert t.values["kind"] == kind


@pytest.mark.parametrize(("form", "text"), [(COMPLAINT, "。"), (FALLBACK_REQUEST, "。"), (CASE_QUERY, "编号忘了")])
def test_three_times_nonsense_offers_a_way_out(cases: Cases, form: Form, text: str) -> None:
    t = talk(cases, form)
    t.say("您好")
    requested = t.requested
    for _ in range(3):
        t.say(text)
    assert t.keys()[-1] == "form.way_out" and t.requested == requested


def test_a_story_may_have_a_thousand_characters(cases: Cases) -> None:
    t = talk(cases, COMPLAINT)
    t.say("我要投诉")
    t.say("拖" * 1001)
    assert t.keys()[0] == "complaint.bad_facts"
    t.say("拖" * 1000)
    assert t.requested == "kind"


@pytest.mark.parametrize("form", [COMPLAINT, FALLBACK_REQUEST])
def test_submitting_twice_is_one_case(cases: Cases, form: Form) -> None:
    t = talk(cases, form, items=("GA-003",))
    for answer in (ALL_IN_ONE, "1", "确认"):
        if t.done is None:
            t.say(answer if t.requested != "confirm" else "确认")
    assert t.done is not None
    again = form.submit(t.context)
    assert again.lines[0].values == t.done.lines[0].values and count(cases) == 1


def test_a_fallback_request_step_by_step(cases: Cases) -> None:
    t = talk(cases, FALLBACK_REQUEST)
    asked = []
    for answer in (
        "办不成事", "跑了三趟都没办成", "居民身份证遗失补领", "公安局", "没有", "李先生", "打13800001111", "确认",
    ):  # fmt: skip
        step = t.say(answer)
        asked.append(t.requested)
        if t.requested == "department":
            assert step.lines[-1].options == ("公安局",)
    assert asked == ["facts", "item", "department", "wish", "name", "telephone", "confirm", None]
    row = the_case(cases)
    assert (row.kind, row.item, row.department, row.complaint_kind) == ("fallback_request", "GA-003", "GA", None)
    assert t.done is not None
    told = [cases.desk.wording.say(line.wording, **line.values) for line in t.done.lines]
    assert "11月23日17:00" in told[0] and "11月30日17:00" in told[1] and row.number in told[0]


def test_a_fallback_request_told_all_at_once_is_only_confirmed(cases: Cases) -> None:
    t = talk(cases, FALLBACK_REQUEST, items=("RS-002",))
    t.say("社保卡跑了三趟都补不下来，社保和银行互相推，希望帮我协调。我叫王小美，电话13800001111")
    assert t.requested == "confirm" and "社会保障卡补领" in said(cases, t)
    t.say("改一下，电话13800002222")
    t.say("确认")
    row = the_case(cases)
    assert (row.item, row.department, opened(row.telephone)) == ("RS-002", "RS", "+8613800002222")


def test_items_are_offered_when_several_come_into_question(cases: Cases) -> None:
    t = talk(cases, FALLBACK_REQUEST, items=("GA-003", "GA-008"))
    step = t.say("跑了三趟都没办成，谁都不管")
    assert step.lines[-1].options == ("居民身份证遗失补领", "普通护照换发", "都不是")
    t.say("第二个")
    assert t.values["item"] == "GA-008" and t.requested == "department"


def test_an_item_that_nobody_knows_stays_in_the_facts(cases: Cases) -> None:
    t = talk(cases, FALLBACK_REQUEST)
    for answer in ("跑了三趟都没办成，谁都不管", "养蜂登记", "不清楚", "没有", "李先生", "13800001111", "确认"):
        t.say(answer)
    row = the_case(cases)
    assert row.item is None and row.department is None and "养蜂登记" in opened(row.facts)


def test_own_cases_are_told_at_once(cases: Cases) -> None:
    row = cases.assigned(department="GA")
    t = talk(cases, CASE_QUERY)
    t.say("我投诉的处理得怎么样了")
    assert t.done is not None and t.done.status is TurnStatus.ANSWERED_PROGRESS
    text = "".join(cases.desk.wording.say(line.wording, **line.values) for line in t.done.lines)
    assert all(part in text for part in (row.number, "已经交办", "公安局", "11月24日17:00"))


def test_a_settled_case_tells_its_result(cases: Cases) -> None:
    cases.settled()
    t = talk(cases, CASE_QUERY)
    t.say("我的投诉呢")
    assert t.done is not None
    assert [line.wording for line in t.done.lines] == ["case_query.decided", "case_query.last"]
    assert t.done.lines[1].values["note"] == "已经办好"


def test_from_another_channel_number_and_telephone_are_needed(cases: Cases) -> None:
    row = cases.open()
    t = talk(cases, CASE_QUERY, sender_key="e" * 64)
    t.say("查一下我的投诉")
    t.say(row.number.lower())
    assert t.requested == "telephone"
    t.say("13800001111")
    assert t.done is not None and t.done.lines[0].values["number"] == row.number


def test_the_own_number_needs_no_telephone(cases: Cases) -> None:
    row = cases.do(cases.settled(), lambda deed: handling.follow_up(deed, "满意"))
    cases.do(row, handling.close)
    t = talk(cases, CASE_QUERY)
    t.say(f"{row.number}怎么样了")
    assert t.done is not None and t.done.lines[0].values["state"] == "已经结束"


def test_an_anonymous_case_is_found_by_its_number(cases: Cases) -> None:
    row = cases.open(replace(helpers.COMPLAINT, anonymous=True))
    t = talk(cases, CASE_QUERY)
    t.say(f"查{row.number}")
    t.say("匿名")
    assert t.done is not None and t.done.lines[0].values["number"] == row.number


def test_wrong_questions_are_answered_alike_and_limited(cases: Cases) -> None:
    row = cases.open()
    wordings = []
    for number, telephone in [("TS20261123ABCDEF", "13800001111"), *[(row.number, "13800002222")] * 6]:
        t = talk(cases, CASE_QUERY, sender_key="e" * 64)
        t.say(f"查{number}")
        with pytest.raises(Refused) as caught:
            t.say(telephone)
        wordings.append(caught.value.wording)
    assert wordings == ["case.not_found"] * 5 + ["case.too_many_questions"] * 2


@pytest.mark.parametrize(
    ("said", "wish"), [("他骂人，请帮我保密", None), ("他骂人，希望他给我道歉", "希望他给我道歉"), ("他骂人", None)]
)
def test_secrecy_is_no_wish_of_its_own(said: str, wish: str | None) -> None:
    find = COMPLAINT.field("wish").find
    assert find is not None
    context = Context(cast(Any, None), "deed1", "web", SENDER_KEY, MONDAY)
    assert find(said, context) == wish
