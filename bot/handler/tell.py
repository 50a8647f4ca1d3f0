"""Outcomes that are told as they stand: FAQ answers, the hall itself, other authorities' matters."""

from __future__ import annotations

from bot.handler.turn import Choice, Outcome, Say, Turn
from connectors.contract import TurnStatus
from knowledge import hall_answers
from knowledge.target import Kind, Target


def outcome_of(turn: Turn, target: Target) -> Outcome:
    """The outcome of an FAQ entry, a facility or a topic."""
    match target.kind:
        case Kind.FAQ:
            return _faq(turn, target)
        case Kind.FACILITY:
            return _hall(turn, target)
        case Kind.TOPIC:
            return _topic(turn, target)
    raise ValueError(f"{target.kind} is not told")


def _faq(turn: Turn, target: Target) -> Outcome:
    """The reviewed answer, and the items that it belongs to."""
    entry = turn.base.published.faq[target.id]
    items = tuple(Choice(Target(Kind.GUIDE, code)) for code in entry.items if code in turn.base.guides)
    local = (Say("faq.local"),) if entry.local else ()
    titles = "、".join(f"{source.title}{source.article or ''}" for source in entry.sources)
    sources = (Say("faq.sources", {"sources": titles}),) if titles else ()
    return Outcome(
        TurnStatus.ANSWERED_FAQ,
        (Say("plain", {"text": entry.answer}), *sources, *local),
        after=(Say("faq.items"),) if items else (),
        more=items,
        told=target,
    )


def _hall(turn: Turn, target: Target) -> Outcome:
    facility = turn.base.published.facilities[target.id]
    text = hall_answers.answer(facility, turn.text, turn.base.calendar, turn.base.labels, turn.started_at)
    return Outcome(TurnStatus.ANSWERED_HALL, (Say("plain", {"text": text}),), told=target)


def _topic(turn: Turn, target: Target) -> Outcome:
    """Never "not mine" alone: the authority, its telephone and the way there (S04, S08)."""
    topic = turn.base.published.topics[target.id]
    values = {"topic": topic.name, "authority": topic.authority, "path": topic.path, "telephone": topic.telephone}
    say = Say("topic.with_telephone" if topic.telephone else "topic.without_telephone", values)
    return Outcome(TurnStatus.UNANSWERABLE_OUT_OF_SCOPE, (say,), told=target)
