"""Own cases, consultations, requests and applications, in words."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.assistance import service as assistance
from bot.assistance.model import AssistanceState, NewAssistance
from bot.assistance.rules import assistance_rules
from bot.cases import service as cases
from bot.cases.model import CaseRow, NewCase
from bot.cases.office import office_of as cases_office
from bot.cases.rules import CaseKind
from bot.consultations import service as consultations
from bot.consultations.model import ConsultationRow, ConsultationState, NewConsultation
from bot.desk import Desk
from bot.extended_hours import service as extended_hours
from bot.extended_hours.model import ExtendedHoursState, NewExtendedHours
from bot.extended_hours.rules import extended_hours_rules
from bot.mobile import words
from bot.progress.model import Applicant, ApplicationState, Progress
from bot.progress.service import keep
from bot.requests.request import Told, office_of
from tests.unit.bot.mobile.helpers import MINE, THEIRS, VAULT, enter, now, tags

PAGE = "/m/cases"
TELEPHONE = "+8613800001111"
EVIL = "<script>alert(1)</script>窗口收了材料没有消息"


def complain(desk: Desk, sender_key: str = MINE, **changes: Any) -> CaseRow:
    told = {
        "deed_id": uuid.uuid4().hex, "kind": CaseKind.COMPLAINT, "channel": "wechat", "sender_key": sender_key,
        "facts": EVIL, "complaint_kind": "delay", "name": "王小美", "telephone": TELEPHONE, "confidential": True,
    }  # fmt: skip
    with desk.database.transaction() as session:
        return cases.open_case(session, cases_office(desk), NewCase(**{**told, **changes}), now())


def consult(desk: Desk, sender_key: str = MINE) -> ConsultationRow:
    new = NewConsultation(uuid.uuid4().hex, "wechat", sender_key, "退休金怎么算？", "王女士", TELEPHONE, "GA")
    with desk.database.transaction() as session:
        return consultations.open_consultation(session, VAULT, desk.wording, desk.library.current.calendar, new, now())


def request_all(desk: Desk, sender_key: str = MINE) -> list[str]:
    """One of each kind; their numbers."""

    def told() -> Told:
        return Told(uuid.uuid4().hex, "wechat", sender_key, "王女士", TELEPHONE, "帮我填表")

    with office_of(desk, ()) as office:
        help_ = assistance.request(office, assistance_rules(desk.rules), NewAssistance(told(), "filling_in"), now())
        late = NewExtendedHours(told(), "下班才有空", "明天晚上")
        after_hours = extended_hours.request(office, extended_hours_rules(desk.rules), late, now())
    number = f"BJ{uuid.uuid4().hex[:10].upper()}"
    application = Progress(
        number=number, item="GA-003", item_name="居民身份证遗失补领", department="GA",
        state=ApplicationState.SUPPLEMENT, due_at=now() + timedelta(days=3), todo="补交照片",
    )  # fmt: skip
    with desk.database.transaction() as session:
        keep(session, VAULT, application, Applicant(telephone=TELEPHONE, sender_key=sender_key), now())
    return [help_.number, after_hours.number, number]


def test_nobody_has_none(client: TestClient) -> None:
    enter(client)
    page = client.get(PAGE)
    assert "您目前没有登记" in page.text and page.headers["cache-control"] == "no-store"


def test_every_kind_is_told_with_number_state_and_time(client: TestClient, desk: Desk) -> None:
    numbers = [complain(desk).number, consult(desk).number, *request_all(desk)]
    enter(client)
    page = client.get(PAGE).text
    assert all(number in page for number in numbers)
    for said in ("投诉", "已经登记，等待交办", "咨询", "已登记，等待答复", "退休金怎么算？",
                 "帮忙填表和网上申报", "帮我填表", "延时服务", "办件", "请您补正：补交照片。",
                 "承诺时间", "0000-10000001"):  # fmt: skip
        assert said in page
    for hidden in ("王小美", "王女士", "1380000"):
        assert hidden not in page


def test_foreign_senders_see_nothing(client: TestClient, desk: Desk) -> None:
    numbers = [complain(desk).number, consult(desk).number, *request_all(desk)]
    enter(client, THEIRS)
    page = client.get(PAGE).text
    assert "您目前没有登记" in page and not any(number in page for number in numbers)


def test_an_anonymous_case_is_nobodys(client: TestClient, desk: Desk) -> None:
    row = complain(desk, name="", telephone="", anonymous=True)
    enter(client)
    assert row.number not in client.get(PAGE).text


def test_words_do_no_harm(client: TestClient, desk: Desk) -> None:
    complain(desk)
    enter(client)
    page = client.get(PAGE).text
    assert "&lt;script&gt;" in page and "script" not in {tag for tag, _ in tags(page)}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_broken_promise_is_regretted(client: TestClient, desk: Desk, days: int) -> None:
    complain(desk)
    with desk.database.transaction() as session:
        row = session.scalars(select(CaseRow)).one()
        row.due_at = now() + timedelta(days=days)
    enter(client)
    assert ("已经超过答复时间" in client.get(PAGE).text) is (days < 0)


def test_an_answer_is_shown_and_counts_as_delivered(client: TestClient, desk: Desk) -> None:
    consult(desk)
    with desk.database.transaction() as session:
        row = session.scalars(select(ConsultationRow)).one()
        row.state, row.answered_at = ConsultationState.ANSWERED.value, now()
        row.answer, row.sources = VAULT.seal("按缴费年限算，详见 https://example.gov.cn/a 。"), ["《社会保险法》"]
    enter(client)
    for _ in range(2):
        page = client.get(PAGE).text
        assert "按缴费年限算" in page and "依据：《社会保险法》" in page and "已答复" in page and "承诺时间" not in page
        assert 'href="https://example.gov.cn/a"' in page
    with desk.database.transaction() as session:
        assert session.scalars(select(ConsultationRow.state)).one() == ConsultationState.DELIVERED


def test_every_state_has_its_words() -> None:
    assert set(words.CONSULTATION_STATES) == set(ConsultationState)
    assert set(words.ASSISTANCE_STATES) == set(AssistanceState)
    assert set(words.EXTENDED_HOURS_STATES) == set(ExtendedHoursState)
