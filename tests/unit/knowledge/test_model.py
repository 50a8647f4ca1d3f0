"""What the model of guides and hall refuses, and what it knows of itself."""

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.model import Disclosure, Fees, Material, Session
from tests.unit.helpers import guide_data, make_guide, make_hall

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
        {"colloquial": ["身份证丢了", "补身份证"]},
        {"legal_basis": []},
        {"conditions": []},
        {"materials": []},
        {"procedure": []},
        {"location": {"windows": []}},
        {"related": ["GA3"]},
        {"situations": [{"id": "未成年", "name": "未成年人", "changes": {}}]},
        {"situations": [{"id": "minor", "name": "未成年人", "changes": {"name": "别的事项"}}]},
    ],
)
def test_a_guide_with_a_hole_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_guide(**change)


@pytest.mark.parametrize("key", [d.value for d in Disclosure])
def test_none_of_the_eight_disclosures_may_be_left_out(key: str) -> None:
    data = guide_data()
    del data[key]
    with pytest.raises(ValidationError, match=key):
        type(make_guide()).model_validate(data)


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
