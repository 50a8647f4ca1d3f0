"""Rasa's custom actions of any form, called as Rasa calls them: through rasa-sdk's executor."""

from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.deeds.actions import actions_of
from bot.deeds.form import Context, Done, Form, Line
from bot.desk import Desk
from bot.errors import Refused
from bot.rasa_actions import actions_router
from connectors.contract import Phase, TurnStatus
from connectors.problems import Problem
from tests.unit.bot.deeds.test_engine import PARCEL, SHORT
from tests.unit.helpers import SENDER_KEY

TOKEN = "a-token"
DESK = cast(Desk, object())
METADATA = {"channel": "web", "sender_key": SENDER_KEY, "items": ["GA-003"], "item": "GA-008"}
DOMAIN: dict[str, Any] = {
    "forms": {PARCEL.rasa_name: {"required_slots": [PARCEL.slot(name) for name in PARCEL.field_names]}},
    "slots": {PARCEL.slot(name): {"mappings": [{"type": "custom"}]} for name in PARCEL.field_names},
}
FILLED = {
    "parcel_story": "一本书", "parcel_colour": "蓝色", "parcel_name": "张三", "parcel_telephone": "+8613800001111",
    "parcel_confirm": True,
}  # fmt: skip


def client(form: Form = PARCEL) -> TestClient:
    app = FastAPI()
    app.include_router(actions_router(list(actions_of(form, lambda: DESK)), TOKEN))
    app.add_exception_handler(Problem, lambda _request, error: error.response())  # type: ignore[attr-defined]
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


def call(action: str, text: str = "", intent: str = "inform", **slots: Any) -> dict[str, Any]:
    message = {"text": text, "intent": {"name": intent}, "metadata": METADATA}
    tracker = {
        "sender_id": "deed1", "slots": slots, "latest_message": message, "events": [], "paused": False,
        "followup_action": None, "active_loop": {"name": "parcel_form"}, "latest_action_name": None,
        "latest_input_channel": "wenban",
    }  # fmt: skip
    return {"next_action": action, "sender_id": "deed1", "tracker": tracker, "domain": DOMAIN, "version": "3.6.21"}


def run(rasa: TestClient, action: str, text: str = "", **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The slots that are set, and what is said."""
    answer = rasa.post("/rasa/actions", json=call(action, text, **more)).json()
    slots = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
    return slots, [response["custom"] for response in answer["responses"] if response["custom"]]


def test_opening_asks_the_first_question_which_is_marked() -> None:
    slots, said = run(client(), "validate_parcel_form", "我要寄包裹")
    assert slots == {"deed_failures": 0, "requested_slot": "parcel_story"}
    assert said == [{"wording": "parcel.ask_story", "values": {}, "options": [], "asks": True, "free": True}]


def test_the_requested_slot_takes_the_message_in_its_clean_form() -> None:
    slots, said = run(
        client(), "validate_parcel_form", "1", requested_slot="parcel_colour", parcel_story="一本书", deed_failures=2
    )
    assert slots == {"parcel_colour": "红色", "deed_failures": 0, "requested_slot": "parcel_bow"}
    assert said[-1]["free"] is False


def test_a_message_that_does_not_fit_sets_only_the_counter() -> None:
    slots, said = run(
        client(), "validate_parcel_form", "紫的", requested_slot="parcel_colour", parcel_story="一本书", deed_failures=1
    )
    assert slots == {"deed_failures": 2, "requested_slot": "parcel_colour"}
    assert [message["wording"] for message in said] == ["parcel.bad_colour", "parcel.ask_colour"]
    assert "asks" not in said[0] and said[1]["asks"] and said[1]["options"] == ["红色", "蓝色"]


def test_when_all_is_told_nothing_is_asked() -> None:
    slots, said = run(
        client(SHORT), "validate_parcel_form", "13800001111", requested_slot="parcel_telephone",
        **{name: value for name, value in FILLED.items() if name not in ("parcel_telephone", "parcel_confirm")},
    )  # fmt: skip
    assert slots["requested_slot"] is None and slots["parcel_telephone"] == "+8613800001111" and said == []


def test_cancelling_is_left_to_the_rule() -> None:
    slots, said = run(client(), "validate_parcel_form", "取消", intent="cancel", requested_slot="parcel_colour")
    assert slots == {} and said == []


def test_submitting_says_how_it_ended() -> None:
    _, said = run(client(), "action_submit_parcel", **FILLED)
    assert said == [{"wording": "parcel.done", "values": {}, "options": [], "phase": "done", "status": None}]


def test_a_status_of_its_own_is_told() -> None:
    done = Done((Line("a"), Line("b")), status=TurnStatus.ANSWERED_PROGRESS)
    _, said = run(client(replace(PARCEL, submit=lambda _: done)), "action_submit_parcel", **FILLED)
    assert "phase" not in said[0] and (said[1]["phase"], said[1]["status"]) == ("done", "answered.progress")


def test_a_field_that_failed_is_asked_for_again() -> None:
    _, said = run(client(), "action_submit_parcel", **{**FILLED, "parcel_name": "黑名单"})
    assert [message["wording"] for message in said] == ["parcel.not_him", "parcel.ask_name"]
    assert said[1]["asks"] and said[1]["reopen"] == "parcel_name"


def test_a_wish_that_cannot_be_granted_ends_the_deed() -> None:
    def refuse(_context: Context) -> Done:
        raise Refused("parcel.full", 409, "full", number=3)

    _, said = run(client(replace(PARCEL, submit=refuse)), "action_submit_parcel", **FILLED)
    assert (said[0]["wording"], said[0]["values"], said[0]["phase"]) == ("parcel.full", {"number": 3}, "cancelled")


def test_cancelling_lets_go_of_what_was_reserved() -> None:
    released: list[Context] = []
    _, said = run(client(replace(PARCEL, release=released.append)), "action_cancel_parcel", **FILLED)
    assert (said[0]["wording"], said[0]["phase"]) == ("form.cancelled", Phase.CANCELLED.value)
    (context,) = released
    assert (context.deed_id, context.sender_key, context.items, context.item) == (
        "deed1",
        SENDER_KEY,
        ("GA-003",),
        "GA-008",
    )
    assert context.values["colour"] == "蓝色" and context.desk is DESK


def test_cancelling_without_anything_reserved() -> None:
    _, said = run(client(), "action_cancel_parcel")
    assert said[0]["wording"] == "form.cancelled"


@pytest.mark.parametrize("header", ["", "Bearer wrong", TOKEN, "bearer a-token", "Bearer a-tokené"])
def test_nobody_but_rasa_may_call_actions(header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = client().post("/rasa/actions", json=call("action_cancel_parcel"), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_action_is_told_to_rasa() -> None:
    answer = client().post("/rasa/actions", json=call("action_unheard_of"))
    assert answer.status_code == 404 and answer.json()["action_name"] == "action_unheard_of"
