"""What an option sends is plain Chinese and comes back exactly."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handler import payload
from knowledge.base import KnowledgeBase, Published
from knowledge.model import Disclosure
from tests.unit.helpers import four_guides, labels

GUIDES = four_guides()
SAMPLED = [(), *((d,) for d in Disclosure), *combinations(Disclosure, 2), tuple(Disclosure)]


def test_it_reads_like_a_sentence() -> None:
    asked = [Disclosure.MATERIALS, Disclosure.FEES]
    assert payload.write(GUIDES["GA-003"], asked, labels()) == "居民身份证遗失补领：申报材料、收费标准"
    assert payload.write(GUIDES["GA-003"], [], labels()) == "居民身份证遗失补领"


def test_every_guide_and_choice_of_disclosures_comes_back(published: Published) -> None:
    for guide in published.guides.values():
        for asked in SAMPLED:
            text = payload.write(guide, asked, published.labels)
            assert payload.read(text, published.guides, published.labels) == (guide.code, asked), text


def test_a_tapped_option_comes_back_through_what_the_handler_reads(words_base: KnowledgeBase) -> None:
    """`decide` is given the text as `KnowledgeBase.read_text` leaves it."""
    for guide in words_base.guides.values():
        for asked in SAMPLED[:10]:
            text = words_base.read_text(payload.write(guide, asked, words_base.labels))
            assert payload.read(text, words_base.guides, words_base.labels) == (guide.code, asked), text


def test_a_bare_official_name_comes_back_through_what_the_handler_reads(words_base: KnowledgeBase) -> None:
    for guide in words_base.guides.values():
        text = words_base.read_text(payload.write(guide, [], words_base.labels))
        assert payload.read(text, words_base.guides, words_base.labels) == (guide.code, ()), text


def test_white_space_around_it_does_no_harm() -> None:
    assert payload.read(" 普通护照换发：收费标准\n", GUIDES, labels()) == ("GA-008", (Disclosure.FEES,))


@pytest.mark.parametrize(
    "text",
    [
        "", "：", "身份证丢了", "身份证挂失补领", "居民身份证遗失补领要多少钱", "普通护照换发：多少钱",
        "普通护照换发：申报材料、", "普通护照换发：申报材料，收费标准", "别的事项：收费标准", "：收费标准", "收费标准",
        "普通护照换发：申报材料：收费标准",
    ],
)  # fmt: skip
def test_any_other_text_is_no_payload(text: str) -> None:
    assert payload.read(text, GUIDES, labels()) is None


@given(st.text(max_size=30))
def test_foreign_text_is_no_payload_and_no_crash(text: str) -> None:
    assert payload.read(text, GUIDES, labels()) is None
