"""Emergencies by words: the sentences of sentences.jsonl, what vetoes them, and how the intent joins in."""

import json
import time
from pathlib import Path

import pytest

from bot.emergencies.model import Emergency, EmergencyKind, Strength
from bot.emergencies.recognise import confirmed_by_intent, place_in, recognise
from bot.emergencies.rules import EmergencyRules, emergency_rules
from bot.understanding.model import Intent
from knowledge.loader import DATA, KnowledgeError

RULES = emergency_rules(DATA / "deeds")
LINES = (Path(__file__).parent / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
SENTENCES = [json.loads(line) for line in LINES]
TRUE = [(s["text"], s["kind"]) for s in SENTENCES if s["kind"]]
NEAR_MISSES = [s["text"] for s in SENTENCES if not s["kind"]]


def alarms(text: str) -> str | None:
    found = recognise(text, RULES)
    return found.kind.value if found and found.strength is Strength.STRONG else None


def test_there_are_enough_sentences_of_every_kind() -> None:
    assert len(TRUE) == len(NEAR_MISSES) == 60
    assert {kind for _, kind in TRUE} == {kind.value for kind in EmergencyKind}


@pytest.mark.parametrize(("text", "kind"), TRUE)
def test_words_alone_tell_an_emergency(text: str, kind: str) -> None:
    assert alarms(text) == kind


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_words_alone_do_not_alarm_for_a_question(text: str) -> None:
    assert alarms(text) is None


def test_something_urgent_outweighs_the_words_of_a_procedure() -> None:
    assert alarms("我来办医保报销，旁边有位大爷晕倒了") == "illness"
    assert alarms("大爷晕倒了医保报销吗") is None
    assert alarms("去年旁边有位大爷晕倒了") is None


def test_spaces_and_traditional_characters_do_not_hide_it() -> None:
    assert alarms("  着 火 了！！ ") == "fire"
    assert alarms("著火了，快來人") == "fire" and alarms("電梯困住人了") == "lift"


@pytest.mark.parametrize(
    ("intent", "confidence", "words", "expected"),
    [
        (Intent.ASK_HALL, 0.99, Strength.STRONG, EmergencyKind.FIRE),
        (Intent.REPORT_EMERGENCY, RULES.weak_from, Strength.WEAK, EmergencyKind.FIRE),
        (Intent.REPORT_EMERGENCY, RULES.weak_from - 0.01, Strength.WEAK, None),
        (Intent.ASK_GUIDE, 0.99, Strength.WEAK, None),
        (Intent.REPORT_EMERGENCY, RULES.alone_from, None, EmergencyKind.OTHER),
        (Intent.REPORT_EMERGENCY, RULES.alone_from - 0.01, None, None),
        (Intent.COMPLAIN, 1.0, None, None),
    ],
)
def test_words_and_intent_together(
    intent: Intent, confidence: float, words: Strength | None, expected: EmergencyKind | None
) -> None:
    found = Emergency(EmergencyKind.FIRE, words) if words else None
    confirmed = confirmed_by_intent(found, intent, confidence, RULES)
    assert (confirmed.kind if confirmed else None) is expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("三楼等候区有人晕倒", "三楼等候区"),
        ("在a01窗口", "A01窗口"),
        ("D区走廊冒烟", "D区走廊"),
        ("有人晕倒了", None),
        ("二楼二楼着火了", "二楼"),
    ],
)
def test_the_place_is_made_of_known_words(text: str, place: str | None) -> None:
    assert place_in(text, RULES) == place


def test_it_is_far_below_a_millisecond() -> None:
    begin = time.perf_counter()
    for text, _ in TRUE * 10:
        recognise(text, RULES)
    assert (time.perf_counter() - begin) / (len(TRUE) * 10) < 0.001


def test_the_longest_message_takes_no_longer() -> None:
    begin = time.perf_counter()
    for _ in range(20):
        recognise("请问一下我想办理孩子的卡" * 42, RULES)
    assert (time.perf_counter() - begin) / 20 < 0.005


def test_every_kind_has_its_rules(tmp_path: Path) -> None:
    text = (DATA / "deeds" / "emergencies.yaml").read_text(encoding="utf-8")
    (tmp_path / "emergencies.yaml").write_text(text.replace("kind: gas", "kind: fire"), encoding="utf-8")
    with pytest.raises(KnowledgeError):
        emergency_rules(tmp_path)


@pytest.mark.parametrize("pattern", ["(", "a*"])
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    data = RULES.model_dump()
    with pytest.raises(ValueError, match="never"):
        EmergencyRules.model_validate({**data, "never": (pattern,)})
