"""The rough understanding while Rasa is away."""

from pathlib import Path

import pytest

from bot.understanding.keywords import load_keywords
from bot.understanding.model import SMALLTALK, Intent
from knowledge.loader import KnowledgeError
from knowledge.model import Disclosure

KEYWORDS = load_keywords()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("身份证丢了要带什么", ["materials"]),
        ("补身份证多少钱", ["fees"]),
        ("公积金在哪里办要多久", ["location", "time_limit"]),
        ("多少钱要带什么去哪办", ["location", "materials", "fees"]),
        ("结婚登记的流程和条件", ["conditions", "procedure"]),
        ("依据哪条法", ["legal_basis"]),
        ("这个事项全称叫什么", ["name"]),
        ("身份证丢了", []),
    ],
)
def test_words_show_what_is_asked_in_the_order_of_the_guide(text: str, asked: list[str]) -> None:
    understood = KEYWORDS.understand(text)
    assert [d.value for d in understood.disclosures] == asked
    assert understood.intent == Intent(f"ask_{asked[0]}" if asked else "ask_guide")
    assert understood.asks == (1.0 if asked else 0.5)


def test_it_always_says_that_it_is_rough() -> None:
    assert all(KEYWORDS.understand(text).degraded for text in ("你好", "多少钱", "身份证丢了", ""))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("你好", "greet"), ("您好！", "greet"), (" 谢谢 。", "thank"), ("再见", "goodbye"), ("你是谁？", "who_are_you"),
        ("我要留言", "open_consultation"), ("取消", "cancel"),
    ],
)  # fmt: skip
def test_whole_messages_of_small_talk_and_deeds_are_known(text: str, intent: str) -> None:
    understood = KEYWORDS.understand(text)
    assert (understood.intent, understood.confidence, understood.disclosures) == (Intent(intent), 1.0, ())
    assert understood.asks == (0.0 if understood.intent in SMALLTALK else 0.5)


@pytest.mark.parametrize("text", ["你好我想问身份证", "取消公司登记", "谢谢你告诉我多少钱"])
def test_a_phrase_inside_a_longer_message_is_no_small_talk(text: str) -> None:
    assert KEYWORDS.understand(text).intent.asks


def test_every_disclosure_has_words() -> None:
    assert set(KEYWORDS.disclosures) == set(Disclosure) and all(KEYWORDS.disclosures.values())


def test_the_option_to_leave_a_message_is_understood_without_rasa() -> None:
    from bot.handler.compose import LEAVE_PAYLOAD

    assert KEYWORDS.understand(LEAVE_PAYLOAD).intent is Intent.OPEN_CONSULTATION


@pytest.mark.parametrize(
    "text", ["disclosures: {fee: [钱]}\nmessages: {}\n", "disclosures: {}\n", "messages: {hug: [抱]}\n"]
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keywords.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"keywords\.yaml:1"):
        load_keywords(path)
