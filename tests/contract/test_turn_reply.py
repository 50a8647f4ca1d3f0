"""The HTTP contract, version 1: the JSON of a reply as the front end and the acceptance checks read it."""

import json
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from connectors.contract import (
    CardField,
    CardReply,
    Option,
    OptionsReply,
    Source,
    TextReply,
    Transaction,
    TurnReply,
    TurnStatus,
    UserMessage,
)
from connectors.contract import Link as WebLink
from connectors.messages_api import messages_router

# The example of DESIGN.md, with values in place of its dots.
EXAMPLE = """
{"turn_id": "1", "status": "answered.guide", "item": "GA-003", "disclosures": ["materials"],
 "transaction": null, "confidence": 0.97,
 "replies": [{"type": "text", "text": "您好。"},
             {"type": "options", "text": "请选择。", "options": [{"title": "补领", "payload": "补领：收费标准"}]},
             {"type": "card", "title": "补领",
              "fields": [{"disclosure": "materials", "label": "申报材料", "text": "1."}], "links": []}],
 "sources": [{"kind": "guide", "id": "GA-003", "title": "补领", "disclosure": "materials", "checked_on": "2026-11-01"}],
 "elapsed_ms": 41}
"""
REPLY = TurnReply(
    turn_id="1",
    status=TurnStatus.ANSWERED_GUIDE,
    item="GA-003",
    disclosures=("materials",),
    confidence=0.97,
    replies=(
        TextReply(text="您好。"),
        OptionsReply(text="请选择。", options=(Option(title="补领", payload="补领：收费标准"),)),
        CardReply(title="补领", fields=(CardField(disclosure="materials", label="申报材料", text="1."),)),
    ),
    sources=(Source(kind="guide", id="GA-003", title="补领", disclosure="materials", checked_on="2026-11-01"),),
    elapsed_ms=41,
)


def over_http(reply: TurnReply) -> Any:
    async def handle(_message: UserMessage) -> TurnReply:
        return reply

    app = FastAPI()
    app.include_router(messages_router(handle))
    body = {"channel": "kiosk", "sender": "s", "text": "身份证", "message_id": "m", "metadata": {"k": 1}}
    answer = TestClient(app).post("/api/v1/messages", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def shape(value: Any) -> Any:
    """Names in their order, without values."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    return [shape(inner) for inner in value] if isinstance(value, list) else None


def test_the_reply_is_the_example_of_the_design() -> None:
    assert over_http(REPLY) == json.loads(EXAMPLE)


def test_names_come_in_the_order_of_the_design() -> None:
    assert shape(over_http(REPLY)) == shape(json.loads(EXAMPLE))


def test_the_example_can_be_read_back() -> None:
    assert TurnReply.model_validate_json(EXAMPLE) == REPLY


def test_all_names_are_there_even_when_there_is_nothing_to_say() -> None:
    bare = TurnReply(turn_id="1", status=TurnStatus.EMERGENCY, replies=(TextReply(text="请。"),), elapsed_ms=0)
    assert over_http(bare) == {
        "turn_id": "1", "status": "emergency", "item": None, "disclosures": [], "transaction": None, "confidence": None,
        "replies": [{"type": "text", "text": "请。"}], "sources": [], "elapsed_ms": 0,
    }  # fmt: skip


def test_a_deed_names_its_transaction_as_in_its_status() -> None:
    deed = TurnReply(
        turn_id="1", status=TurnStatus.DONE_CONSULTATION, transaction=Transaction.CONSULTATION,
        replies=(TextReply(text="好的。"),), elapsed_ms=0,
    )  # fmt: skip
    reply = over_http(deed)
    assert reply["status"] == f"done.{reply['transaction']}" == "done.consultation"


def test_a_link_has_title_and_url() -> None:
    card = CardReply(title="补领", fields=(), links=(WebLink(title="网上办理", url="https://example.org"),))
    reply = TurnReply(turn_id="1", status=TurnStatus.ANSWERED_HALL, replies=(card,), elapsed_ms=0)
    assert over_http(reply)["replies"][0]["links"] == [{"title": "网上办理", "url": "https://example.org"}]


def test_a_stored_reply_comes_back_as_it_was() -> None:
    """A repeated message gets its first reply again out of the database's JSON."""
    assert TurnReply.model_validate(json.loads(json.dumps(REPLY.model_dump(mode="json")))) == REPLY
