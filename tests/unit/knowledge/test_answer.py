"""Answers are the guide's own words in their frame, complete and in order."""

import pytest

from knowledge.answer import Answer, compose
from knowledge.base import Published
from knowledge.model import Disclosure, Guide
from tests.unit.helpers import labels, make_guide, make_hall

DEFERRABLE = {
    "name": "授权委托书", "kind": "deferrable", "form": "original_and_copy", "count": 2, "issuer": "委托人",
    "required_if": "由他人代办时", "note": "要写明权限。", "defer_days": 5,
}  # fmt: skip
MAIN = {"name": "居民户口簿", "kind": "main", "form": "original", "issuer": "公安机关"}


def answer(guide: Guide, *asked: str) -> Answer:
    return compose(guide, [Disclosure(name) for name in asked], make_hall(), labels())


def text_of(guide: Guide, disclosure: str) -> str:
    (field,) = answer(guide, disclosure).fields
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
    assert (found.code, found.title, found.checked_on) == (guide.code, guide.name, guide.checked_on)
    assert found.fields[0].label == "收费标准"


def test_materials_say_name_form_count_kind_and_issuer() -> None:
    assert text_of(make_guide(materials=[MAIN, DEFERRABLE]), "materials").splitlines() == [
        "1. 居民户口簿（原件1份，主要材料，来源：公安机关）",
        "2. 授权委托书（原件和复印件2份，可容缺材料，来源：委托人）",
        "　　需要的情形：由他人代办时",
        "　　可以先受理，5个工作日内补交；需要您书面承诺，逾期不补交的不予办理。",
        "　　说明：要写明权限。",
    ]


def test_fees_are_word_for_word_with_basis_and_local_mark() -> None:
    fees = {"charged": True, "amount_yuan": 40, "text": "每证工本费40元。", "basis": "发改价格〔2003〕2322号"}
    assert text_of(make_guide(fees=fees), "fees") == "每证工本费40元。\n收费依据：发改价格〔2003〕2322号"
    local = {"charged": False, "text": "不收费。", "local": True}
    assert text_of(make_guide(fees=local), "fees") == "不收费。\n以上为本大厅的标准。"


def test_the_promised_limit_is_marked_as_local_only_when_it_is() -> None:
    limit = {"statutory": "60日", "promised": "20个工作日"}
    assert text_of(make_guide(time_limit=limit), "time_limit").splitlines() == [
        "法定时限：60日", "承诺时限：20个工作日（本大厅）",
    ]  # fmt: skip
    spot = {**limit, "local": False, "on_the_spot": True, "note": "节假日顺延。"}
    assert text_of(make_guide(time_limit=spot), "time_limit").splitlines() == [
        "法定时限：60日", "承诺时限：20个工作日", "材料齐全的，可以当场办结。", "说明：节假日顺延。",
    ]  # fmt: skip


def test_the_location_says_hall_address_floor_zone_window_and_telephone() -> None:
    place = {"windows": ["A01", "A02"], "online": "政务服务网", "note": "带小孩的走二号门。"}
    assert text_of(make_guide(location=place), "location").splitlines() == [
        "示范大厅1楼A区（公安区）A01号身份证窗口，地址：中心大道1号",
        "示范大厅1楼A区（公安区）A02号户籍窗口，地址：中心大道1号",
        "网上办理：政务服务网",
        "说明：带小孩的走二号门。",
        "咨询电话：公安局0000-10000001",
    ]


def test_legal_basis_puts_book_title_marks_just_once() -> None:
    bases = [
        {"law": "中华人民共和国居民身份证法", "article": "第十一条", "gist": "丢失的，应当申请补领。"},
        {"law": "《居民身份证法》", "article": "第三条"},
        {"law": "中华人民共和国户口登记条例"},
    ]
    assert text_of(make_guide(legal_basis=bases), "legal_basis").splitlines() == [
        "《中华人民共和国居民身份证法》第十一条：丢失的，应当申请补领。",
        "《居民身份证法》第三条",
        "《中华人民共和国户口登记条例》",
    ]


def test_conditions_and_steps_are_numbered() -> None:
    steps = [{"name": "申请", "text": "到窗口申请。"}, {"name": "领证", "text": "凭回执领证。"}]
    guide = make_guide(conditions=["年满十六周岁。", "本人到场。"], procedure=steps)
    assert text_of(guide, "conditions") == "1. 年满十六周岁。\n2. 本人到场。"
    assert text_of(guide, "procedure") == "1. 申请：到窗口申请。\n2. 领证：凭回执领证。"


def test_the_name_comes_with_its_aliases() -> None:
    assert text_of(make_guide(), "name") == "居民身份证遗失补领\n也叫：身份证挂失补领"
    assert text_of(make_guide(aliases=[]), "name") == "居民身份证遗失补领"


MINOR = {"id": "minor", "name": "未成年人", "changes": {"materials": [DEFERRABLE]}}
AGENT = {"id": "agent", "name": "代办", "changes": {"conditions": ["有授权。"]}}


def test_variants_of_situations_follow_under_their_name_where_they_change_something() -> None:
    guide = make_guide(situations=[MINOR, AGENT])
    materials = text_of(guide, "materials")
    head, variant = materials.split("\n\n【未成年人】\n")
    assert head == "1. 居民户口簿（原件1份，主要材料，来源：公安机关）"
    assert variant.startswith("1. 授权委托书（原件和复印件2份")
    assert "代办】" not in materials
    assert text_of(guide, "conditions") == "1. 居民身份证丢失。\n\n【代办】\n1. 有授权。"
    assert "【" not in text_of(guide, "fees")


def test_the_telephone_stands_before_the_variants_of_the_location() -> None:
    situation = {"id": "agent", "name": "代办", "changes": {"location": {"windows": ["A02"]}}}
    lines = text_of(make_guide(situations=[situation]), "location").splitlines()
    assert lines[1].startswith("咨询电话") and lines[3] == "【代办】" and "A02" in lines[4]


def test_every_text_of_every_real_guide_stands_in_its_answer(published: Published) -> None:
    for guide in published.guides.values():
        whole = {
            f.disclosure: f.text for f in compose(guide, [], published.hall, published.labels).fields
        }  # fmt: skip
        assert guide.fees.text in whole[Disclosure.FEES]
        assert guide.time_limit.statutory in whole[Disclosure.TIME_LIMIT]
        assert guide.time_limit.promised in whole[Disclosure.TIME_LIMIT]
        for material in guide.materials:
            assert material.name in whole[Disclosure.MATERIALS], guide.code
        for condition in guide.conditions:
            assert condition in whole[Disclosure.CONDITIONS], guide.code
        for step in guide.procedure:
            assert step.text in whole[Disclosure.PROCEDURE], guide.code
        for basis in guide.legal_basis:
            assert basis.law in whole[Disclosure.LEGAL_BASIS], guide.code


def test_no_answer_of_a_real_guide_holds_an_unfilled_blank_or_a_bare_none(published: Published) -> None:
    for guide in published.guides.values():
        for field in compose(guide, [], published.hall, published.labels).fields:
            assert field.text.strip(), (guide.code, field.disclosure)
            assert not any(sign in field.text for sign in ("{", "}", "None", "《《", "》》")), (guide.code, field.text)


@pytest.mark.parametrize("disclosure", list(Disclosure))
def test_every_disclosure_can_be_asked_for_alone(disclosure: Disclosure) -> None:
    (field,) = answer(make_guide(), disclosure.value).fields
    assert field.disclosure is disclosure and field.text
