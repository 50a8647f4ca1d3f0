"""Every sentence to citizens: there, used, polite, and free of what must not be said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

from bot.deeds.registry import FORMS
from bot.settings import ROOT
from bot.understanding.model import SMALLTALK
from bot.wording.wording import load_wording
from connectors.messages_api import _FIELDS
from knowledge.base import Published
from knowledge.model import DisclosureSet, Guide

WORDING = load_wording()
PHRASES = [
    line
    for line in (Path(__file__).parents[1] / "forbidden_phrases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
DOMAIN = yaml.safe_load((ROOT / "intents" / "domain.yml").read_text(encoding="utf-8"))
# Titles of options are the citizen's words, not ours.
TITLES = {"leave_a_message", "guide.general"}
# Always beside another sentence: the question that the form was waiting on, an answer, options.
NEVER_ALONE = {"form.resume", "faq.sources", "options.more", "wechat.source", "wechat.source_checked"}
# Blanks that hold whole sentences of what is published; those are checked below.
SENTENCES = {"{text}": "您好。", "{path}": "您好。"}
SPEAKERS = {"Say", "say", "FieldError", "Narrowed", "Line", "Refused", "RefusedWithExtra", "Again"}


def keys_in_code() -> set[str]:
    """What is said: the first text arguments of SPEAKERS, of both arms of a choice; and every text that is a key."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS:
                found.update(key for argument in node.args[:2] for key in _texts(argument) if "." in key)
            if isinstance(node, ast.Constant) and node.value in WORDING.root:
                found.add(node.value)
    return found


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def keys_by_rule() -> set[str]:
    """Keys that the code puts together: small talk by intent, and the plain questions of forms."""
    asks = {f"{form.name}.ask_{field.name}" for form in FORMS for field in form.fields if field.ask is None}
    return {f"smalltalk.{intent.value}" for intent in SMALLTALK} | asks


def keys_in_domain() -> set[str]:
    return {message["custom"]["wording"] for messages in DOMAIN["responses"].values() for message in messages}


def test_the_collection_sees_the_code() -> None:
    assert {"guide.intro", "guide.intro_context", "form.bad_name", "consultation.done"} <= keys_in_code()
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
    for blank, told in SENTENCES.items():
        sentence = sentence.replace(blank, told)
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


# What is published. Ways in which citizens ask are their own words and never said by us.


def sentences(published: Published) -> Iterator[tuple[str, str | None]]:
    """Every whole sentence that citizens read, with where it stands."""
    yield from ((entry.id, entry.answer) for entry in published.faq.values())
    yield from ((facility.id, facility.text) for facility in published.facilities.values())
    yield from ((topic.id, topic.path) for topic in published.topics.values())
    yield "hall", published.hall.local_values_note
    for scenario in published.scenarios.values():
        yield scenario.id, scenario.closing
        for question in scenario.questions.values():
            yield scenario.id, question.ask
            yield from ((scenario.id, branch.note) for branch in question.branches)
    for guide in published.guides.values():
        told = (text for variant in (guide, *(s.changes for s in guide.situations)) for text in of_variant(variant))
        yield from ((guide.code, text) for text in told)
        yield from ((guide.code, text) for text in guide.refusal_reasons)
        yield from ((guide.code, text) for c in guide.commitments for text in (c.promise, c.if_false))
        yield from ((guide.code, form.obtain) for form in guide.forms)


def of_variant(variant: Guide | DisclosureSet) -> Iterator[str | None]:
    yield from variant.conditions or ()
    yield from (step.text for step in variant.procedure or ())
    yield from (material.note for material in variant.materials or ())
    yield from (basis.gist for basis in variant.legal_basis or ())
    if variant.time_limit:
        yield variant.time_limit.note
    if variant.fees:
        yield variant.fees.text
    if variant.location:
        yield variant.location.note
        yield from (place.note for place in variant.location.elsewhere)


def read_by_citizens(published: Published) -> dict[str, str]:
    """All texts of each thing that citizens read, titles and short entries too."""
    asked = {"colloquial": True, "situations": {"__all__": {"ask": True, "cues": True}}}
    texts = {g.code: g.model_dump_json(exclude=asked) for g in published.guides.values()}  # type: ignore[arg-type]
    texts |= {e.id: e.model_dump_json(exclude={"questions"}) + e.questions[0] for e in published.faq.values()}
    for things in (published.facilities, published.topics):
        texts |= {id_: thing.model_dump_json(exclude={"phrases"}) for id_, thing in things.items()}
    for scenario in published.scenarios.values():
        titles = [b.title for question in scenario.questions.values() for b in question.branches]
        texts[scenario.id] = "\n".join([scenario.name, *titles])
    return texts | {"labels": published.labels.model_dump_json(), "hall": published.hall.model_dump_json()}


def test_the_collection_sees_all_kinds_of_texts(published: Published) -> None:
    found = list(sentences(published))
    assert len(found) > 3000
    kinds = (published.guides, published.faq, published.facilities, published.topics, published.scenarios)
    assert all(set(things) & {id_ for id_, _ in found} for things in kinds)


def test_nothing_that_citizens_read_holds_what_must_not_be_said(published: Published) -> None:
    texts = [*read_by_citizens(published).items(), *sentences(published)]
    assert [(name, phrase) for name, text in texts if text for phrase in PHRASES if phrase in text] == []


def test_every_published_sentence_ends_in_punctuation(published: Published) -> None:
    assert [(where, text) for where, text in sentences(published) if text and text[-1] not in "。？！："] == []


def test_published_sentences_have_only_chinese_punctuation(published: Published) -> None:
    odd = re.compile(r"[一-鿿][,.!?:;]|[。，？！；：]{2}|，[。？！]")
    assert [(where, text) for where, text in sentences(published) if text and odd.search(text)] == []


def test_published_sentences_address_the_citizen_with_respect(published: Published) -> None:
    rude = [(where, text) for where, text in sentences(published) if text and "你" in text]
    assert rude == [] and "你" not in published.labels.model_dump_json()


def test_sentences_of_the_labels_end_in_punctuation(published: Published) -> None:
    """Those that say something; the others are lines of a list or frames around a field."""
    labels = published.labels
    said = [
        labels.lines.defer, labels.lines.on_the_spot, labels.lines.local, labels.lines.refusals, labels.hall.hours_note,
        labels.hall.open_until, labels.hall.opens_again, labels.hall.closed_now, labels.hall.open_on,
        labels.hall.closed_on, labels.hall.reopens, labels.hall.lunch, labels.hall.no_lunch, labels.hall.address,
        labels.hall.telephone,
    ]  # fmt: skip
    assert [text for text in said if text[-1] not in "。？！："] == []
    assert [text for text in _strings(labels.model_dump()) if re.search(r"[一-鿿][,!?;]", text)] == []


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for child in children for text in _strings(child)]
