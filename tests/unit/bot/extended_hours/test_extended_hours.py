"""Extended hours: the dialogue, the answers of staff, deadlines before the wished time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.errors import Refused
from bot.extended_hours import service
from bot.extended_hours.form import EXTENDED_HOURS
from bot.extended_hours.jobs import jobs
from bot.extended_hours.model import ConsentBy, ExtendedHoursRow, NewExtendedHours
from bot.extended_hours.routes import routes
from bot.extended_hours.rules import check, extended_hours_rules
from bot.requests.request import Told
from bot.staff.model import Role
from knowledge.calendar import CHINA
from tests.unit.bot.assistance.helpers import HALL, MONDAY, TELEPHONE, Browser, Place
from tests.unit.helpers import SENDER_KEY

STAFF = "/api/v1/staff/extended-hours"
ALL_IN_ONE = "下班后想补身份证，今天六点半才能到，我姓王13800001234"
EVENING = datetime(2026, 11, 23, 18, 30, tzinfo=CHINA)


def the_row(place: Place) -> ExtendedHoursRow:
    with place.database.transaction() as session:
        return session.scalars(select(ExtendedHoursRow)).one()


def request(place: Place, wished_at: datetime | None = EVENING, channel: str = "wechat") -> ExtendedHoursRow:
    told = Told("deed1", channel, SENDER_KEY, "王小明", TELEPHONE, "补身份证", "GA-003", "GA")
    with place.office() as office:
        new = NewExtendedHours(told, "要上班", "今天六点半", wished_at)
        return service.request(office, extended_hours_rules(place.desk.rules), new, MONDAY)


@pytest.fixture
def browser(place: Place) -> Iterator[Browser]:
    with place.browser(routes()) as browser:
        yield browser


def test_all_in_one_is_only_confirmed(place: Place) -> None:
    talk = place.talk(EXTENDED_HOURS, items=("GA-003",))
    talk.say(ALL_IN_ONE)
    assert talk.requested == "confirm"
    said = place.said(talk)
    assert all(w in said for w in ("11月23日（周一）18:30", "不收取任何费用", "13800001234")) and "下班还有" not in said
    talk.say("确认")
    row = the_row(place)
    assert talk.done and row.number in place.said(talk) and row.number.startswith("YS")
    assert (row.item, row.department, row.wished_at) == ("GA-003", "GA", EVENING)
    assert EXTENDED_HOURS.submit(talk.context) == talk.done and the_row(place).id == row.id
    assert place.alarms() == [("extended_hours_requests.new", "GA")]


def test_when_work_ends_is_no_wished_time_and_several_items_are_none(place: Place) -> None:
    talk = place.talk(EXTENDED_HOURS, items=("GA-003", "GA-008"))
    talk.say("我五点半才下班，明天晚上六点能等我吗")
    assert talk.requested == "matter" and talk.values["matter"] is None
    assert talk.values["when"]["text"] == "11月24日（周二）18:00"


def test_step_by_step_with_corrections(place: Place) -> None:
    talk = place.talk(EXTENDED_HOURS)
    asked = []
    for answer in ("申请延时服务", "补办社保卡", "昨天", "周六上午", "工作日请不了假", "王女士", "13800001234"):
        talk.say(answer)
        asked.append(talk.requested)
    assert asked == ["matter", "when", "when", "reason", "name", "telephone", "confirm"]
    talk.say("不对，改到今天下午六点")
    assert talk.requested == "confirm" and "18:00" in place.said(talk)
    talk.say("确认")
    assert talk.done and place.alarms() == [("extended_hours_requests.new", "supervisors")]


def test_nonsense_three_times(place: Place) -> None:
    talk = place.talk(EXTENDED_HOURS, items=("GA-003",))
    for text in ("申请延时服务", "啦啦啦", "哈哈哈", "嘻嘻"):
        talk.say(text)
    assert talk.requested == "when" and talk.keys()[-1] == "form.way_out"


def test_near_closing_the_waiting_time_is_told(place: Place) -> None:
    talk = place.talk(EXTENDED_HOURS, items=("GA-003",), now=datetime(2026, 11, 23, 16, 40, tzinfo=CHINA))
    talk.say(ALL_IN_ONE)
    assert "还有20分钟" in place.said(talk) and "11月23日17:00" in place.said(talk)


@pytest.mark.parametrize(
    ("now", "wished", "due"),
    [
        ("11-23 10:00", "11-23 18:30", "11-23 12:00"),  # two hours of opening time
        ("11-23 16:00", "11-23 17:30", "11-23 16:30"),  # an hour before
        ("11-23 16:50", "11-23 17:30", "11-23 17:00"),  # staff have ten minutes
        ("11-27 16:30", "11-28 10:00", "11-27 17:00"),  # before everybody goes home for the weekend
        ("11-27 16:30", None, "11-30 10:30"),
    ],
)
def test_the_answer_comes_before_the_wished_time(place: Place, now: str, wished: str | None, due: str) -> None:
    def at(text: str) -> datetime:
        return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)

    rules, calendar = extended_hours_rules(place.desk.rules), place.desk.library.current.calendar
    assert service.answer_by(rules, calendar, at(wished) if wished else None, at(now)) == at(due)


@pytest.mark.parametrize(("hour", "left"), [(8, None), (9, 480), (13, 240), (16, 60), (17, None)])
def test_minutes_to_closing(place: Place, hour: int, left: int | None) -> None:
    now = MONDAY.replace(hour=hour)
    assert service.minutes_to_closing(place.desk.library.current.calendar, now) == left


def test_accepted_as_wished_or_as_proposed(place: Place) -> None:
    row = request(place)
    with place.office() as office:
        service.propose(office, row.id, EVENING + timedelta(days=1), "今天没有人值班", MONDAY)
        assert service.accept(office, row.id, None, MONDAY).agreed_at == EVENING + timedelta(days=1)
    assert place.sent() == ["accepted", "proposed:202611241830"] and "11月24日18:30" in place.texts()
    with pytest.raises(Refused, match=r"assistance\.wrong_state"), place.office() as office:
        service.accept(office, row.id, None, MONDAY)


def test_at_the_kiosk_the_answer_goes_to_the_telephone_too(place: Place) -> None:
    row = request(place, channel="kiosk")
    with place.office() as office:
        service.accept(office, row.id, None, MONDAY)
    assert place.sent() == ["accepted", "accepted:telephone"]


def test_no_time_and_past_times_are_refused(place: Place) -> None:
    row = request(place, None)
    with pytest.raises(Refused, match=r"needs_time"), place.office() as office:
        service.accept(office, row.id, None, MONDAY)
    with pytest.raises(Refused, match=r"past_time"), place.office() as office:
        service.propose(office, row.id, MONDAY, "理由", MONDAY)


def test_a_refusal_needs_consent(place: Place) -> None:
    row = request(place)
    with pytest.raises(Refused, match=r"needs_consent"), place.office() as office:
        service.refuse(office, row.id, "没有人值班", None, MONDAY)
    with pytest.raises(IntegrityError), place.database.transaction() as session:
        found = session.get(ExtendedHoursRow, row.id)
        assert found
        found.state, found.ended_at = "refused", MONDAY
    with place.office() as office:
        service.refuse(office, row.id, "没有人值班", ConsentBy.TELEPHONE, MONDAY)
    assert the_row(place).consent_at == MONDAY and "没有人值班" in place.texts()


def test_overdue_once_and_not_when_answered(place: Place) -> None:
    row = request(place)
    (overdue,) = jobs()
    for _ in range(2):
        overdue.run(place.desk, row.due_at + timedelta(minutes=1))
    late = [who for kind, who in place.alarms() if kind.endswith("overdue")]
    assert late == ["GA", "supervisors"]


def test_staff_over_http(place: Place, browser: Browser) -> None:
    later = datetime.now(CHINA) + timedelta(days=2)
    row = request(place, later)
    browser.sign_in(place.staff(Role.CLERK, "RS"))
    assert browser.get(STAFF)["total"] == 0
    browser.get(f"{STAFF}/{row.id}", 404)
    browser.sign_in(place.staff(Role.CLERK, "GA"))
    page = browser.get(STAFF)
    assert page["total"] == 1 and "王小明" not in str(page) and "13800001234" not in str(page)
    assert page["requests"][0]["number"] == row.number
    browser.post(f"{STAFF}/{row.id}/refuse", {"reason": "没有人值班"}, 422)
    browser.post(f"{STAFF}/{row.id}/propose", {"at": "2026-11-23T18:00:00", "reason": "没有人"}, 422)
    browser.post(f"{STAFF}/{row.id}/propose", {"at": later.isoformat(), "reason": "没有人值班"})
    assert browser.post(f"{STAFF}/{row.id}/accept", {})["summary"]["state"] == "accepted"
    assert browser.post(f"{STAFF}/{row.id}/reveal", {"reason": "call_back"})["name"] == "王小明"
    (count,) = browser.get(f"{STAFF}/statistics?from=2026-11-23&to=2026-11-23")["counts"]
    assert (count["state"], count["count"]) == ("accepted", 1)
    browser.sign_in(place.staff(Role.ADMINISTRATOR))
    browser.post(f"{STAFF}/{row.id}/accept", {}, 403)


def test_the_rules_fit_the_hall(place: Place) -> None:
    check(place.desk.rules, HALL)
