"""Outcomes that are read from guides: one, several, or one that does not publish what was asked."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations.model import Conversation
from bot.handler.deeds import and_back
from bot.handler.plans import AnswerGuide, AnswerSeveral
from bot.handler.turn import LEAVE_A_MESSAGE, MOST_CHOICES, Choice, Outcome, Say, Turn
from connectors.contract import TurnStatus
from knowledge.answer import Answer
from knowledge.base import KnowledgeBase
from knowledge.model import Disclosure, Guide, Situation
from knowledge.target import Kind, Target


def answer_guide(turn: Turn, plan: AnswerGuide) -> None:
    base = turn.base
    guide = base.guides[plan.code]
    situation = next((s for s in guide.situations if s.id == plan.situation), None)
    answer = base.writer.answer(guide, plan.disclosures, situation)
    after = replace(
        without_scenario(turn.conversation), item=plan.code, disclosures=plan.disclosures, situation=plan.situation
    )
    if not answer.fields:
        _incomplete(turn, (answer,), after)
        return
    intro = Say("guide.intro_context" if plan.from_context else "guide.intro", {"item": answer.title})
    others = _other_situations(guide, situation, plan.disclosures)
    says = (*_stale(guide, base), *_missing(answer))
    outcome = Outcome(
        TurnStatus.ANSWERED_GUIDE,
        (intro,),
        answers=(answer,),
        after=(*says, Say("guide.situations")) if others else says,
        more=others,
        confidence=plan.confidence,
    )
    turn.finish(and_back(outcome, turn.conversation.deed), after)


def _other_situations(
    guide: Guide, situation: Situation | None, disclosures: tuple[Disclosure, ...]
) -> tuple[Choice, ...]:
    """The other situations of the item that change what was asked; with a situation known, the general case too."""
    asked = {d.value for d in disclosures} or {d.value for d in Disclosure}
    target = Target(Kind.GUIDE, guide.code)
    changing = [s for s in guide.situations if s is not situation and asked & s.changes.model_fields_set]
    general = (Choice(target, disclosures, label="guide.general"),) if situation else ()
    return (*general, *(Choice(target, disclosures, s.name) for s in changing))[:MOST_CHOICES]


def _missing(answer: Answer) -> tuple[Say, ...]:
    if not answer.missing:
        return ()
    return (Say("guide.missing", {"fields": "、".join(answer.missing)}),)


def _stale(guide: Guide, base: KnowledgeBase) -> tuple[Say, ...]:
    """What is past its date, or was not checked for long, never answers silently."""
    if base.is_over(guide):
        return (Say("guide.expired", {"date": guide.valid_until}),)
    if base.is_unchecked(guide):
        return (Say("guide.unchecked", {"date": guide.checked_on}),)
    return ()


def _incomplete(turn: Turn, answers: tuple[Answer, ...], after: Conversation) -> None:
    """The guides never published what was asked: said honestly, and somebody will answer (S13)."""
    deed = turn.conversation.deed
    values = {
        "item": "”和“".join(answer.title for answer in answers),
        "fields": "、".join(dict.fromkeys(field for answer in answers for field in answer.missing)),
        "days": turn.base.hall.consultation_reply_working_days,
    }
    outcome = Outcome(
        TurnStatus.UNANSWERABLE_INCOMPLETE_GUIDE,
        (Say("guide.incomplete", values),),
        choices=() if deed else (LEAVE_A_MESSAGE,),
        told=Target(Kind.GUIDE, answers[0].code),
    )
    turn.finish(and_back(outcome, deed), after if deed else replace(after, pending_question=turn.message.text))


def answer_several(turn: Turn, plan: AnswerSeveral) -> None:
    base = turn.base
    answers = tuple(base.writer.answer(base.guides[code], plan.disclosures) for code in plan.codes)
    after = replace(
        without_scenario(turn.conversation), item=plan.codes[0], disclosures=plan.disclosures, situation=None
    )
    told = tuple(answer for answer in answers if answer.fields)
    if not told:
        _incomplete(turn, answers, after)
        return
    intro = Say("guide.intro_several", {"items": "、".join(f"“{answer.title}”" for answer in answers)})
    says = tuple(say for a in answers for say in (*_stale(base.guides[a.code], base), *_missing(a)))
    turn.finish(Outcome(TurnStatus.ANSWERED_GUIDE, (intro,), told, after=says, confidence=plan.confidence), after)


def without_scenario(conversation: Conversation) -> Conversation:
    """What stays when a turn takes up something else: a running deed, no scenario."""
    return replace(conversation, scenario=None)
