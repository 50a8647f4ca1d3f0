"""Which things a message is near to, by retrieval."""

import pytest

from knowledge.base import KnowledgeBase
from knowledge.confidence import Signals, close, judged
from knowledge.encoder.encoder import Encoder
from knowledge.link import Candidate, Link
from knowledge.target import Kind
from tests.unit.helpers import LINKING, four_guides, guest_guide, make_faq, small_base


@pytest.fixture(scope="module")
def small(fake_encoder: Encoder) -> KnowledgeBase:
    return small_base(fake_encoder)


def linked(base: KnowledgeBase, encoder: Encoder, text: str) -> Link:
    return base.linker.link(text, encoder.encode_queries([text])[0])


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("身份证丢了", "GA-003"), ("居民身份证遗失补领", "GA-003"), ("护照过期了怎么办", "GA-008"),
        ("我的社保卡掉了", "RS-002"), ("怎么取公积金", "GJ-002"), ("住房公积金提取要多少钱", "GJ-002"),
        ("捡到的身份证能用吗", "FAQ-GA-001"), ("上厕所在哪里", "restrooms"), ("钱包掉了", "lost_papers"),
        ("我要起诉别人", "court"),
    ],
)  # fmt: skip
def test_a_thing_of_any_kind_is_found_by_its_names(
    small: KnowledgeBase, fake_encoder: Encoder, text: str, id_: str
) -> None:
    link = linked(small, fake_encoder, text)
    assert link.names_something and link.candidates[0].code == id_


