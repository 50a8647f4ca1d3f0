"""Rasa's custom actions of the consultation form, called as Rasa calls them: through rasa-sdk's executor."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.consultations.actions import CancelConsultation, SubmitConsultation, ValidateConsultationForm
from bot.consultations.model import ConsultationRow
from bot.db.database import Database
from bot.db.vault import Vault
from bot.rasa_actions import actions_router
from connectors.problems import Problem
from tests.unit.helpers import SENDER_KEY, make_hall

TOKEN = "a-token"
VAULT = Vault(Fernet.generate_key().decode())
METADATA = {"channel": "web", "sender_key": SENDER_KEY, "pending_question": None}
DOMAIN: dict[str, Any] = {
    "forms": {
        "consultation_form": {"required_slots": [f"consultation_{n}" for n in ("question", "name", "telephone")]}
    },
    "slots": {f"consultation_{n}": {"mappings": [{"type": "custom"}]} for n in ("question", "name", "telephone")},
}


@pytest.fixture
def rasa(tmp_database: Database, tmp_path: Path) -> TestClient:
    app = FastAPI()
    actions = [
        ValidateConsultationForm(), SubmitConsultation(tmp_database, VAULT, make_hall()), CancelConsultation(),
    ]  # fmt: skip
    app.include_router(actions_router(actions, TOKEN))
    app.add_exception_handler(Problem, lambda _request, error: error.response())  # type: ignore[attr-defined]
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


def call(
    action: str, text: str = "", intent: str = "inform", pending: str | None = None, **slots: Any
) -> dict[str, Any]:
    message = {"text": text, "intent": {"name": intent}, "metadata": {**METADATA, "pending_question": pending}}
    tracker = {
        "sender_id": "deed1", "slots": slots, "latest_message": message, "events": [], "paused": False,
        "followup_action": None, "active_loop": {"name": "consultation_form"}, "latest_action_name": None,
        "latest_input_channel": "wenban",
    }  # fmt: skip
    return {"next_action": action, "sender_id": "deed1", "tracker": tracker, "domain": DOMAIN, "version": "3.6.21"}


def validate(rasa: TestClient, text: str, **more: Any) -> tuple[dict[str, Any], list[str]]:
    """The slots that the form sets, and the keys of what it says."""
    answer = rasa.post("/rasa/actions", json=call("validate_consultation_form", text, **more)).json()
    slots = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
    return slots, [response["custom"]["wording"] for response in answer["responses"] if response["custom"]]


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("consultation_question", " 能代办吗 ", "能代办吗"),
        ("consultation_name", "我是王女士", "王女士"),
        ("consultation_telephone", "打13800001111", "+8613800001111"),
    ],
)
def test_the_requested_slot_takes_the_message_in_its_clean_form(
    rasa: TestClient, slot: str, text: str, value: str
) -> None:
    slots, said = validate(rasa, text, requested_slot=slot)
    assert slots[slot] == value and said == []


@pytest.mark.parametrize(
    ("slot", "text"),
    [("consultation_question", "问"), ("consultation_name", "13800001111"), ("consultation_telephone", "不知道")],
)
def test_a_message_that_does_not_fit_is_asked_again_with_the_reason(rasa: TestClient, slot: str, text: str) -> None:
    slots, said = validate(rasa, text, requested_slot=slot)
    assert slots[slot] is None
    assert said == [slot.replace("consultation_", "consultation.bad_")]


def test_the_question_of_the_turn_before_is_taken_over(rasa: TestClient) -> None:
    slots, _ = validate(rasa, "我要留言", intent="open_consultation", pending="能代办吗")
    assert slots.get("consultation_question") == "能代办吗"


def test_the_wish_to_leave_a_message_is_not_taken_for_the_question(rasa: TestClient) -> None:
    slots, said = validate(rasa, "我要留言", intent="open_consultation")
    assert not any(slots.get(f"consultation_{n}") for n in ("question", "name", "telephone")) and said == []


@pytest.mark.parametrize("slot", ["consultation_question", "consultation_name", "consultation_telephone"])
def test_cancelling_fills_no_slot(rasa: TestClient, slot: str) -> None:
    slots, said = validate(rasa, "取消", intent="cancel", requested_slot=slot)
    assert not slots.get(slot) and said == []


def test_submitting_writes_the_ledger_once_and_says_number_and_promise(
    rasa: TestClient, tmp_database: Database
) -> None:
    filled = {
        "consultation_question": "能代办吗", "consultation_name": "王女士", "consultation_telephone": "+8613800001111",
    }  # fmt: skip
    answers = [rasa.post("/rasa/actions", json=call("action_submit_consultation", **filled)).json() for _ in range(2)]
    said = answers[0]["responses"][0]["custom"]
    assert (said["wording"], said["phase"]) == ("consultation.done", "done")
    assert said["promised"].endswith("17:00")
    with tmp_database.transaction() as session:
        (row,) = session.scalars(select(ConsultationRow))
    assert row.number == said["number"] == answers[1]["responses"][0]["custom"]["number"]
    assert VAULT.open(row.name) == "王女士"


def test_cancelling_says_so_and_writes_nothing(rasa: TestClient, tmp_database: Database) -> None:
    answer = rasa.post("/rasa/actions", json=call("action_cancel_consultation")).json()
    assert answer["responses"][0]["custom"] == {"wording": "consultation.cancelled", "phase": "cancelled"}
    with tmp_database.transaction() as session:
        assert session.scalars(select(ConsultationRow)).all() == []


@pytest.mark.parametrize("header", ["", "Bearer wrong", TOKEN, "bearer a-token", "Bearer a-token\u00e9"])
def test_nobody_but_rasa_may_call_actions(rasa: TestClient, tmp_database: Database, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = rasa.post("/rasa/actions", json=call("action_cancel_consultation"), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_action_is_told_to_rasa(rasa: TestClient) -> None:
    answer = rasa.post("/rasa/actions", json=call("action_unheard_of"))
    assert answer.status_code == 404 and answer.json()["action_name"] == "action_unheard_of"
