"""Every sentence to citizens: there, used, polite, and free of what must not be said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

from bot.settings import ROOT
from bot.understanding.model import SMALLTALK
from bot.wording.wording import load_wording
from connectors.messages_api import _FIELDS
from knowledge.base import Published

WORDING = load_wording()
PHRASES = [
    line
    for line in (Path(__file__).parents[1] / "forbidden_phrases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
DOMAIN = yaml.safe_load((ROOT / "intents" / "domain.yml").read_text(encoding="utf-8"))
# Titles of options are the citizen's words, not ours.
TITLES = {"leave_a_message"}
# Always followed by the question that the form was waiting on.
NEVER_ALONE = {"consultation.resume"}
SPEAKERS = {"Say", "say", "FieldError"}


def keys_in_code() -> set[str]:
    """The first text argument of Say(…), say(…), FieldError(…), of both arms where it is a choice."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS:
                found.update(key for argument in node.args[:2] for key in _texts(argument))
    return {key for key in found if "." in key or key in WORDING.root}


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def keys_by_rule() -> set[str]:
    """Keys that the code puts together: small talk by intent, questions of a form by slot, its resumption by deed."""
    slots = [slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]]
    asks = {slot.replace("_", ".ask_", 1) for slot in slots}
    resumes = {f"{form.removesuffix('_form')}.resume" for form in DOMAIN["forms"]}
    return {f"smalltalk.{intent.value}" for intent in SMALLTALK} | {"smalltalk.nothing_open"} | asks | resumes


def keys_in_domain() -> set[str]:
    return {message["custom"]["wording"] for messages in DOMAIN["responses"].values() for message in messages}


def test_the_collection_sees_the_code() -> None:
    assert {"guide.intro", "guide.intro_context", "consultation.bad_name", "consultation.done"} <= keys_in_code()
    assert len(PHRASES) >= 15


def test_every_key_that_is_used_has_its_sentence() -> None:
    assert (keys_in_code() | keys_by_rule() | keys_in_domain()) - WORDING.root.keys() == set()


def test_every_sentence_is_used() -> None:
    assert WORDING.root.keys() - (keys_in_code() | keys_by_rule() | keys_in_domain()) == set()


def test_a_missing_key_or_value_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        WORDING.say("no.such.key")
    with pytest.raises(KeyError):
        WORDING.say("guide.intro")


def test_blanks_are_filled_in_and_braces_in_values_do_no_harm() -> None:
    assert "“{0} 护照”" in WORDING.say("guide.intro", item="{0} 护照")


@pytest.mark.parametrize("key", sorted(WORDING.root.keys() - TITLES))
def test_a_sentence_is_respectful_and_ends_in_punctuation(key: str) -> None:
    sentence = WORDING.root[key]
    assert sentence[-1] in "。？！：", sentence
    assert "你" not in sentence
    assert key in NEVER_ALONE or re.search("您|请|谢|抱歉", sentence)


@pytest.mark.parametrize("key", sorted(WORDING.root))
def test_a_sentence_has_only_chinese_punctuation_and_plain_blanks(key: str) -> None:
    sentence = WORDING.root[key]
    blanks = [name for _, name, _, _ in Formatter().parse(sentence) if name is not None]
    assert all(re.fullmatch("[a-z]+", name) for name in blanks)
    assert not re.search(r"[一-鿿][,.!?:;]", sentence)
    assert sentence == sentence.strip() and len(sentence) <= 120


def test_refusals_regret_and_offer_a_way_on() -> None:
    for key in ("out_of_scope", "no_match", "too_long", "degraded.deed", "degraded.no_match", "internal"):
        assert "很抱歉" in WORDING.root[key] and re.search("请|可以", WORDING.root[key]), key


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_sentence_holds_what_must_not_be_said(phrase: str) -> None:
    assert [key for key, sentence in WORDING.root.items() if phrase in sentence] == []


def test_problem_documents_hold_nothing_that_must_not_be_said() -> None:
    paths = (ROOT / "connectors" / "messages_api.py", ROOT / "bot" / "app.py", ROOT / "connectors" / "problems.py")
    texts = "".join(path.read_text(encoding="utf-8") for path in paths) + "".join(_FIELDS.values())
    assert [phrase for phrase in PHRASES if phrase in texts] == []


def test_guides_and_labels_hold_nothing_that_must_not_be_said(published: Published) -> None:
    """Ways in which citizens ask are their own words and never said by us."""
    texts = {
        guide.code: guide.model_copy(update={"colloquial": ()}).model_dump_json(
            exclude={"situations": {"__all__": {"ask"}}}
        )
        for guide in published.guides.values()
    }
    texts["labels"] = published.labels.model_dump_json()
    texts["hall"] = published.hall.model_dump_json()
    assert [(name, phrase) for name, text in texts.items() for phrase in PHRASES if phrase in text] == []


def test_guides_address_the_citizen_with_respect(published: Published) -> None:
    assert "你" not in published.labels.model_dump_json()
    rude = [
        (guide.code, step.text) for guide in published.guides.values() for step in guide.procedure if "你" in step.text
    ]
    assert rude == []