def test_a_name_word_for_word_is_certain(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    best = linked(small, fake_encoder, "社会保障卡补领").candidates[0]
    assert best.code == "RS-002" and best.literal
    assert best.cosine == pytest.approx(1, abs=1e-5) and best.coverage == pytest.approx(1)


def test_a_name_inside_the_message_is_literal_and_a_short_one_is_not(
    small: KnowledgeBase, fake_encoder: Encoder
) -> None:
    literal = {c.code for c in linked(small, fake_encoder, "我的身份证丢了啊").candidates if c.literal}
    assert literal == {"GA-003"}
    assert not any(c.literal for c in linked(small, fake_encoder, "换护照").candidates)


def test_the_words_of_its_answer_find_an_faq_entry(fake_encoder: Encoder) -> None:
    """Two questions that are as near; only the answer of one speaks of what is asked."""
    entries = {
        "FAQ-GA-001": make_faq(questions=("小区的电梯坏了",), answer="请拨打物业的报修电话。"),
        "FAQ-GA-002": make_faq(id="FAQ-GA-002", questions=("小区的电梯停了",), answer="维保公司马上解救被困人员。"),
    }
    base = small_base(fake_encoder, guides={}, faq=entries, facilities={}, scenarios={}, topics={})
    neutral = fake_encoder.encode_queries(["小区的电梯"])[0]
    best, other = base.linker.link("小区的电梯困人", neutral).candidates
    assert best.code == "FAQ-GA-002" and other.code == "FAQ-GA-001"
    assert best.cosine - other.cosine <= LINKING.wording_weight


def test_what_the_wording_lacks_is_taken_from_the_cosine(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    vector = fake_encoder.encode_queries(["护照换发"])[0]
    by_code = {c.code: c.cosine for c in small.linker.link("护照换发", vector).candidates}
    elsewhere = {c.code: c.cosine for c in small.linker.link("社会保障卡补领", vector).candidates}
    assert by_code["GA-008"] == pytest.approx(1, abs=1e-5)
    assert elsewhere["GA-008"] == pytest.approx(1 - LINKING.wording_weight, abs=0.02)


def test_candidates_fall_in_confidence_and_come_once_each(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    candidates = linked(small, fake_encoder, "补卡").candidates
    confidences = [c.confidence for c in candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert len({c.target for c in candidates}) == len(candidates) <= LINKING.depth
    assert all(0 <= c.coverage <= 1 for c in candidates)


@pytest.mark.parametrize("text", ["多少钱", "要带什么材料", "在哪里", "？？？", ""])
def test_a_bare_question_is_about_nothing(small: KnowledgeBase, fake_encoder: Encoder, text: str) -> None:
    link = linked(small, fake_encoder, text)
    assert (link.words, link.known_words, link.names_something) == (0, 0.0, False)


def test_words_that_no_name_holds_are_counted(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    assert linked(small, fake_encoder, "护照").known_words == 1.0
    assert linked(small, fake_encoder, "护照火锅").known_words == 0.5
    assert linked(small, fake_encoder, "火锅").known_words == 0.0


def test_unknown_words_lower_the_coverage(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    vector = fake_encoder.encode_queries(["护照换发"])[0]
    plain, odd = (small.linker.link(text, vector).candidates[0] for text in ("护照换发", "护照换发火锅"))
    assert plain.code == odd.code == "GA-008"
    assert odd.coverage < plain.coverage


def test_a_rare_word_says_more_than_one_that_many_items_share(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    neutral = fake_encoder.encode_queries(["天"])[0]
    best = small.linker.link("补领公积金", neutral).candidates
    coverage = {c.code: c.coverage for c in best}
    assert coverage["GJ-002"] > coverage["RS-002"] > 0


def test_indexing_one_guide_is_enough(fake_encoder: Encoder) -> None:
    only = {"GA-003": four_guides()["GA-003"]}
    base = small_base(fake_encoder, guides=only, faq={}, facilities={}, scenarios={}, topics={})
    assert [c.code for c in linked(base, fake_encoder, "身份证丢了").candidates] == ["GA-003"]


# Guests: guides and FAQ entries of other platforms.


def with_guests(encoder: Encoder) -> KnowledgeBase:
    """The guest has the very names of an own item and an own question."""
    own = four_guides()["GA-003"]
    guest = guest_guide(code="XX-003", name=own.name, aliases=own.aliases, colloquial=own.colloquial)
    entry = make_faq(id="FAQ-XX-001", origin="省平台", owner="水务局")
    return small_base(
        encoder, guides={**four_guides(), "XX-003": guest}, faq={"FAQ-GA-001": make_faq(), "FAQ-XX-001": entry},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "own", "guest"),
    [("身份证丢了", "GA-003", "XX-003"), ("捡到的身份证能用吗", "FAQ-GA-001", "FAQ-XX-001")],
)
def test_of_two_alike_the_halls_own_comes_first(fake_encoder: Encoder, text: str, own: str, guest: str) -> None:
    found = linked(with_guests(fake_encoder), fake_encoder, text).candidates
    by_code = {c.code: c for c in found}
    assert found[0].code == own
    assert by_code[guest].cosine == pytest.approx(by_code[own].cosine)
    assert by_code[guest].guest and not by_code[own].guest
    assert len(found) <= 2 * LINKING.depth


def test_a_guest_is_found_when_the_hall_has_nothing_of_the_kind(fake_encoder: Encoder) -> None:
    base = small_base(fake_encoder, guides={**four_guides(), "XX-001": guest_guide()})
    assert linked(base, fake_encoder, "办排水证").candidates[0].code == "XX-001"
    assert linked(base, fake_encoder, "排水").known_words > 0


# The real knowledge.


def about(base: KnowledgeBase, encoder: Encoder, text: str) -> tuple[Candidate, ...]:
    """What the message is about, its confidences judged as for a plain question."""
    confidence = base.published.confidence
    return close(judged(linked(base, encoder, text), Signals(asks=1.0), confidence), confidence.thresholds)


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
    assert linked(knowledge_base, encoder, text).candidates[0].code == code
    assert code in [c.code for c in about(knowledge_base, encoder, text)]


@pytest.mark.parametrize("text", ["今天天气怎么样", "给我讲个笑话", "红烧肉怎么做", "附近有什么好吃的"])
def test_what_is_no_matter_of_the_hall_is_never_surely_an_item(
    knowledge_base: KnowledgeBase, encoder: Encoder, text: str
) -> None:
    """A room of the hall or another authority may still be near: the canteen, the weather office."""
    best = about(knowledge_base, encoder, text)
    assert not best or best[0].target.kind is not Kind.GUIDE or best[0].confidence < 0.75


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


def test_the_nearest_service_of_elsewhere_is_told(fake_encoder: Encoder) -> None:
    base = small_base(fake_encoder, elsewhere=("林木采伐许可", "取水许可"))
    assert linked(base, fake_encoder, "林木采伐许可").elsewhere == pytest.approx(1, abs=1e-5)
    assert linked(base, fake_encoder, "身份证丢了").elsewhere < 0.5


def test_without_services_of_elsewhere_none_is_near(small: KnowledgeBase, fake_encoder: Encoder) -> None:
    assert linked(small, fake_encoder, "林木采伐许可").elsewhere == 0.0


def test_what_is_published_is_not_elsewhere(fake_encoder: Encoder) -> None:
    """A guide of another platform was imported since, and the hall's own name stands in the list by mistake."""
    guest = guest_guide()
    base = small_base(
        fake_encoder,
        guides={**four_guides(), guest.code: guest},
        elsewhere=(guest.name, "居民身份证遗失补领", "林木采伐许可"),
    )
    assert linked(base, fake_encoder, guest.name).elsewhere < LINKING.same_service
    assert linked(base, fake_encoder, "居民身份证遗失补领").elsewhere < LINKING.same_service
    assert linked(base, fake_encoder, "林木采伐许可").elsewhere == pytest.approx(1, abs=1e-5)
