"""The closed lists of the contract and what its types refuse."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import (
    Channel,
    Option,
    OptionsReply,
    Phase,
    Transaction,
    TurnReply,
    TurnStatus,
    UserMessage,
    deed_status,
)

# As DESIGN.md lists them.
ALONE = [
    "answered.guide",
    "answered.faq",
    "answered.hall",
    "answered.progress",
    "answered.smalltalk",
    "clarify.item",
    "clarify.situation",
    "clarify.intent",
    "emergency",
    "unanswerable.out_of_scope",
    "unanswerable.no_match",
    "unanswerable.incomplete_guide",
    "refused.privacy",
    "refused.abuse",
    "refused.too_long",
    "error.degraded",
    "error.internal",
]
TRANSACTIONS = [
    "appointment",
    "complaint",
    "fallback_request",
    "consultation",
    "extended_hours",
    "assistance",
    "rating",
    "notice",
    "handoff",
]


def test_turn_statuses_are_exactly_those_of_the_design() -> None:
    deeds = {f"{phase}.{t}" for phase in ("collecting", "done", "cancelled") for t in TRANSACTIONS}
    assert {status.value for status in TurnStatus} == {*ALONE, *deeds}
    assert len(TurnStatus) == 17 + 3 * 9


def test_transactions_and_channels_are_exactly_those_of_the_design() -> None:
    assert [t.value for t in Transaction] == TRANSACTIONS
    assert [c.value for c in Channel] == ["kiosk", "wechat", "sidebar", "web"]


@pytest.mark.parametrize("transaction", list(Transaction))
@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_of_every_deed_is_a_status(phase: Phase, transaction: Transaction) -> None:
    assert deed_status(phase, transaction).value == f"{phase.value}.{transaction.value}"


@pytest.mark.parametrize(
    "changes", [{"sender": ""}, {"sender": "x" * 129}, {"text": "x" * 10_001}, {"message_id": ""}, {"colour": "red"}]
)
def test_a_message_out_of_bounds_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UserMessage(**{"channel": "web", "sender": "s", "text": "t", **changes})


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        UserMessage(channel=Channel.WEB, sender="s", text="t").text = "other"  # type: ignore[misc]


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_options_are_offered(count: int) -> None:
    with pytest.raises(ValidationError):
        OptionsReply(text="请选择。", options=(Option(title="a", payload="a"),) * count)


def test_a_status_outside_the_closed_set_is_refused() -> None:
    with pytest.raises(ValidationError):
        TurnReply.model_validate({"turn_id": "t", "status": "answered.guess", "replies": [], "elapsed_ms": 1})
