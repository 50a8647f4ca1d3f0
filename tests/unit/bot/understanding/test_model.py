"""Intents are those of the Rasa project, and know which disclosure they ask for."""

import yaml

from bot.settings import ROOT
from bot.understanding.model import SMALLTALK, Intent
from knowledge.model import Disclosure

DOMAIN = yaml.safe_load((ROOT / "intents" / "domain.yml").read_text(encoding="utf-8"))


def test_intents_are_exactly_those_of_the_domain() -> None:
    assert [intent.value for intent in Intent] == DOMAIN["intents"]


def test_roles_of_the_entity_are_the_disclosures() -> None:
    (entity,) = DOMAIN["entities"]
    assert entity["disclosure"]["roles"] == [d.value for d in Disclosure]


def test_each_disclosure_has_the_intent_that_asks_for_it() -> None:
    assert {i.disclosure for i in Intent if i.disclosure} == set(Disclosure)
    assert all(Intent(f"ask_{d.value}").disclosure is d for d in Disclosure)


def test_only_questions_ask() -> None:
    # Questions too, but about no item.
    others = {Intent.ASK_HALL, Intent.ASK_PRIVATE, Intent.ASK_APPOINTMENT, Intent.ASK_CASE, Intent.ASK_PROGRESS}
    assert {i for i in Intent if i.asks} == {i for i in Intent if i.value.startswith("ask_")} - others
    assert not any(i.disclosure for i in others)
    assert Intent.ASK_GUIDE.asks and Intent.ASK_GUIDE.disclosure is None
    assert not any(i.asks or i.disclosure for i in SMALLTALK)
