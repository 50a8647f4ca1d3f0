"""Turns an outcome into the reply of the contract: sentences, options, card, sources."""

from __future__ import annotations

from bot.handler import payload
from bot.handler.turn import Choice, Say, Turn
from bot.wording.wording import Wording
from connectors.contract import (
    CardField,
    CardReply,
    Option,
    OptionsReply,
    Reply,
    Source,
    TextReply,
    TurnReply,
)
from knowledge.answer import Answer
from knowledge.base import KnowledgeBase

LEAVE_PAYLOAD = "我要留言"


def reply(turn: Turn, wording: Wording, base: KnowledgeBase) -> TurnReply:
    """The reply of a finished turn."""
    outcome = turn.outcome
    assert outcome is not None
    said = [_sentence(say, wording, base) for say in outcome.say]
    replies: list[Reply] = [TextReply(text=text) for text in said]
    if outcome.choices:
        options = tuple(_option(choice, wording, base) for choice in outcome.choices)
        replies[-1:] = [OptionsReply(text=said[-1], options=options)]
    if outcome.answer:
        replies.append(_card(outcome.answer))
    replies += [TextReply(text=_sentence(say, wording, base)) for say in outcome.after]
    answer = outcome.answer
    return TurnReply(
        turn_id=turn.id,
        status=outcome.status,
        item=answer.code if answer else None,
        disclosures=tuple(f.disclosure.value for f in answer.fields) if answer else (),
        transaction=outcome.transaction,
        confidence=round(outcome.confidence, 4) if outcome.confidence is not None else None,
        replies=tuple(replies),
        sources=_sources(answer) if answer else (),
        elapsed_ms=turn.elapsed_ms,
    )


def _sentence(say: Say, wording: Wording, base: KnowledgeBase) -> str:
    return wording.say(say.key, **{"telephone": base.hall.telephone, **say.values})


def _option(choice: Choice, wording: Wording, base: KnowledgeBase) -> Option:
    if choice.code is None:
        return Option(title=wording.say("leave_a_message"), payload=LEAVE_PAYLOAD)
    guide = base.guides[choice.code]
    return Option(title=guide.name, payload=payload.write(guide, choice.disclosures, base.labels))


def _card(answer: Answer) -> CardReply:
    fields = tuple(CardField(disclosure=f.disclosure.value, label=f.label, text=f.text) for f in answer.fields)
    return CardReply(title=answer.title, fields=fields)


def _sources(answer: Answer) -> tuple[Source, ...]:
    return tuple(
        Source(
            kind="guide",
            id=answer.code,
            title=answer.title,
            disclosure=field.disclosure.value,
            checked_on=answer.checked_on.isoformat(),
        )
        for field in answer.fields
    )
