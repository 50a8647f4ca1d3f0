"""Answers: which fields of a guide, for which situation, and what was never published."""

import pytest

from knowledge.answer import Answer, Writer
from knowledge.base import Published
from knowledge.model import Disclosure, Guide
from tests.unit.helpers import AGENT, GUARDIAN, MINOR, four_guides, guest_guide, labels, make_guide, make_hall

WRITER = Writer(make_hall(), labels(), four_guides())
SITUATED = make_guide(situations=[MINOR, AGENT])


def answer(guide: Guide, *asked: str, situation: str | None = None) -> Answer:
    chosen = next((s for s in guide.situations if s.id == situation), None)
    return WRITER.answer(guide, [Disclosure(name) for name in asked], chosen)


def text_of(guide: Guide, disclosure: str, situation: str | None = None) -> str:
    (field,) = answer(guide, disclosure, situation=situation).fields
    return field.text


def test_nothing_asked_gives_all_eight_in_the_order_of_the_guide() -> None:
    assert [f.disclosure for f in answer(make_guide()).fields] == list(Disclosure)


def test_what_is_asked_comes_in_the_order_of_the_guide_whatever_the_order_of_asking() -> None:
    found = answer(make_guide(), "fees", "materials", "location").fields
    assert [f.disclosure.value for f in found] == ["location", "materials", "fees"]


def test_a_disclosure_asked_twice_comes_once() -> None:
    assert len(answer(make_guide(), "fees", "fees").fields) == 1


def test_the_answer_names_its_source() -> None:
    guide = make_guide()
    found = answer(guide, "fees")
    assert (found.code, found.title, found.checked_on, found.missing) == (guide.code, guide.name, guide.checked_on, ())
    assert found.fields[0].label == "收费标准"


@pytest.mark.parametrize("disclosure", list(Disclosure))
def test_every_disclosure_can_be_asked_for_alone(disclosure: Disclosure) -> None:
    (field,) = answer(make_guide(), disclosure.value).fields
    assert field.disclosure is disclosure and field.text


# What was never published.


def test_what_was_never_published_is_said_to_be_missing() -> None:
    found = answer(guest_guide(), "materials", "fees", "time_limit")
    assert [f.disclosure.value for f in found.fields] == ["materials"]
    assert found.missing == ("办理时限", "收费标准")


def test_a_guide_may_hold_nothing_of_what_is_asked() -> None:
    found = answer(guest_guide(), "fees")
    assert found.fields == () and found.missing == ("收费标准",)


def test_a_guide_with_every_disclosure_misses_nothing() -> None:
    assert answer(make_guide()).missing == ()


@pytest.mark.parametrize("disclosure", [d for d in Disclosure if d is not Disclosure.NAME])
def test_whichever_disclosure_is_missing_is_told(disclosure: Disclosure) -> None:
    hole = None if disclosure in (Disclosure.LOCATION, Disclosure.TIME_LIMIT, Disclosure.FEES) else []
    found = answer(make_guide(**{disclosure.value: hole}))
    assert found.missing == (labels().disclosures[disclosure],)
    assert [f.disclosure for f in found.fields] == [d for d in Disclosure if d is not disclosure]


# Situations.


def test_a_situation_stands_in_the_title() -> None:
    assert answer(SITUATED, "fees", situation="minor").title == "居民身份证遗失补领（未成年人）"


def test_a_situation_gives_only_what_holds_for_it() -> None:
    assert text_of(SITUATED, "materials", "minor") == "1. 监护人身份证（原件1份，主要材料，来源：公安机关）"
    assert text_of(SITUATED, "conditions", "agent") == "1. 有委托书。"


def test_what_a_situation_does_not_change_is_as_in_the_guide() -> None:
    assert text_of(SITUATED, "fees", "minor") == text_of(make_guide(), "fees")
    assert text_of(SITUATED, "conditions", "minor") == "1. 居民身份证丢失。"


def test_without_a_situation_variants_follow_under_their_name_where_they_change_something() -> None:
    assert text_of(SITUATED, "materials") == (
        "1. 居民户口簿（原件1份，主要材料，来源：公安机关）\n\n"
        "【未成年人】\n1. 监护人身份证（原件1份，主要材料，来源：公安机关）"
    )
    assert text_of(SITUATED, "conditions") == "1. 居民身份证丢失。\n\n【他人代办（委托）】\n1. 有委托书。"
    assert "【" not in text_of(SITUATED, "fees")


def test_the_telephone_stands_before_the_variants_of_the_location() -> None:
    elsewhere = {**AGENT, "changes": {"location": {"windows": ["A02"]}}}
    guide = make_guide(situations=[elsewhere])
    lines = text_of(guide, "location").splitlines()
    assert lines[1].startswith("咨询电话") and lines[3] == "【他人代办（委托）】" and "A02" in lines[4]
    only = text_of(guide, "location", "agent").splitlines()
    assert "A02" in only[0] and only[1].startswith("咨询电话") and len(only) == 2


def test_forms_and_commitments_hold_for_every_situation() -> None:
    forms = [{"name": "申领登记表", "obtain": "窗口领取。"}]
    guide = make_guide(situations=[MINOR], forms=forms)
    assert text_of(guide, "materials", "minor").splitlines()[1] == "表格：《申领登记表》，窗口领取。"
    whole = text_of(guide, "materials").splitlines()
    assert whole.index("表格：《申领登记表》，窗口领取。") < whole.index("【未成年人】")


# The real guides.


def test_every_text_of_every_real_guide_stands_in_its_answer(published: Published) -> None:
    writer = Writer(published.hall, published.labels, published.guides)
    for guide in published.guides.values():
        whole = {f.disclosure: f.text for f in writer.answer(guide, []).fields}
        assert set(whole) == set(Disclosure), guide.code
        for material in guide.materials:
            assert material.name in whole[Disclosure.MATERIALS], guide.code
        for condition in (*guide.conditions, *guide.refusal_reasons):
            assert condition in whole[Disclosure.CONDITIONS], guide.code
        for step in guide.procedure:
            assert step.text in whole[Disclosure.PROCEDURE], guide.code
        for basis in guide.legal_basis:
            assert basis.law in whole[Disclosure.LEGAL_BASIS], guide.code
        assert guide.fees and guide.fees.text in whole[Disclosure.FEES]
        assert guide.time_limit and guide.time_limit.statutory in whole[Disclosure.TIME_LIMIT]
        assert guide.time_limit.promised in whole[Disclosure.TIME_LIMIT]


def test_every_situation_of_every_real_guide_can_be_answered_whole(published: Published) -> None:
    writer = Writer(published.hall, published.labels, published.guides)
    for guide in published.guides.values():
        for situation in guide.situations:
            found = writer.answer(guide, [], situation)
            assert [f.disclosure for f in found.fields] == list(Disclosure), (guide.code, situation.id)
            assert not any("【" in f.text for f in found.fields), (guide.code, situation.id)


def test_no_answer_of_a_real_guide_holds_an_unfilled_blank_or_a_bare_none(published: Published) -> None:
    writer = Writer(published.hall, published.labels, published.guides)
    for guide in published.guides.values():
        for situation in (None, *guide.situations):
            for field in writer.answer(guide, [], situation).fields:
                assert field.text.strip(), (guide.code, field.disclosure)
                odd = [
                    sign for sign in ("{", "}", "None", "《《", "》》", "（）", "，，", "。。") if sign in field.text
                ]
                assert odd == [], (guide.code, field.text)


def test_the_guardian_of_the_helpers_is_a_whole_material() -> None:
    assert make_guide(materials=[GUARDIAN]).materials[0].name == "监护人身份证"
