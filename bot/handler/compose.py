"""Turns an outcome into the reply of the contract: sentences, options, card, sources."""

from __future__ import annotations

from collections.abc import Iterator

from bot.handler import payload
from bot.handler.turn import Choice, Outcome, Say, Turn
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
from knowledge.target import Kind, Target

LEAVE_PAYLOAD = "我要留言"
MOST_OPTIONS = 5


def reply(turn: Turn, wording: Wording) -> TurnReply:
    """The reply of a finished turn."""
    outcome, base = turn.outcome, turn.base
    assert outcome is not None
    replies = [
        *_said(outcome.say, outcome.choices, wording, base),
        *map(_card, outcome.answers),
        *_said(outcome.after, outcome.more, wording, base),
    ]
    first = outcome.answers[0] if outcome.answers else None
    told = outcome.told
    return TurnReply(
        turn_id=turn.id,
        status=outcome.status,
        item=first.code if first else told.id if told and told.kind is Kind.GUIDE else None,
        disclosures=tuple(f.disclosure.value for f in first.fields) if first else (),
        transaction=outcome.transaction,
        confidence=round(outcome.confidence, 4) if outcome.confidence is not None else None,
        replies=tuple(replies),
        sources=tuple(_sources(outcome, base)),
        elapsed_ms=turn.elapsed_ms,
    )


def _said(says: tuple[Say, ...], choices: tuple[Choice, ...], wording: Wording, base: KnowledgeBase) -> Iterator[Reply]:
    """A text for each sentence, with the options under it; the last one carries the choices, as many as the contract
    lets one carry."""
    texts = [_sentence(say, wording, base) for say in says]
    for say, text in zip(says[:-1] if choices else says, texts, strict=False):
        yield from _with_options(text, say, wording)
    for start in range(0, len(choices), MOST_OPTIONS):
        options = tuple(_option(choice, wording, base) for choice in choices[start : start + MOST_OPTIONS])
        yield OptionsReply(text=wording.say("options.more") if start else texts[-1], options=options)


def _with_options(text: str, say: Say, wording: Wording) -> Iterator[Reply]:
    pairs = [(option, option) if isinstance(option, str) else tuple(option) for option in say.options]
    options = [Option(title=title, payload=payload) for title, payload in pairs]
    if not options:
        yield TextReply(text=text)
    for start in range(0, len(options), MOST_OPTIONS):
        under = wording.say("options.more") if start else text
        yield OptionsReply(text=under, options=tuple(options[start : start + MOST_OPTIONS]))


def _sentence(say: Say, wording: Wording, base: KnowledgeBase) -> str:
    return wording.say(say.key, **{"telephone": base.hall.telephone, **say.values})


def _option(choice: Choice, wording: Wording, base: KnowledgeBase) -> Option:
    if choice.target is None:
        return Option(title=wording.say("leave_a_message"), payload=LEAVE_PAYLOAD)
    name = choice.branches[-1] if choice.branches else choice.situation or base.title(choice.target)
    title = wording.say(choice.label) if choice.label else name
    return Option(title=title, payload=payload.write(choice, base))


def _card(answer: Answer) -> CardReply:
    fields = tuple(CardField(disclosure=f.disclosure.value, label=f.label, text=f.text) for f in answer.fields)
    return CardReply(title=answer.title, fields=fields)


def _sources(outcome: Outcome, base: KnowledgeBase) -> Iterator[Source]:
    for answer in outcome.answers:
        for field in answer.fields:
            yield Source(
                kind="guide",
                id=answer.code,
                title=answer.title,
                disclosure=field.disclosure.value,
                checked_on=answer.checked_on.isoformat(),
            )
    if outcome.told:
        yield Source(
            kind=outcome.told.kind.value,
            id=outcome.told.id,
            title=base.title(outcome.told),
            disclosure=None,
            checked_on=_checked_on(outcome.told, base),
        )


def _checked_on(target: Target, base: KnowledgeBase) -> str | None:
    if target.kind is Kind.FAQ:
        reviewed = base.published.faq[target.id].reviewed_on
        return reviewed.isoformat() if reviewed else None
    return base.guides[target.id].checked_on.isoformat() if target.kind is Kind.GUIDE else None
