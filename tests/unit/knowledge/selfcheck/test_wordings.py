"""Names that collide, and words that citizens would not understand or must not be told."""

from typing import Any

import pytest

from knowledge.base import Published
from knowledge.selfcheck.wordings import colliding_names, unclear_wording
from tests.unit.helpers import (
    MINOR,
    guest_guide,
    make_facility,
    make_faq,
    make_guide,
    make_published,
    tokens,
)
from tests.unit.knowledge.selfcheck.samples import published_faq, published_with, with_faq, with_guest, with_guide

WORDS = {"予以": "可以、给"}
FORBIDDEN = {"不归我管": "由……负责"}


def collisions(published: Published) -> list[str]:
    found = colliding_names(published, tokens().content)
    return sorted(f"{f.severity.value} {f.kind.value} {f.id}" for f in found)


def two(first: str, second: str) -> Published:
    """GA-003 and GA-008, each with one phrase beside its name."""
    passport = make_guide(code="GA-008", name="普通护照换发", aliases=[], colloquial=[second])
    return published_with(make_guide(aliases=["身份证挂失补领"], colloquial=[first]), passport)


def passport(phrase: str) -> Published:
    return two("身份证丢了", phrase)


# Names.


def test_names_that_differ_do_not_collide() -> None:
    assert collisions(make_published()) == []


@pytest.mark.parametrize("phrase", ["身份证丢了", " 身份证丢了 ", "居民身份证遗失补领", "身份证挂失补领"], ids=repr)
def test_the_same_phrase_for_two_items_is_an_error(phrase: str) -> None:
    assert collisions(passport(phrase)) == ["error guide GA-008"]


def test_full_width_and_upper_case_are_the_same_phrase() -> None:
    assert collisions(two("办ETC卡", "办ｅｔｃ卡")) == ["error guide GA-008"]


def test_the_same_words_in_another_order_are_a_warning() -> None:
    assert collisions(two("身份证换护照", "护照换身份证")) == ["warning guide GA-008"]
    assert collisions(two("身份证换护照", "我要身份证换护照")) == ["warning guide GA-008"]  # 我要 names nothing
    assert collisions(two("身份证换护照", "护照换社保卡")) == []


def test_one_word_alone_is_no_collision_of_words() -> None:
    assert collisions(two("护照怎么办", "我要护照")) == []


def test_phrases_of_one_item_may_repeat_each_other() -> None:
    twice = ["身份证护照", "护照身份证", "护照身份证"]
    assert collisions(with_guide(colloquial=twice)) == []


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        pytest.param({"faq": {"FAQ-GA-001": make_faq(questions=["身份证丢了"])}}, "faq FAQ-GA-001", id="FAQ entry"),
        pytest.param(
            {"facilities": {"restrooms": make_facility(name="身份证丢了")}}, "facility restrooms", id="facility"
        ),
    ],
)
def test_other_kinds_collide_with_items_by_phrase_only(changes: dict[str, Any], who: str) -> None:
    assert collisions(make_published(**changes)) == [f"error {who}"]
    turned = {"faq": {"FAQ-GA-001": make_faq(questions=["补领社保卡"])}}
    assert collisions(make_published(**turned)) == []


def test_situations_name_their_item() -> None:
    asked = {**MINOR, "ask": ["护照过期了"]}
    assert collisions(with_guide(situations=[asked])) == ["error guide GA-008"]


def test_names_of_other_platforms_may_be_ours() -> None:
    assert collisions(with_guest(name="居民身份证遗失补领", colloquial=["身份证丢了"])) == []
    guest = make_faq(id="FAQ-XX-001", questions=["身份证丢了"], origin="省平台", owner="水务局")
    assert collisions(published_faq(guest)) == []


def test_a_collision_names_both() -> None:
    (finding,) = colliding_names(passport("身份证丢了"), tokens().content)
    assert finding.reason == "“身份证丢了”与 GA-003 的“身份证丢了”完全相同，问的人分不清，请换一个说法"


# Wording.


def unclear(published: Published) -> list[str]:
    found = unclear_wording(published, WORDS, FORBIDDEN)
    return [f"{f.severity.value} {f.kind.value} {f.id} {f.field}" for f in found]


BASIS = {"law": "中华人民共和国居民身份证法", "article": "第十一条"}
FEES = {"charged": True, "amount_yuan": 40, "text": "每证工本费40元。"}


def test_plain_words_are_left_alone() -> None:
    assert unclear(make_published()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"conditions": ["符合条件的予以办理。"]}, "conditions"),
        ({"procedure": [{"name": "申请", "text": "予以受理。"}]}, "procedure.text"),
        ({"fees": {**FEES, "text": "每证40元，困难的予以减免。"}}, "fees.text"),
        ({"time_limit": {"statutory": "60日", "promised": "20日内予以办结"}}, "time_limit.promised"),
        ({"refusal_reasons": ["不予以办理"]}, "refusal_reasons"),
        ({"situations": [{**MINOR, "changes": {"conditions": ["予以办理"]}}]}, "situations.changes.conditions"),
    ],
)
def test_office_language_is_a_warning_where_citizens_read_it(changes: dict[str, Any], field: str) -> None:
    assert unclear(with_guide(**changes)) == [f"warning guide GA-003 {field}"]


def test_the_answer_of_an_faq_entry_is_read_too() -> None:
    assert unclear(with_faq(answer="予以办理。")) == ["warning faq FAQ-GA-001 answer"]


@pytest.mark.parametrize("word", [*WORDS, *FORBIDDEN])
@pytest.mark.parametrize(
    "changes",
    [
        {"colloquial": ["{}吗"]},
        {"aliases": ["{}证"]},
        {"legal_basis": [{**BASIS, "gist": "{}补发。"}]},
        {"legal_basis": [{"law": "{}办法"}]},
        {"time_limit": {"statutory": "60日内{}", "promised": "20日"}},
        {"situations": [{**MINOR, "ask": ["孩子{}"]}]},
        {"situations": [{**MINOR, "cues": ["{}"]}]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_citizens_and_the_law_speak_as_they_do(changes: dict[str, Any], word: str) -> None:
    assert unclear(with_guide(**_filled(changes, word))) == []


def _filled(value: Any, word: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, word) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, word) for inner in value]
    return value.format(word) if isinstance(value, str) else value


@pytest.mark.parametrize("word", [*WORDS, *FORBIDDEN])
def test_questions_and_sources_of_an_faq_entry_are_not_our_words(word: str) -> None:
    assert unclear(with_faq(questions=[f"{word}吗"], sources=[{"title": f"关于{word}的通知"}])) == []


def test_what_must_not_be_said_is_an_error() -> None:
    assert unclear(with_guide(conditions=["这不归我管。"])) == ["error guide GA-003 conditions"]
    assert unclear(with_faq(answer="这不归我管。")) == ["error faq FAQ-GA-001 answer"]


def test_both_lists_are_looked_through_and_a_remedy_is_told() -> None:
    published = with_guide(conditions=["不归我管，不予以办理。"])
    first, second = unclear_wording(published, WORDS, FORBIDDEN)
    assert (first.reason, second.reason) == (
        "“予以”群众不容易看懂，建议改为“可以、给”", "不能对群众说“不归我管”，请改为“由……负责”",
    )  # fmt: skip


def test_words_of_other_platforms_are_theirs() -> None:
    assert unclear(published_with(guest_guide(refusal_reasons=["不予以办理，不归我管"]))) == []
    assert unclear(with_faq(answer="不归我管。", origin="省平台")) == []
