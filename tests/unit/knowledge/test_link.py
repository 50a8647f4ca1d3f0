"""Which items a message is about, and when several are close."""

import pytest

from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.link import Candidate, Link, Linker
from tests.unit.helpers import LINKING, four_guides, link_to, small_base, tokens


@pytest.fixture(scope="module")
def small(fake_encoder: Encoder) -> KnowledgeBase:
    return small_base(fake_encoder)


def linked(base: KnowledgeBase, encoder: Encoder, text: str) -> Link:
    return base.linker.link(text, encoder.encode_queries([text])[0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("身份证丢了", "GA-003"), ("居民身份证遗失补领", "GA-003"), ("护照过期了怎么办", "GA-008"),
        ("我的社保卡掉了", "RS-002"), ("怎么取公积金", "GJ-002"), ("住房公积金提取要多少钱", "GJ-002"),
    ],
)  # fmt: skip
def test_an_item_is_found_by_its_names(small: KnowledgeBase, fake_encoder: Encoder, text: str, code: str) -> None:
    link = linked(small, fake_encoder, text)
    assert link.names_something
    assert [c.code for c in link.close(LINKING)] == [code]


def test_a_name_word_for_word_is_certain(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    best = linked(small, fake_encoder, "社会保障卡补领").candidates[0]
    assert best.code == "RS-002"
    assert best.cosine == pytest.approx(1, abs=1e-5) and best.coverage == best.confidence == pytest.approx(1)


def test_candidates_fall_in_confidence_and_come_once_each(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    candidates = linked(small, fake_encoder, "补卡").candidates
    confidences = [c.confidence for c in candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert len({c.code for c in candidates}) == len(candidates) <= LINKING.depth
    assert all(0 <= value <= 1 for c in candidates for value in (c.confidence, c.coverage))


@pytest.mark.parametrize("text", ["多少钱", "要带什么材料", "在哪里", "？？？"])
def test_a_bare_question_is_about_no_item(small: KnowledgeBase, fake_encoder: Encoder, text: str) -> None:
    link = linked(small, fake_encoder, text)
    assert not link.names_something and link.close(LINKING) == ()


def test_what_no_item_is_called_is_below_the_floor(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    link = linked(small, fake_encoder, "火锅店排队取号")
    assert link.names_something and link.close(LINKING) == ()


def test_unknown_words_lower_the_confidence(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    vector = fake_encoder.encode_queries(["护照换发"])[0]
    plain, odd = (small.linker.link(text, vector).candidates[0] for text in ("护照换发", "护照换发火锅"))
    assert plain.code == odd.code == "GA-008"
    assert odd.coverage < plain.coverage and odd.confidence < plain.confidence


def test_a_rare_word_says_more_than_one_that_many_items_share(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    neutral = fake_encoder.encode_queries(["天"])[0]
    best = small.linker.link("补领公积金", neutral).candidates
    coverage = {c.code: c.coverage for c in best}
    assert coverage["GJ-002"] > coverage["RS-002"] > 0


def test_indexing_one_guide_is_enough(fake_encoder: Encoder) -> None:
    only = {"GA-003": four_guides()["GA-003"]}
    linker = Linker(only, fake_encoder, tokens(), LINKING)
    link = linker.link("身份证丢了", fake_encoder.encode_queries(["身份证丢了"])[0])
    assert [c.code for c in link.candidates] == ["GA-003"]


def codes(close: tuple[Candidate, ...]) -> str:
    return "".join(c.code for c in close)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], "", id="nothing found"),
        pytest.param([("A", 0.49)], "", id="below the floor"),
        pytest.param([("A", 0.5)], "A", id="on the floor"),
        pytest.param([("A", 0.9), ("B", 0.7)], "A", id="rival too far behind"),
        pytest.param([("A", 0.9), ("B", 0.85), ("C", 0.81), ("D", 0.79)], "ABC", id="rivals within the margin"),
        pytest.param([("A", 0.55), ("B", 0.51), ("C", 0.48)], "AB", id="rivals must be above the floor too"),
        pytest.param([(c, 0.9) for c in "ABCDEFG"], "ABCDE", id="at most five"),
    ],
)
def test_close_candidates(found: list[tuple[str, float]], expected: str) -> None:
    assert codes(link_to(*found).close(LINKING)) == expected


def test_how_many_may_be_close_can_be_said() -> None:
    assert codes(link_to(*((c, 0.9) for c in "ABCDEFG")).close(LINKING, most=2)) == "AB"


def test_nothing_is_close_when_the_message_names_nothing() -> None:
    assert link_to(("A", 1.0), names_something=False).close(LINKING) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("身份证丢了怎么补办", "GA-003"),
        ("第一次办护照要什么", "GA-009"),
        ("我要取公积金交房租", "GJ-002"),
        ("社保卡丢了补一张", "RS-002"),
        ("结婚登记要带什么", "MZ-001"),
        ("开一家公司怎么注册", "SC-004"),
        ("居住证怎么办", "GA-004"),
        ("身份证过期换新的", "GA-002"),
        ("失业金怎么领", "RS-004"),
        ("个体工商户营业执照怎么办", "SC-001"),
    ],
)
def test_an_obvious_question_finds_its_real_item(
    knowledge_base: KnowledgeBase, encoder: Encoder, text: str, code: str
) -> None:
    link = linked(knowledge_base, encoder, text)
    assert link.candidates[0].code == code
    assert code in codes(link.close(knowledge_base.linker.settings))


@pytest.mark.parametrize("text", ["今天天气怎么样", "给我讲个笑话", "红烧肉怎么做", "附近有什么好吃的"])
def test_what_is_no_matter_of_the_hall_is_never_surely_an_item(
    knowledge_base: KnowledgeBase, encoder: Encoder, text: str
) -> None:
    best = linked(knowledge_base, encoder, text).close(knowledge_base.linker.settings)
    assert not best or best[0].confidence < 0.75


def test_every_official_name_finds_its_own_item_first(knowledge_base: KnowledgeBase, encoder: Encoder) -> None:
    names = {guide.code: guide.name for guide in knowledge_base.guides.values()}
    vectors = encoder.encode_queries(list(names.values()))
    first = {
        code: knowledge_base.linker.link(name, vector).candidates[0].code
        for (code, name), vector in zip(names.items(), vectors, strict=True)
    }
    assert {code: other for code, other in first.items() if code != other} == {}


def test_the_figures_of_linking_yaml_are_for_the_encoder_in_use(
    knowledge_base: KnowledgeBase, encoder: Encoder
) -> None:
    assert knowledge_base.linker.settings.encoder == encoder.name
