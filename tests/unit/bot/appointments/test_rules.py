"""The hall's rules for appointments."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import ValidationError

from bot.appointments.office import office_of
from bot.appointments.rules import appointment_rules, check
from bot.desk import Desk
from knowledge.base import Published
from knowledge.calendar import HallCalendar
from knowledge.loader import DATA, KnowledgeError
from tests.unit.bot.appointments.helpers import VAULT, WORDING, make_rules
from tests.unit.helpers import four_guides, guest_guide, make_hall


def test_every_published_item_is_served_by_exactly_one_group(published: Published) -> None:
    rules = appointment_rules(DATA / "deeds")
    assert check(rules, published.guides, published.hall) == []


def test_every_window_belongs_to_a_group(published: Published) -> None:
    rules = appointment_rules(DATA / "deeds")
    served = {window for group in rules.groups for window in group.windows}
    assert {w.id for z in published.hall.zones for w in z.windows} == served


def problems(**changes: object) -> list[str]:
    guides = {c: g.model_copy(update={"department": "GA"}) for c, g in four_guides().items()}
    return check(make_rules(**changes), guides, make_hall())


GROUP = {"id": "identity", "title": "身份证", "letter": "A", "windows": ["A01"], "capacity": 2}


def test_good_rules_have_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"groups": [{**GROUP, "items": ["GA-003"]}]}, "GA-008 没有窗口组"),
        ({"groups": [{**GROUP, "windows": ["Z99"], "departments": ["GA"]}]}, "没有窗口 Z99"),
        ({"groups": [{**GROUP, "departments": ["GA", "QQ"]}]}, "没有部门 QQ"),
        ({"groups": [{**GROUP, "departments": ["GA"], "items": ["XX-999"]}]}, "没有事项 XX-999"),
        ({"not_bookable": ["XX-999"]}, "not_bookable：没有事项 XX-999"),
        ({"not_bookable": ["GA-003"]}, "GA-003 既在窗口组里"),
        (
            {"groups": [{**GROUP, "departments": ["GA"]}, {**GROUP, "id": "b", "letter": "B", "departments": ["GA"]}]},
            "GA-003 属于多个窗口组",
        ),
    ],
)
def test_what_does_not_fit_is_told(changes: dict[str, object], told: str) -> None:
    assert any(told in problem for problem in problems(**changes))


def test_items_of_other_platforms_need_no_group() -> None:
    guest = guest_guide()
    assert check(make_rules(not_bookable=[]), {**four_guides(), guest.code: guest}, make_hall()) == []
    assert make_rules().group_of(guest) is None


def test_an_item_that_is_not_bookable_has_no_group() -> None:
    assert make_rules().group_of(four_guides()["RS-002"]) is None


@pytest.mark.parametrize(
    "changes",
    [{"groups": [GROUP, {**GROUP, "letter": "B"}]}, {"groups": [GROUP, {**GROUP, "id": "b"}]}, {"slot_minutes": 0},
     {"groups": []}, {"notes": ["没有标点"]}, {"surprise": 1}, {"hold_minutes": 0}],
)  # fmt: skip
def test_wrong_rules_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        make_rules(**changes)


def test_a_bad_file_is_refused_with_its_line(tmp_path: Path) -> None:
    text = (DATA / "deeds" / "appointments.yaml").read_text(encoding="utf-8")
    (tmp_path / "appointments.yaml").write_text(text.replace("slot_minutes: 30", "slot_minutes: 3"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"appointments.yaml:3: slot_minutes"):
        appointment_rules(tmp_path)


def test_the_office_of_the_running_app_reads_the_real_rules(published: Published) -> None:
    current = SimpleNamespace(calendar=HallCalendar(published.hall), guides=published.guides, hall=published.hall)
    desk = Desk(
        settings=cast(Any, SimpleNamespace(knowledge=DATA, rules=DATA / "deeds")),
        database=cast(Any, None),
        vault=VAULT,
        library=cast(Any, SimpleNamespace(current=current)),
        wording=WORDING,
        encoder=cast(Any, None),
    )
    office = office_of(desk)
    assert office.group_of("GA-003").id == "identity" and office.materials("GA-003")
    assert "A01号身份证窗口" in office.place("GA-003", office.group_of("GA-003"))
