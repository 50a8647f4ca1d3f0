"""What is told as it stands: reviewed answers, the hall itself, other authorities' matters."""

from datetime import UTC, datetime

import pytest

from bot.handler import compose
from bot.handler.tell import outcome_of
from bot.handler.turn import Choice, Outcome, Say
from bot.wording.wording import load_wording
from connectors.contract import TurnStatus
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.target import Kind, Target
from tests.unit.helpers import make_facility, make_faq, make_topic, make_turn, small_base, target

WORDING = load_wording()


def told(id_: str, base: KnowledgeBase | None = None, text: str = "…") -> Outcome:
    turn = make_turn(text, base=base)
    turn.started_at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten o'clock in China
    return outcome_of(turn, target(id_))


def sentences(outcome: Outcome) -> list[str]:
    return [WORDING.say(say.key, **say.values) for say in outcome.say]


def test_a_reviewed_answer_comes_word_for_word_with_its_sources_and_items() -> None:
    outcome = told("FAQ-GA-001")
    assert outcome.status is TurnStatus.ANSWERED_FAQ and outcome.told == target("FAQ-GA-001")
    assert outcome.say == (
        Say("plain", {"text": "不能。"}),
        Say("faq.sources", {"sources": "《中华人民共和国居民身份证法》"}),
    )
    assert outcome.after == (Say("faq.items"),) and outcome.more == (Choice(target("GA-003")),)


def test_sources_are_told_with_their_article_and_demo_values_as_such(fake_encoder: Encoder) -> None:
    sources = [{"title": "《居民身份证法》", "article": "第十一条"}, {"title": "《办事指南》"}]
    base = small_base(fake_encoder, faq={"FAQ-GA-001": make_faq(sources=sources, items=["GA-999"], local=True)})
    outcome = told("FAQ-GA-001", base)
    assert outcome.say[1].values == {"sources": "《居民身份证法》第十一条、《办事指南》"}
    assert outcome.say[2] == Say("faq.local")
    assert outcome.after == () and outcome.more == ()


def test_an_answer_without_sources_names_none(fake_encoder: Encoder) -> None:
    base = small_base(fake_encoder, faq={"FAQ-GA-001": make_faq(sources=[])})
    assert [say.key for say in told("FAQ-GA-001", base).say] == ["plain"]


def test_a_room_of_the_hall_is_told_as_it_stands() -> None:
    outcome = told("restrooms")
    assert outcome.status is TurnStatus.ANSWERED_HALL and sentences(outcome) == ["每层都有。"]


def test_a_fact_of_the_hall_is_read_at_the_moment_of_the_question(fake_encoder: Encoder) -> None:
    base = small_base(fake_encoder, facilities={"restrooms": make_facility(text=None, computed="open_now")})
    assert sentences(told("restrooms", base))[0].startswith("现在是10:00，大厅正在服务")
    base = small_base(fake_encoder, facilities={"restrooms": make_facility(text=None, computed="open_on_day")})
    assert sentences(told("restrooms", base, "明天上班吗"))[0].startswith("明天（11月24日，周二）大厅对外服务")


def test_another_authoritys_matter_names_authority_way_and_telephone() -> None:
    outcome = told("court")
    assert outcome.status is TurnStatus.UNANSWERABLE_OUT_OF_SCOPE and outcome.told == target("court")
    (sentence,) = sentences(outcome)
    assert all(part in sentence for part in ("法院立案", "人民法院", "请到法院立案。", "12368"))


def test_an_authority_without_telephone_is_named_without_one(fake_encoder: Encoder) -> None:
    base = small_base(fake_encoder, topics={"court": make_topic(telephone=None)})
    (sentence,) = sentences(told("court", base))
    assert "人民法院" in sentence and "None" not in sentence and "电话" not in sentence


@pytest.mark.parametrize("id_", ["GA-003", "lost_papers"])
def test_items_and_scenarios_are_not_told(id_: str) -> None:
    with pytest.raises(ValueError, match="not told"):
        told(id_)


@pytest.mark.parametrize("kind", ["faq", "facilities", "topics"])
def test_everything_real_can_be_told(words_base: KnowledgeBase, kind: str) -> None:
    kinds = {"faq": Kind.FAQ, "facilities": Kind.FACILITY, "topics": Kind.TOPIC}
    for id_ in getattr(words_base.published, kind):
        turn = make_turn("这周六开门吗", base=words_base)
        turn.finish(outcome_of(turn, Target(kinds[kind], id_)))
        reply = compose.reply(turn, WORDING)
        assert reply.replies and reply.sources[0].id == id_
        assert all("{" not in r.text and "None" not in r.text for r in reply.replies), id_  # type: ignore[union-attr]
