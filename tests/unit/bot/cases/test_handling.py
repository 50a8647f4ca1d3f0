"""What staff do with cases: states, deadlines, messages, history."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cases import handling, history
from bot.cases.handling import Assignment
from bot.cases.rules import SUPERVISORS, Grading
from bot.cases.states import CaseAction
from bot.errors import Refused
from bot.staff.model import Role
from knowledge.calendar import CHINA
from tests.unit.bot.cases.helpers import COMPLAINT, MONDAY, REQUEST, TELEPHONE, VAULT, Cases, staff_of
from tests.unit.helpers import SENDER_KEY

HOUR = timedelta(hours=1)


def day(number: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, number, hour, 0, tzinfo=CHINA)


def test_assigning_hands_over_and_tells_the_citizen_to_whom_and_by_when(cases: Cases) -> None:
    row = cases.assigned(REQUEST, department="RS", grading=Grading.SIMPLE)
    assert (row.state, row.assignee_department, row.handed_over_at) == ("assigned", "RS", MONDAY)
    assert row.due_at == day(23, 17)
    [(sender, _, told)] = cases.outbox()
    assert sender == SENDER_KEY and all(
        part in told for part in ("人力资源和社会保障局", "0000-10000003", row.number, "11月23日17:00")
    )
    assert [audience for audience, _ in cases.alarms("case_assigned")] == ["RS"]


def test_the_person_in_charge_is_named(cases: Cases) -> None:
    cases.assigned(department="GA", staff_id=cases.clerk.id)
    assert "公安局（李明）" in cases.outbox()[0][2]


@pytest.mark.parametrize(
    ("grading", "due"),
    [(Grading.ON_THE_SPOT, day(23, 17)), (Grading.SIMPLE, day(24, 17)), (Grading.COMPLEX, day(26, 17))],
)
def test_the_grading_sets_the_limit_from_the_day_it_came_in(cases: Cases, grading: Grading, due: datetime) -> None:
    assert cases.assigned(now=MONDAY, grading=grading).due_at == due


def test_a_request_is_not_settled_on_the_spot_by_grading(cases: Cases) -> None:
    with pytest.raises(Refused) as caught:
        cases.assigned(REQUEST, grading=Grading.ON_THE_SPOT)
    assert caught.value.wording == "case.bad_grading"


def test_the_whole_way_of_a_case(cases: Cases) -> None:
    row = cases.assigned()
    row = cases.do(row, handling.start, MONDAY + HOUR)
    row = cases.do(row, lambda deed: handling.settle(deed, "已经当面道歉并办结"), day(24, 16))
    assert row.state == "settled" and not row.missed and row.follow_up_by == day(26, 17)
    assert "已经当面道歉并办结" in cases.outbox()[-1][2]
    row = cases.do(row, lambda deed: handling.follow_up(deed, "满意"), day(25))
    row = cases.do(row, handling.close, day(25, 11))
    assert row.state == "closed" and row.closed_at == day(25, 11)
    with cases.database.transaction() as session:
        events = history.of(session, row.id)
        seen = history.of(session, row.id, visible_only=True)
    steps = ["receive", "assign", "start", "settle", "follow_up", "close"]
    assert [event.action for event in events] == steps
    assert [event.action for event in seen] == [step for step in steps if step != "follow_up"]
    assert [e.from_state for e in events[1:]] == [e.to_state for e in events[:-1]]
    assert events[0].staff_id is None and events[1].staff_id == cases.supervisor.id
    assert VAULT.open(events[3].note or "") == "已经当面道歉并办结" and "道歉" not in (events[3].note or "")


def test_what_is_not_accepted_has_a_reason_and_a_way(cases: Cases) -> None:
    row = cases.do(cases.open(), lambda deed: handling.refuse(deed, "依据某办法第三条", "向法院起诉"))
    assert row.state == "not_accepted" and row.settled_at == MONDAY
    assert "依据某办法第三条" in cases.outbox()[0][2] and "向法院起诉" in cases.outbox()[0][2]


def test_another_authoritys_matter_is_told_with_its_contact(cases: Cases) -> None:
    row = cases.do(cases.open(REQUEST), lambda deed: handling.transfer(deed, "省自然资源厅", "12345"))
    assert row.state == "transferred" and "省自然资源厅" in cases.outbox()[0][2] and "12345" in cases.outbox()[0][2]


def test_only_a_supervisor_extends_and_the_citizen_gets_the_reason(cases: Cases) -> None:
    row = cases.assigned(department="GA")
    with pytest.raises(Refused) as caught:
        cases.do(row, lambda deed: handling.extend(deed, 3, "需要调查"), by=cases.clerk)
    assert caught.value.status == 403
    row = cases.do(row, lambda deed: handling.extend(deed, 3, "需要调查"))
    assert row.due_at == day(27, 17) and row.state == "assigned" and row.extended_at == MONDAY and not row.missed
    assert "需要调查" in cases.outbox()[-1][2] and "11月27日17:00" in cases.outbox()[-1][2]
    with pytest.raises(Refused) as caught:
        cases.do(row, lambda deed: handling.extend(deed, 16, "需要调查"))
    assert caught.value.wording == "case.bad_extension"


def test_an_overdue_case_counts_from_now_when_it_is_extended_and_stays_missed(cases: Cases) -> None:
    row = cases.do(cases.assigned(), lambda deed: handling.extend(deed, 1, "需要调查"), day(26))
    assert row.due_at == day(27, 17) and row.missed


def test_reopening_begins_a_round_with_a_deadline_of_its_own(cases: Cases) -> None:
    row = cases.settled()
    row = cases.do(row, lambda deed: handling.reopen(deed, "没有解决"), day(27))
    assert (row.state, row.round, row.settled_at, row.missed) == ("reopened", 2, None, False)
    assert row.due_at == day(30, 17) and row.hand_over_by == day(27, 17)
    assert "重新办理" in cases.outbox()[-1][2]
    row = cases.do(row, handling.start, day(27, 11))
    assert cases.do(row, lambda deed: handling.settle(deed, "这次办好了"), day(27, 12)).state == "settled"
    assert [text for _, _, text in cases.outbox() if "这次办好了" in text]


def test_a_missed_round_stays_missed(cases: Cases) -> None:
    row = cases.assigned()
    row = cases.do(row, lambda deed: handling.settle(deed, "办好了"), day(26))
    assert row.missed
    row = cases.do(row, lambda deed: handling.reopen(deed, "没有解决"), day(26, 11))
    assert row.missed and row.settled_at is None


def test_an_old_answer_is_not_taken_up_again(cases: Cases) -> None:
    row = cases.settled()
    with pytest.raises(Refused) as caught:
        cases.do(row, lambda deed: handling.reopen(deed, "没有解决"), MONDAY + timedelta(days=30, seconds=1))
    assert caught.value.wording == "case.too_old"
    assert cases.do(row, lambda deed: handling.reopen(deed, "没有解决"), MONDAY + timedelta(days=30)).round == 2


def test_what_was_refused_unassigned_is_assigned_before_work_begins_anew(cases: Cases) -> None:
    row = cases.do(cases.open(), lambda deed: handling.refuse(deed, "依据", "办法"))
    row = cases.do(row, lambda deed: handling.reopen(deed, "没有道理"))
    with pytest.raises(Refused) as caught:
        cases.do(row, handling.start)
    assert caught.value.wording == "case.not_assigned"


def test_a_deed_out_of_turn_changes_nothing(cases: Cases) -> None:
    row = cases.open()
    with pytest.raises(Refused) as caught:
        cases.do(row, lambda deed: handling.settle(deed, "办好了"))
    assert (caught.value.status, caught.value.wording) == (409, "case.not_now")
    assert cases.read(row).state == "received" and cases.outbox() == []
    with cases.database.transaction() as session:
        assert [event.action for event in history.of(session, row.id)] == [CaseAction.RECEIVE]


def test_nobody_gets_a_complaint_about_his_own_window(cases: Cases) -> None:
    own = staff_of(cases.database, Role.CLERK, "GA", "A01")
    with pytest.raises(Refused) as caught:
        cases.assigned(department="GA", staff_id=own.id)
    assert caught.value.wording == "case.own_window"


@pytest.mark.parametrize(
    ("department", "role", "wording"),
    [
        ("XX", None, "case.unknown_department"), ("RS", Role.CLERK, "case.unknown_assignee"),
        (SUPERVISORS, Role.CLERK, "case.unknown_assignee"), ("GA", Role.REVIEWER, "case.unknown_assignee"),
    ],
)  # fmt: skip
def test_a_case_goes_to_somebody_who_can_handle_it(
    cases: Cases, department: str, role: Role | None, wording: str
) -> None:
    staff_id = staff_of(cases.database, role, "GA").id if role else None
    with pytest.raises(Refused) as caught:
        cases.assigned(department=department, staff_id=staff_id)
    assert caught.value.wording == wording


def test_a_clerk_gives_a_case_to_colleagues_only(cases: Cases) -> None:
    row = cases.assigned(department="GA")
    to = Assignment("RS", None, Grading.SIMPLE)
    with pytest.raises(Refused) as caught:
        cases.do(row, lambda deed: handling.assign(deed, to), by=cases.clerk)
    assert caught.value.wording == "case.not_yours_to_give"
    mine = replace(to, department="GA", staff_id=cases.clerk.id)
    row = cases.do(row, lambda deed: handling.assign(deed, mine), MONDAY + HOUR, by=cases.clerk)
    assert row.assigned_to == cases.clerk.id and len(cases.alarms("case_assigned")) == 2


@pytest.mark.parametrize(
    ("channel", "changes", "sender", "telephone"),
    [
        ("wechat", {}, SENDER_KEY, None), ("web", {}, SENDER_KEY, None), ("kiosk", {}, None, TELEPHONE),
        ("sidebar", {}, None, TELEPHONE), ("kiosk", {"telephone": ""}, SENDER_KEY, None),
    ],
)  # fmt: skip
def test_citizens_are_told_on_their_channel_or_by_telephone_after_a_shared_screen(
    cases: Cases, channel: str, changes: dict[str, str], sender: str | None, telephone: str | None
) -> None:
    cases.assigned(replace(COMPLAINT, channel=channel, **changes))  # type: ignore[arg-type]
    assert [told[:2] for told in cases.outbox()] == [(sender, telephone)]


def test_nobody_is_told_of_an_anonymous_case(cases: Cases) -> None:
    assert cases.settled(replace(COMPLAINT, anonymous=True)).state == "settled" and cases.outbox() == []
