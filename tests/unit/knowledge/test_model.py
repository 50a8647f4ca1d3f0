"""What the model of guides and hall refuses, and what it knows of itself."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.model import Disclosure, Facility, FaqEntry, Fees, Guide, Material, Session, Topic
from tests.unit.helpers import guide_data, make_facility, make_faq, make_guide, make_hall, make_topic

MATERIAL = {"name": "授权委托书", "form": "original", "issuer": "本人"}


@pytest.mark.parametrize(
    ("kind", "defer_days", "right"),
    [("main", None, True), ("main", 5, False), ("deferrable", 5, True), ("deferrable", None, False)],
)
def test_only_deferrable_materials_have_a_deadline_and_all_of_them(
    kind: str, defer_days: int | None, right: bool
) -> None:
    data = {**MATERIAL, "kind": kind, "defer_days": defer_days}
    if right:
        assert Material.model_validate(data).defer_days == defer_days
    else:
        with pytest.raises(ValidationError, match="容缺材料"):
            Material.model_validate(data)


@pytest.mark.parametrize(
    ("charged", "amount", "right"),
    [
        (True, 40, True), (True, None, True), (True, 0, False),
        (False, 0, True), (False, None, True), (False, 40, False),
    ],
)  # fmt: skip
def test_amount_and_charge_agree(charged: bool, amount: float | None, right: bool) -> None:
    data = {"charged": charged, "amount_yuan": amount, "text": "见标准。"}
    if right:
        assert Fees.model_validate(data).amount_yuan == amount
    else:
        with pytest.raises(ValidationError, match="amount_yuan"):
            Fees.model_validate(data)


def test_a_session_opens_before_it_closes() -> None:
    with pytest.raises(ValidationError, match="opens 必须早于 closes"):
        Session.model_validate({"weekdays": [1], "opens": "12:00", "closes": "12:00"})


@pytest.mark.parametrize(
    "change",
    [
        {"location": {"windows": []}},
        {"location": {"windows": ["A01"], "link": "政务服务网"}},
        {"related": ["GA3"]},
        {"department": None},
        {"authority": {"name": "水务局"}},
        {"situations": [{"id": "未成年", "name": "未成年人", "changes": {}}]},
        {"situations": [{"id": "minor", "name": "未成年人", "changes": {"name": "别的事项"}}]},
        {"commitments": [{"replaces": "证明", "promise": "属实。"}]},
        {"forms": [{"name": "申请表"}]},
    ],
)
def test_a_guide_with_something_wrong_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_guide(**change)


@pytest.mark.parametrize("key", ["code", "name", "applicant", "checked_on", "checked_by"])
def test_what_every_guide_must_say_may_not_be_left_out(key: str) -> None:
    data = guide_data()
    del data[key]
    with pytest.raises(ValidationError, match=key):
        Guide.model_validate(data)


@pytest.mark.parametrize("key", [d.value for d in Disclosure if d is not Disclosure.NAME])
def test_a_disclosure_that_was_never_published_is_empty(key: str) -> None:
    """Guides of other platforms have holes; those of the hall itself must not, see test_published_files."""
    data = guide_data()
    del data[key]
    assert not getattr(Guide.model_validate(data), key)


def test_a_guide_belongs_to_a_department_of_the_hall_or_to_another_authority() -> None:
    guest = make_guide(department=None, authority={"name": "水务局"})
    assert guest.authority is not None and guest.authority.name == "水务局"


def test_names_hold_official_aliases_colloquial_and_situations_in_this_order() -> None:
    situation = {"id": "minor", "name": "未成年人", "ask": ["孩子的身份证丢了"], "changes": {}}
    names = make_guide(situations=[situation]).names
    assert names == (
        "居民身份证遗失补领", "身份证挂失补领", "身份证丢了", "身份证不见了", "补身份证", "孩子的身份证丢了",
    )  # fmt: skip


def test_a_guide_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        make_guide().name = "别的"  # type: ignore[misc]


def test_the_hall_finds_window_with_zone_and_department() -> None:
    zone, window = make_hall().window("A02")
    assert (zone.id, window.name) == ("A", "户籍窗口")
    assert make_hall().department("GA").name == "公安局"


def test_the_hall_does_not_invent_windows_or_departments() -> None:
    with pytest.raises(KeyError):
        make_hall().window("Z99")
    with pytest.raises(KeyError):
        make_hall().department("ZZ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reviewed_by": None}, "reviewed_by"),
        ({"reviewed_on": None}, "reviewed_by"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until 不能早于 valid_from"),
        ({"questions": []}, "questions"),
        ({"id": "faq 1"}, "id"),
        ({"items": ["GA3"]}, "items"),
    ],
)
def test_an_faq_entry_with_something_wrong_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        make_faq(**change)


def test_only_reviewed_faq_entries_need_a_reviewer() -> None:
    draft = make_faq(review="draft", reviewed_by=None, reviewed_on=None)
    assert not draft.answers_on(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "answers"),
    [((2025, 12, 31), False), ((2026, 1, 1), True), ((2026, 6, 30), True), ((2026, 7, 1), False)],
)
def test_an_faq_entry_answers_from_its_first_to_its_last_day(day: tuple[int, int, int], answers: bool) -> None:
    assert make_faq(valid_until=date(2026, 6, 30)).answers_on(date(*day)) is answers


@pytest.mark.parametrize("change", [{"computed": "hours"}, {"text": None}, {"phrases": ["一", "二"]}])
def test_a_facility_has_one_answer_and_three_phrases(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_facility(**change)


@pytest.mark.parametrize("change", [{"phrases": ["一", "二"]}, {"path": " "}, {"authority": None}])
def test_a_topic_names_authority_and_way(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_topic(**change)


@pytest.mark.parametrize("thing", [make_facility(), make_faq(), make_topic()], ids=["facility", "faq", "topic"])
def test_a_mistyped_key_is_refused(thing: Facility | FaqEntry | Topic) -> None:
    with pytest.raises(ValidationError, match="colour"):
        type(thing).model_validate({**thing.model_dump(), "colour": "红"})
