"""The app's own Rasa input channel: text and vector in, parse or dialogue turn out, all as JSON.

POST …/parse     {"text", "embedding"} → {"intent", "intent_ranking", "disclosures"}
POST …/dialogue  {"conversation", "text", "intent", "metadata", "state"} →
                 {"messages", "active_form", "requested_slot", "slots", "intent"}
Every request carries `Authorization: Bearer <token>`. `state` is what the app last heard of the dialogue; a
Rasa that was restarted in between rebuilds its tracker from it, so a form half filled in is not lost.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import defaultdict
from typing import Any, Awaitable, Callable, DefaultDict, Dict, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

OnMessage = Callable[[UserMessage], Awaitable[Any]]


class WenbanInput(InputChannel):
    """See the module's docstring."""

    @classmethod
    def name(cls) -> Text:
        return "wenban"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("credentials.yml: the channel `wenban` needs a token")
        return cls(token)

    def __init__(self, token: Text) -> None:
        self._expected = f"Bearer {token}"
        self._locks: DefaultDict[Text, asyncio.Lock] = defaultdict(asyncio.Lock)

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        webhook = Blueprint("wenban_webhook")

        @webhook.middleware("request")
        async def check_token(request: Request) -> Optional[HTTPResponse]:
            if not hmac.compare_digest(request.headers.get("authorization", ""), self._expected):
                return response.json({"error": "unauthorised"}, status=401)
            return None

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = _processor(request) is not None
            return response.json({"ready": ready}, status=200 if ready else 503)

        @webhook.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            body = request.json
            processor = _processor(request)
            if processor is None:
                return response.json({"error": "no model"}, status=503)
            parsed = _parsed(processor, body["text"], body.get("embedding"))
            return response.json(
                {key: parsed.get(key) for key in ("intent", "intent_ranking", "disclosures")}
            )

        @webhook.route("/dialogue", methods=["POST"])
        async def dialogue(request: Request) -> HTTPResponse:
            body = request.json
            processor = _processor(request)
            if processor is None:
                return response.json({"error": "no model"}, status=503)
            async with self._locks[body["conversation"]]:
                turn = await self._dialogue(processor, on_new_message, body)
            if turn["active_form"] is None:
                self._locks.pop(body["conversation"], None)
            return response.json(turn)

        return webhook

    async def _dialogue(
        self, processor: MessageProcessor, on_new_message: OnMessage, body: Dict[Text, Any]
    ) -> Dict[Text, Any]:
        conversation = body["conversation"]
        await _restore(processor, conversation, body.get("state"))
        output = CollectingOutputChannel()
        # The app has had the message parsed already and says here what it makes of it.
        parsed = {**{key: body[key] for key in ("text", "intent", "metadata")}, "entities": []}
        await on_new_message(
            UserMessage(body["text"], output, conversation, parse_data=parsed, input_channel=self.name())
        )
        tracker = await processor.get_tracker(conversation)
        return {"messages": [m.get("custom") for m in output.messages if m.get("custom")], **_state(tracker)}


def _processor(request: Request) -> Optional[MessageProcessor]:
    agent = request.app.ctx.agent
    return agent.processor if agent is not None and agent.is_ready() else None


def _parsed(processor: MessageProcessor, text: Text, embedding: Optional[Text]) -> Message:
    """The message as the model's NLU understands it. `processor.parse_message` would also make a tracker, copy the parse
    for its log and look it up in the domain, at every message."""
    given = UserMessage(text, metadata={"embedding": embedding})
    target = processor.model_metadata.nlu_target
    found = processor.graph_runner.run({PLACEHOLDER_MESSAGE: [given], PLACEHOLDER_TRACKER: None}, [target])
    return found[target][0]


def _state(tracker: DialogueStateTracker) -> Dict[Text, Any]:
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    requested = slots.pop(REQUESTED_SLOT, None)
    intent = tracker.latest_message.intent if tracker.latest_message else {}
    return {
        "active_form": tracker.active_loop_name,
        "requested_slot": requested,
        "slots": slots,
        "intent": intent.get("name"),
    }


async def _restore(
    processor: MessageProcessor, conversation: Text, state: Optional[Dict[Text, Any]]
) -> None:
    """Rebuilds the tracker of a running form that this process has never seen."""
    if not state or not state.get("active_form"):
        return
    tracker = await processor.get_tracker(conversation)
    if tracker.events:
        return
    slots = {**state.get("slots", {}), REQUESTED_SLOT: state.get("requested_slot")}
    events = [SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME), ActiveLoop(state["active_form"])]
    events += [SlotSet(name, value) for name, value in slots.items()]
    # A form is listened to through action_listen; without it the policy would see an unfinished turn.
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    for event in events:
        tracker.update(event, processor.domain)
    await processor.save_tracker(tracker)
