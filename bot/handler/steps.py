"""The steps of a turn, in the order in which `bot.handler.handler` runs them; those up to `encode` run in a thread."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.conversations import repository
from bot.deeds.fields import hidden_contact
from bot.emergencies import turns as emergencies
from bot.handler import compose
from bot.handler.act import act
from bot.handler.decide import decide
from bot.handler.reading import read, retrieved, signals
from bot.handler.tools import Tools
from bot.handler.turn import Outcome, Say, Turn
from bot.handoff import threads
from bot.handoff import turns as handoff
from bot.understanding.rasa import RasaUnavailable
from connectors.contract import TurnStatus
from knowledge.confidence import judged

STORED_CANDIDATES = 5


def recall(turn: Turn, tools: Tools) -> None:
    """What is known of the sender; a message seen before ends the turn with its first reply."""
    with tools.database.transaction() as session:
        if turn.message.message_id:
            turn.reply = repository.earlier_reply(session, tools.vault, turn.sender_key, turn.message.message_id)
            turn.repeated = turn.reply is not None
        turn.conversation = repository.recall(
            session, tools.vault, turn.sender_key, turn.started_at, tools.context_lifetime
        )
        turn.thread = threads.before(session, turn.sender_key)


def guard(turn: Turn, tools: Tools) -> None:
    """Reads the text (traditional characters, pinyin, homophone slips), finds its parts, and refuses what is too long,
    with advice."""
    turn.text = turn.base.read_text(turn.message.text)
    limit = tools.policy.max_characters
    if len(turn.text) > limit:
        say = Say("too_long", {"length": len(turn.text), "limit": limit})
        turn.finish(Outcome(TurnStatus.REFUSED_TOO_LONG, (say,)))
        return
    turn.reading = read(turn.text, turn.conversation, turn.base)


def alarm(turn: Turn, tools: Tools) -> None:
    """An emergency that the words alone tell of is answered before anything slow is asked (S18)."""
    emergencies.by_words(turn, tools.watch)


def person(turn: Turn, tools: Tools) -> None:
    """While a person has the conversation, the bot is silent (S04)."""
    handoff.by_words(turn, turn.thread, tools.counter)


def encode(turn: Turn, tools: Tools) -> None:
    """The one encoding of the message, used by NLU and by retrieval."""
    turn.vectors = tools.encoder.encode_queries(turn.reading.texts)


async def understand(turn: Turn, tools: Tools) -> None:
    """Intent and disclosures, by Rasa or, while it is away, by the keyword table."""
    assert turn.vectors is not None
    question = turn.reading.question
    try:
        turn.understanding = await tools.rasa.parse(question, turn.vectors[0], tools.keywords.named(question))
    except RasaUnavailable:
        turn.understanding = tools.keywords.understand(question)


async def notice_intent(turn: Turn, tools: Tools) -> None:
    """Emergencies and the wish for a person, now that the intent is known."""
    await emergencies.by_intent(turn, tools.watch)
    if not turn.finished:
        await handoff.by_intent(turn, turn.thread, tools.counter, tools.policy.deed)


async def link(turn: Turn, tools: Tools) -> None:
    """What the message may be about, and how likely each of it is."""
    assert turn.understanding is not None
    reading, confidence = turn.reading, turn.base.published.confidence
    heard = signals(turn.understanding, reading)
    found = retrieved(turn, tools.policy.window_factor)
    turn.link, *others = (judged(link, heard, confidence) for link in found)
    turn.part_links = tuple(others[: len(reading.parts)])
    turn.corrected_links = tuple(others[len(reading.parts) :])


async def answer(turn: Turn, tools: Tools) -> None:
    """Decides, then answers or acts."""
    await act(turn, decide(turn, tools.policy), tools)


async def word(turn: Turn, tools: Tools) -> None:
    """Turns the outcome into sentences."""
    turn.reply = compose.reply(turn, tools.wording)


async def record(turn: Turn, tools: Tools) -> None:
    """Stores the turn and what the next one needs, in one transaction."""
    await asyncio.get_running_loop().run_in_executor(tools.threads.recording, _record, turn, tools)


def _record(turn: Turn, tools: Tools) -> None:
    assert turn.outcome is not None and turn.reply is not None and turn.after is not None
    in_deed = turn.outcome.transaction is not None or turn.conversation.deed is not None
    private = in_deed or turn.outcome.status is TurnStatus.EMERGENCY
    found = turn.link.candidates[:STORED_CANDIDATES] if turn.link else ()
    scores = {
        "found": [[c.target.kind.value, c.code, round(c.confidence, 4), round(c.cosine, 4)] for c in found],
        "intent": [turn.understanding.intent.value, round(turn.understanding.confidence, 4)]
        if turn.understanding
        else None,
        "degraded": bool(turn.understanding and turn.understanding.degraded),
    }
    row = {
        "id": turn.id,
        "created_at": turn.started_at,
        "channel": turn.message.channel,
        "sender_key": turn.sender_key,
        "message_id": turn.message.message_id,
        "text": None if private else hidden_contact(turn.message.text),
        "status": turn.outcome.status,
        "item": turn.reply.item,
        "scores": scores,
        "timings": turn.timings,
        "reply": repository.kept_reply(tools.vault, turn.reply, private),
    }
    with tools.database.transaction() as session:
        repository.add_turn(session, row)
        repository.remember(session, tools.vault, turn.sender_key, turn.after, datetime.now(UTC))
