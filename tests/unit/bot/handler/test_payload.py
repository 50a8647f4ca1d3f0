"""What an option sends is plain Chinese and comes back exactly."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handler import payload
from bot.handler.payload import Tapped
from bot.handler.turn import Choice
from knowledge import scenarios
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.model import Disclosure, Guide, Scenario
from knowledge.target import Kind, Target
from knowledge.text.tokens import normalise
from tests.unit.helpers import AGENT, MINOR, four_guides, make_guide, make_scenario, shared_base, small_base, target

SAMPLED = [(), *((d,) for d in Disclosure), *combinations(Disclosure, 2), tuple(Disclosure)]


@pytest.fixture(scope="module")
def base(fake_encoder: Encoder) -> KnowledgeBase:
    """GA-003 has situations."""
    return small_base(fake_encoder, guides={**four_guides(), "GA-003": make_guide(situations=[MINOR, AGENT])})


def choice(id_: str, *disclosures: Disclosure, situation: str | None = None, branches: tuple[str, ...] = ()) -> Choice:
    return Choice(target(id_), disclosures, situation, branches)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        (choice("GA-003", Disclosure.MATERIALS, Disclosure.FEES), "居民身份证遗失补领：申报材料、收费标准"),
        (choice("GA-003"), "居民身份证遗失补领"),
        (choice("GA-003", Disclosure.FEES, situation="未成年人"), "居民身份证遗失补领（未成年人）：收费标准"),
        (choice("FAQ-GA-001"), "捡到的身份证能用吗"),
        (choice("restrooms"), "卫生间"),
        (choice("court"), "法院立案"),
        (choice("lost_papers"), "钱包丢失"),
        (choice("lost_papers", branches=("身份证和社保卡", "护照还在")), "钱包丢失：身份证和社保卡、护照还在"),
    ],
)
def test_it_reads_like_a_sentence(base: KnowledgeBase, chosen: Choice, text: str) -> None:
    assert payload.write(chosen, base) == text


def comes_back(chosen: Choice, base: KnowledgeBase) -> bool:
    """Through what the handler reads: `decide` is given the text as `KnowledgeBase.read_text` leaves it."""
    assert chosen.target is not None
    guide = base.guides.get(chosen.target.id)
    situation = next((s.id for s in guide.situations if s.name == chosen.situation), None) if guide else None
    expected = Tapped(chosen.target, chosen.disclosures, situation, chosen.branches)
    return payload.read(base.read_text(payload.write(chosen, base)), base) == expected


def ways(scenario: Scenario, taken: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every series of branches from the first question on."""
    stand = scenarios.walk(scenario, taken)
    for branch in stand.question.branches if stand and stand.question else ():
        yield (*taken, branch.title)
        yield from ways(scenario, (*taken, branch.title))


def test_every_real_item_and_situation_comes_back(words_base: KnowledgeBase) -> None:
    lost = [
        payload.write(chosen, words_base)
        for guide in words_base.guides.values()
        for situation in (None, *(s.name for s in guide.situations))
        for asked in ((), (Disclosure.FEES,), tuple(Disclosure))
        if not comes_back(chosen := Choice(Target(Kind.GUIDE, guide.code), asked, situation), words_base)
    ]
    assert lost == []


def test_every_choice_of_disclosures_comes_back(words_base: KnowledgeBase) -> None:
    guide = words_base.guides["GA-003"]
    choices = [Choice(Target(Kind.GUIDE, guide.code), asked) for asked in SAMPLED]
    assert all(comes_back(chosen, words_base) for chosen in choices)


def test_everything_else_that_is_real_comes_back(words_base: KnowledgeBase) -> None:
    published = words_base.published
    targets = [
        *(Target(Kind.FAQ, e.id) for e in published.faq.values() if e.answers_on(words_base.as_of)),
        *(Target(Kind.FACILITY, id_) for id_ in published.facilities),
        *(Target(Kind.SCENARIO, id_) for id_ in published.scenarios),
        *(Target(Kind.TOPIC, id_) for id_ in published.topics),
    ]
    assert len(targets) > 150
    assert [t for t in targets if not comes_back(Choice(t), words_base)] == []


