"""Ratings and their follow-ups on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.errors import Refused
from bot.ratings import follow_up, overview, service
from bot.ratings.jobs import jobs
from bot.ratings.model import FollowUpRow, Grade, NewRating, RatingRow
from bot.ratings.overview import Wanted
from bot.ratings.rules import rating_rules
from bot.ratings.service import Taken
from bot.staff.model import Role
from tests.unit.bot.assistance.helpers import MONDAY, TELEPHONE, Place
from tests.unit.helpers import SENDER_KEY

BAD = NewRating(
    "deed1", "wechat", SENDER_KEY, Grade.DISSATISFIED, ("attitude", "efficiency"), "等太久，我电话13800001234",
    window="A03", department="GA", name="王小明", telephone=TELEPHONE,
)  # fmt: skip
GOOD = NewRating("deed2", "web", None, Grade.SATISFIED)
ANONYMOUS = replace(BAD, deed_id="deed3", name="", telephone="", department=None, window=None)
DAY = timedelta(days=1)
(OVERDUE,) = jobs()


def rate(place: Place, new: NewRating) -> Taken:
    with place.office() as office:
        return service.rate(office, rating_rules(place.desk.rules), new, MONDAY)


def test_a_bad_rating_is_followed_up_by_its_department(place: Place) -> None:
    taken = rate(place, BAD)
    assert taken.row.number.startswith("PJ20261123")
    assert taken.follow_up_by and taken.follow_up_by.isoformat()[:10] == "2026-11-24"
    assert place.alarms() == [("rating.bad", "GA")]


def test_a_good_rating_is_not_followed_up(place: Place) -> None:
    assert rate(place, GOOD).follow_up_by is None and place.alarms() == []


def test_without_a_department_supervisors_see_to_it(place: Place) -> None:
    assert rate(place, ANONYMOUS).row.sender_key is None
    assert place.alarms() == [("rating.bad", "supervisors")]


def test_one_deed_is_one_rating_however_many_send_it_at_once(place: Place) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = {taken.row.number for taken in pool.map(lambda _: rate(place, BAD), range(8))}
    with place.database.transaction() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (RatingRow, FollowUpRow)]
    assert len(numbers) == 1 and counts == [1, 1]


@pytest.mark.parametrize(
    "change", [{"window": "Z99"}, {"kinds": ("nonsense",)}, {"telephone": ""}, {"name": ""}], ids=str
)
def test_what_the_hall_has_not_is_refused(place: Place, change: dict[str, str]) -> None:
    with pytest.raises(Refused):
        rate(place, replace(BAD, **change))  # type: ignore[arg-type]


def test_the_database_keeps_no_contact_of_anonymous_ratings(place: Place) -> None:
    taken = rate(place, ANONYMOUS)
    with pytest.raises(IntegrityError), place.database.transaction() as session:
        row = session.get(RatingRow, taken.row.id)
        assert row
        row.sender_key = SENDER_KEY


def test_a_named_rating_is_contacted_before_it_is_settled_and_told(place: Place) -> None:
    id_ = rate(place, BAD).row.id
    with pytest.raises(Refused, match=r"rating\.contact_first"), place.office() as office:
        follow_up.settle(office, id_, "已经道歉", MONDAY)
    with place.office() as office:
        follow_up.contacted(office, id_, MONDAY)
        follow_up.settle(office, id_, "已经道歉。", MONDAY)
    assert place.sent() == ["settled"] and "已经道歉" in place.texts()
    with pytest.raises(Refused, match=r"rating\.wrong_state"), place.office() as office:
        follow_up.settle(office, id_, "再来一次", MONDAY)


def test_overdue_is_alarmed_once_and_only_when_nobody_called(place: Place) -> None:
    rate(place, BAD)
    other = rate(place, replace(ANONYMOUS, deed_id="x")).row.id
    with place.office() as office:
        follow_up.contacted(office, other, MONDAY)
    OVERDUE.run(place.desk, MONDAY + timedelta(hours=20))
    assert [kind for kind, _ in place.alarms() if kind == "rating.overdue"] == []
    for _ in range(2):
        OVERDUE.run(place.desk, MONDAY + 9 * DAY)
    late = [pair for pair in place.alarms() if pair[0] == "rating.overdue"]
    assert late == [("rating.overdue", "GA"), ("rating.overdue", "supervisors")]


def test_statistics_by_everything(place: Place) -> None:
    id_ = rate(place, BAD).row.id
    for new in (GOOD, ANONYMOUS, replace(BAD, deed_id="deed4", kinds=("attitude",))):
        rate(place, new)
    with place.office() as office:
        follow_up.contacted(office, id_, MONDAY)
    OVERDUE.run(place.desk, MONDAY + 9 * DAY)
    with place.database.transaction() as session:
        chief = place.staff(Role.SUPERVISOR)
        found = overview.statistics(session, chief, (MONDAY - DAY, MONDAY + DAY))
        nothing = overview.statistics(session, chief, (MONDAY + DAY, MONDAY + 2 * DAY))
        clerk = overview.statistics(session, place.staff(Role.CLERK, "RS"), (MONDAY - DAY, MONDAY + DAY))
    assert {(c.of, c.count, c.bad) for c in found.grades} == {("dissatisfied", 3, 3), ("satisfied", 1, 0)}
    assert {(c.of, c.count, c.bad) for c in found.departments} == {("GA", 2, 2), (None, 2, 1)}
    assert {(c.of, c.count) for c in found.kinds} == {("attitude", 3), ("efficiency", 2)}
    assert {(c.of, c.count) for c in found.windows} == {("A03", 2), (None, 2)}
    named = found.named
    assert (named.bad, named.followed_up, named.settled, named.missed, found.named_share) == (2, 1, 0, 1, 0.5)
    assert (found.anonymous.bad, found.anonymous.missed) == (1, 1)
    assert nothing.grades == [] and nothing.named_share is None and clerk.grades == []


def test_lists_are_masked_and_kept_to_the_department(place: Place) -> None:
    id_ = rate(place, BAD).row.id
    rate(place, ANONYMOUS)
    with place.database.transaction() as session:
        clerk, other, chief = place.staff(Role.CLERK, "GA"), place.staff(Role.CLERK, "RS"), place.staff(Role.SUPERVISOR)

        def listed(who: object, **wanted: object) -> list[overview.Shown]:
            return overview.ratings(
                session, place.desk.vault, who, Wanted(**wanted), MONDAY + 9 * DAY, page=1, limit=9  # type: ignore[arg-type]
            )[0]  # fmt: skip

        (shown,) = listed(clerk)
        assert (shown.name, "13800001234" in shown.words, "1234" in shown.telephone) == ("王**", False, True)
        assert shown.kinds == ("attitude", "efficiency") and shown.follow_up and shown.follow_up.overdue
        assert listed(other) == [] and len(listed(chief)) == 2
        assert len(listed(chief, named=True)) == len(listed(chief, window="A03")) == 1
        assert len(listed(chief, overdue=True)) == 2 and listed(chief, bad=False) == []
        with pytest.raises(Refused, match=r"rating\.not_found"):
            overview.visible(session, other, id_)


def test_the_window_that_was_rated_never_sees_who_rated_it(place: Place) -> None:
    id_ = rate(place, BAD).row.id
    with place.database.transaction() as session:
        vault = place.desk.vault
        assert overview.contact(session, vault, place.staff(Role.CLERK, "GA", "A01"), id_).telephone == TELEPHONE
        with pytest.raises(Refused, match=r"rating\.own_window"):
            overview.contact(session, vault, place.staff(Role.CLERK, "GA", "A03"), id_)
