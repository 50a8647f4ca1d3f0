"""Traditional characters are read as simplified ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.text.script import simplified


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("身份證遺失補領", "身份证遗失补领"),
        ("護照過期了怎麼辦", "护照过期了怎么办"),
        ("社會保障卡", "社会保障卡"),
        ("營業執照", "营业执照"),
        ("結婚登記要帶什麼", "结婚登记要带什么"),
    ],
)
def test_traditional_characters_become_simplified(written: str, read: str) -> None:
    assert simplified(written) == read


def test_names_in_traditional_characters_are_read_by_the_base(words_base: KnowledgeBase) -> None:
    assert words_base.read_text("居民身份證遺失補領") == "居民身份证遗失补领"


def test_no_text_of_the_hall_is_changed(words_base: KnowledgeBase) -> None:
    names = [name for guide in words_base.guides.values() for name in guide.names]
    names += [question for entry in words_base.published.faq.values() for question in entry.questions]
    assert [name for name in names if simplified(name) != name] == []


@given(st.text(alphabet="身份证丢了怎么办补领abc123，。？ 😀", max_size=30))
def test_simplified_text_comes_back_as_it_is(text: str) -> None:
    assert simplified(text) == text