def test_every_way_through_every_real_scenario_comes_back(words_base: KnowledgeBase) -> None:
    lost = [
        (scenario.id, taken)
        for scenario in words_base.published.scenarios.values()
        for taken in ways(scenario)
        if not comes_back(Choice(Target(Kind.SCENARIO, scenario.id), branches=taken), words_base)
    ]
    assert lost == []


def with_guide(guide: Guide) -> KnowledgeBase:
    base = shared_base()
    return replace(base, published=replace(base.published, guides={**base.guides, guide.code: guide}))


NAMES = st.text(alphabet="甲乙丙丁（）()、，：AbＣ1①", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(NAMES, st.lists(st.sampled_from(list(Disclosure)), unique=True).map(lambda d: tuple(sorted(d))))
def test_a_situation_of_any_name_comes_back(name: str, asked: tuple[Disclosure, ...]) -> None:
    guide = make_guide(situations=[{"id": "odd", "name": name, "changes": {}}])
    base = with_guide(guide)
    chosen = Choice(Target(Kind.GUIDE, guide.code), asked, name)
    assert payload.read(normalise(payload.write(chosen, base)), base) == Tapped(chosen.target, asked, "odd")


@given(st.lists(NAMES, min_size=2, max_size=2, unique_by=normalise), st.integers(0, 1), st.booleans())
def test_branches_of_any_title_come_back(titles: list[str], first: int, further: bool) -> None:
    branches = [{"title": titles[0], "next": "second"}, {"title": titles[1], "next": "second"}]
    questions = {
        "first": {"ask": "？", "branches": branches},
        "second": {"ask": "？", "branches": [{"title": "有"}, {"title": "没有"}]},
    }
    scenario = make_scenario(start="first", questions=questions)
    taken = (titles[first], "没有") if further else (titles[first],)
    written = "、".join(normalise(title) for title in taken)
    found = scenarios.titles_in(scenario, written, "、")
    assert found is not None and "、".join(map(normalise, found)) == written


def test_white_space_around_it_does_no_harm(base: KnowledgeBase) -> None:
    found = payload.read(base.read_text(" 普通护照换发：收费标准\n"), base)
    assert found == Tapped(target("GA-008"), (Disclosure.FEES,))


@pytest.mark.parametrize(
    "text",
    [
        "", ":", "身份证丢了", "身份证挂失补领", "居民身份证遗失补领要多少钱", "普通护照换发:多少钱",
        "普通护照换发:申报材料、", "普通护照换发:申报材料,收费标准", "别的事项:收费标准", ":收费标准", "收费标准",
        "普通护照换发:申报材料:收费标准", "普通护照换发(未成年人)", "居民身份证遗失补领(老人)",
        "居民身份证遗失补领(未成年人", "卫生间(未成年人)", "(未成年人)", "洗手间", "别人能用我的身份证吗",
    ],
)  # fmt: skip
def test_any_other_text_is_no_payload(base: KnowledgeBase, text: str) -> None:
    assert payload.read(text, base) is None


@pytest.mark.parametrize("text", ["钱包丢失:没有这样的", "钱包丢失:只有身份证、护照还在", "钱包丢失:护照还在"])
def test_a_way_that_is_no_more_begins_the_scenario_again(base: KnowledgeBase, text: str) -> None:
    assert payload.read(text, base) == Tapped(target("lost_papers"))


@given(st.text(max_size=30))
def test_foreign_text_is_no_payload_and_no_crash(text: str) -> None:
    assert payload.read(text, shared_base()) is None


def test_an_faq_entry_of_another_day_cannot_be_tapped(words_base: KnowledgeBase) -> None:
    over = [e for e in words_base.published.faq.values() if not e.answers_on(words_base.as_of)]
    assert over
    for entry in over:
        assert payload.read(words_base.read_text(entry.questions[0]), words_base) is None
