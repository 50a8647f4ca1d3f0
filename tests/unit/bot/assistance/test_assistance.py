"""Help and agency: the dialogue, the steps of staff, who sees what."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.assistance import service
from bot.assistance.form import ASSISTANCE
from bot.assistance.jobs import jobs
from bot.assistance.model import AssistanceRow, AssistanceState, NewAssistance
from bot.assistance.routes import routes
from bot.assistance.rules import assistance_rules, check
from bot.audit.model import AuditRow
from bot.deeds.told import place_in
from bot.errors import Refused
from bot.requests.request import Told
from bot.staff.model import Role
from tests.unit.bot.assistance.helpers import HALL, MONDAY, TELEPHONE, VAULT, Browser, Place
from tests.unit.helpers import SENDER_KEY

STAFF = "/api/v1/staff/assistance"
ALL_IN_ONE = "我妈八十多岁腿脚不便，想明天上午上门补身份证，住在人民路3号2单元501，我姓王13800001234"


def the_row(place: Place) -> AssistanceRow:
    with place.database.transaction() as session:
        return session.scalars(select(AssistanceRow)).one()


def request(place: Place, deed_id: str = "deed1", **changes: Any) -> AssistanceRow:
    told = Told(deed_id, "wechat", SENDER_KEY, "王小明", TELEPHONE, "补身份证", "GA-003", "GA")
    new = {"kind": "home_visit", "group": "elderly", "address": "人民路3号", "wished": "尽快", **changes}
    with place.office() as office:
        return service.request(office, assistance_rules(place.desk.rules), NewAssistance(told, **new), MONDAY)


@pytest.fixture
def browser(place: Place) -> Iterator[Browser]:
    with place.browser(routes()) as browser:
        yield browser


def test_all_in_one_is_only_confirmed(place: Place) -> None:
    talk = place.talk(ASSISTANCE, items=("GA-003",))
    talk.say(ALL_IN_ONE)
    assert talk.requested == "confirm"
    said = place.said(talk)
    assert all(w in said for w in ("上门服务", "人民路3号2单元501", "11月24日", "不收取任何费用", "13800001234"))
    talk.say("确认")
    row = the_row(place)
    assert talk.done and row.number in place.said(talk) and "不收取任何费用" in place.said(talk)
    assert (row.kind, row.item, row.department, row.state) == ("home_visit", "GA-003", "GA", "received")
    assert row.address and "人民路" not in row.address and VAULT.open(row.address) == "人民路3号2单元501"
    assert ASSISTANCE.submit(talk.context) == talk.done and the_row(place).id == row.id


def test_step_by_step_agency_names_the_mandate(place: Place) -> None:
    talk = place.talk(ASSISTANCE)
    asked = []
    for answer in ("我想申请帮办代办", "3", "补办社保卡", "尽快", "王女士", "13800001234"):
        talk.say(answer)
        asked.append(talk.requested)
    assert asked == ["kind", "matter", "when", "name", "telephone", "confirm"]
    talk.say("确认")
    said = place.said(talk)
    assert all(w in said for w in ("委托事项和范围", "委托期限", "双方责任", "授权委托书"))
    assert the_row(place).address is None


def test_a_wheelchair_needs_no_matter(place: Place) -> None:
    talk = place.talk(ASSISTANCE)
    talk.say("能借个轮椅吗")
    assert talk.requested == "when"


def test_a_visit_to_nobody_special_becomes_something_else(place: Place) -> None:
    talk = place.talk(ASSISTANCE)
    talk.say("能上门办吗")
    assert talk.requested == "group"
    talk.say("都不是")
    assert talk.requested == "group" and talk.keys()[0] == "assistance.special_groups_only"
    talk.say("改为委托代办")
    assert talk.requested == "matter" and talk.values["kind"] == "agency"


def test_corrections_in_the_middle_and_at_the_confirmation(place: Place) -> None:
    talk = place.talk(ASSISTANCE, items=("GA-003",))
    talk.say("找人帮我填表，明天上午")
    talk.say("改成后天上午")
    assert talk.requested == "name" and "11月25日" in talk.values["when"]["text"]
    for text in ("王女士", "13800001234", "修改电话"):
        talk.say(text)
    assert talk.requested == "telephone"
    talk.say("13800005678")
    assert talk.requested == "confirm" and "13800005678" in place.said(talk)


def test_nonsense_and_past_times(place: Place) -> None:
    talk = place.talk(ASSISTANCE)
    for text in ("借轮椅", "昨天", "啦啦啦", "哈哈哈"):
        talk.say(text)
    assert talk.requested == "when" and talk.keys()[-1] == "form.way_out"


def test_every_step_is_told_to_the_citizen(place: Place) -> None:
    rules, row = assistance_rules(place.desk.rules), request(place)
    with place.office() as office:
        service.assign(office, row.id, "RS", None, MONDAY)
        service.start(office, rules, row.id, AssistanceState.VISITING, MONDAY)
        service.start(office, rules, row.id, AssistanceState.IN_PROGRESS, MONDAY)
        service.finish(office, row.id, MONDAY)
    assert place.sent() == ["assigned:RS", "done", "in_progress", "visiting"]
    with pytest.raises(Refused, match=r"assistance\.wrong_state"), place.office() as office:
        service.refuse(office, row.id, "晚了", MONDAY)


def test_refused_with_a_reason(place: Place) -> None:
    row = request(place)
    with place.office() as office:
        service.refuse(office, row.id, "不在服务范围", MONDAY)
    assert "不在服务范围" in place.texts() and the_row(place).ended_at == MONDAY


@pytest.mark.parametrize("change", [{"group": ""}, {"address": ""}], ids=str)
def test_visits_need_a_group_and_an_address(place: Place, change: dict[str, str]) -> None:
    with pytest.raises(Refused):
        request(place, **change)


def test_only_visits_are_visited(place: Place) -> None:
    row = request(place, kind="agency")
    assert row.address is None
    with pytest.raises(Refused, match=r"assistance\.no_visit"), place.office() as office:
        service.assign(office, row.id, "GA", None, MONDAY)
        service.start(office, assistance_rules(place.desk.rules), row.id, AssistanceState.VISITING, MONDAY)
    assert the_row(place).state == "received"


def test_overdue_once(place: Place) -> None:
    row = request(place)
    (overdue,) = jobs()
    overdue.run(place.desk, row.due_at)
    for _ in range(2):
        overdue.run(place.desk, row.due_at + timedelta(minutes=1))
    late = [who for kind, who in place.alarms() if kind == "assistance_requests.overdue"]
    assert late == ["GA", "supervisors"]


def test_staff_over_http(place: Place, browser: Browser) -> None:
    row = request(place)
    browser.get(STAFF, 401)
    browser.sign_in(place.staff(Role.CLERK, "RS"))
    assert browser.get(STAFF)["total"] == 0
    browser.post(f"{STAFF}/{row.id}/done", None, 404)
    browser.sign_in(place.staff(Role.CLERK, "GA"))
    assert browser.get(f"{STAFF}?state=done")["total"] == 0
    page = browser.get(f"{STAFF}?state=received")
    assert page["total"] == 1 and not any(w in str(page) for w in ("王小明", "13800001234", "人民路"))
    assert page["requests"][0]["has_address"] and page["requests"][0]["summary"]["number"] == row.number
    assert browser.get(f"{STAFF}?page=2&limit=1")["requests"] == []
    assert [browser.get(f"{STAFF}?department={d}")["total"] for d in ("GA", "RS")] == [1, 0]
    browser.get(f"{STAFF}?limit=0", 422)
    browser.post(f"{STAFF}/{row.id}/done", None, 409)
    browser.post(f"{STAFF}/{row.id}/assign", {"department": "GA"})
    assert browser.post(f"{STAFF}/{row.id}/reveal", {"reason": "visit"})["address"] == "人民路3号"
    assert browser.post(f"{STAFF}/{row.id}/visit")["summary"]["state"] == "visiting"
    browser.post(f"{STAFF}/{row.id}/start")
    browser.post(f"{STAFF}/{row.id}/done")
    (count,) = browser.get(f"{STAFF}/statistics?from=2026-11-23&to=2026-11-23")["counts"]
    assert count == {"department": "GA", "state": "done", "count": 1, "missed": 0}
    assert "委托期限" in browser.get("/api/v1/assistance/mandate")["template"]
    with place.database.transaction() as session:
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.number)).all()
    assert [a.split(".")[1] for a in actions] == ["assign", "reveal", "visiting", "in_progress", "done"]


def test_the_rules_fit_the_hall(place: Place) -> None:
    check(place.desk.rules, HALL)


@pytest.mark.parametrize(
    ("text", "window", "department"),
    [
        ("A03窗口", "A03", "GA"), ("b区三号窗口", "B03", "RS"), ("身份证窗口", "A01", "GA"), ("三号窗口", None, None),
        ("公积金3号窗口", "D03", "GJ"), ("社保那边", None, "RS"),
    ],
)  # fmt: skip
def test_places_are_found(text: str, window: str | None, department: str | None) -> None:
    found = place_in(text, HALL)
    assert found and (found["window"], found["department"]) == (window, department)


def test_no_place_is_found() -> None:
    assert place_in("五星好评", HALL) is None
