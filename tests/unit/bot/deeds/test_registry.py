"""Rasa's domain and rules, the forms and the wishes that open them speak of the same dialogues."""

from typing import Any

import pytest
import yaml

from bot.deeds.form import Form
from bot.deeds.openings import OPENINGS
from bot.deeds.registry import FORMS
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "intents" / "domain.yml").read_text(encoding="utf-8"))
RULES = [
    rule
    for path in sorted((ROOT / "intents" / "data" / "dialogue").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
BY_NAME = {form.rasa_name: form for form in FORMS}


def steps(word: str) -> set[Any]:
    """Everything that stands beside a word in the steps of the rules."""
    return {step[word] for rule in RULES for step in rule["steps"] if word in step}


def test_the_domain_has_these_forms_and_no_others() -> None:
    assert DOMAIN["forms"].keys() == BY_NAME.keys()
    assert len({form.name for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_requires_its_fields_in_their_order(form: Form) -> None:
    slots = [form.slot(name) for name in form.field_names]
    assert DOMAIN["forms"][form.rasa_name]["required_slots"] == slots
    assert all(DOMAIN["slots"][slot]["mappings"] == [{"type": "custom"}] for slot in slots)
    assert not any(DOMAIN["slots"][slot]["influence_conversation"] for slot in slots)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_has_its_three_actions_and_rules(form: Form) -> None:
    own = {f"validate_{form.rasa_name}", f"action_submit_{form.name}", f"action_cancel_{form.name}"}
    assert own <= set(DOMAIN["actions"])
    assert own - {f"validate_{form.rasa_name}"} <= steps("action")
    assert form.rasa_name in steps("action") and form.rasa_name in steps("active_loop")


def test_no_action_or_slot_of_the_domain_is_left_over() -> None:
    actions = {
        name
        for f in FORMS
        for name in (f"validate_{f.rasa_name}", f"action_submit_{f.name}", f"action_cancel_{f.name}")
    }
    assert set(DOMAIN["actions"]) == actions
    slots = {form.slot(name) for form in FORMS for name in form.field_names}
    assert DOMAIN["slots"].keys() == slots | {"deed_failures"}


def test_every_form_is_opened_by_a_wish_that_the_rules_know() -> None:
    assert {opening.form for opening in OPENINGS.values()} == BY_NAME.keys()
    for intent, opening in OPENINGS.items():
        assert BY_NAME[opening.form].transaction is opening.transaction
        rules = [rule for rule in RULES if {"intent": intent.value} in rule["steps"]]
        assert [{"action": opening.form} in rule["steps"] for rule in rules] == [True], intent
