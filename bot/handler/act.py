"""Carries out a plan: reads the answer from a guide, or takes one step of a deed with Rasa."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from bot.conversations.model import Conversation, Deed, Walk
from bot.handler.plans import (
    AnswerGuide,
    AnswerSeveral,
    AskScenario,
    Clarify,
    ContinueDeed,
    NoMatch,
    OutOfScope,
    Plan,
    RefusePrivate,
    Smalltalk,
    StartDeed,
    Tell,
)
from bot.handler.tell import outcome_of
from bot.handler.tools import Tools
from bot.handler.turn import Choice, Outcome, Say, Turn
from bot.understanding.model import Intent
from bot.understanding.rasa import DialogueTurn, RasaUnavailable
from connectors.contract import Phase, TurnStatus, deed_status
from knowledge import scenarios
from knowledge.answer import Answer
from knowledge.base import KnowledgeBase
from knowledge.model import Disclosure, Guide, Situation
from knowledge.target import Kind, Target

log = logging.getLogger(__name__)

LEAVE_A_MESSAGE = Choice(target=None)
MOST_CHOICES = 5


async def act(turn: Turn, plan: Plan, tools: Tools) -> None:
    """Ends the turn according to the plan."""
    match plan:
        case AnswerGuide():
            _answer_guide(turn, plan)
        case AnswerSeveral():
            _answer_several(turn, plan)
        case Tell(target, confidence):
            outcome = replace(outcome_of(turn, target), confidence=confidence)
            turn.finish(_and_back(outcome, turn.conversation.deed), _plain(turn.conversation))
        case AskScenario():
            _ask_scenario(turn, plan)
        case Clarify():
            _clarify(turn, plan)
        case Smalltalk(intent):
            key = "smalltalk.nothing_open" if intent is Intent.CANCEL else f"smalltalk.{intent.value}"
            turn.finish(Outcome(TurnStatus.ANSWERED_SMALLTALK, (Say(key),)))
        case RefusePrivate():
            turn.finish(Outcome(TurnStatus.REFUSED_PRIVACY, (Say("private"),)))
        case OutOfScope():
            turn.finish(Outcome(TurnStatus.UNANSWERABLE_OUT_OF_SCOPE, (Say("out_of_scope"),)))
        case NoMatch():
            _no_match(turn)
        case StartDeed(transaction):
            deed = Deed(uuid.uuid4().hex, transaction, f"{transaction.value}_form", None)
            await _dialogue(turn, deed, None, tools)
        case ContinueDeed(intent):
            assert turn.conversation.deed is not None
            await _dialogue(turn, turn.conversation.deed, intent, tools)


def _answer_guide(turn: Turn, plan: AnswerGuide) -> None:
    base = turn.base
    guide = base.guides[plan.code]
    situation = next((s for s in guide.situations if s.id == plan.situation), None)
    answer = base.writer.answer(guide, plan.disclosures, situation)
    after = replace(_plain(turn.conversation), item=plan.code, disclosures=plan.disclosures, situation=plan.situation)
    if not answer.fields:
        _incomplete(turn, (answer,), after)
        return
    intro = Say("guide.intro_context" if plan.from_context else "guide.intro", {"item": answer.title})
    others = _other_situations(guide, situation, plan.disclosures)
    outcome = Outcome(
        TurnStatus.ANSWERED_GUIDE,
        (intro,),
        answers=(answer,),
        after=(*_missing(answer), Say("guide.situations")) if others else _missing(answer),
        more=others,
        confidence=plan.confidence,
    )
    turn.finish(_and_back(outcome, turn.conversation.deed), after)


def _and_back(outcome: Outcome, deed: Deed | None) -> Outcome:
    """What is answered inside a form ends with the question that the form was waiting on, in place of other offers."""
    if deed is None:
        return outcome
    kept = outcome.after[:-1] if outcome.more else outcome.after
    resumed = (Say(f"{deed.transaction.value}.resume"), *_ask_again(deed))
    return replace(outcome, after=(*kept, *resumed), more=(), transaction=deed.transaction)


def _other_situations(
    guide: Guide, situation: Situation | None, disclosures: tuple[Disclosure, ...]
) -> tuple[Choice, ...]:
    """The other situations of the item that change what was asked; with a situation known, the general case too."""
    asked = {d.value for d in disclosures} or {d.value for d in Disclosure}
    target = Target(Kind.GUIDE, guide.code)
    changing = [s for s in guide.situations if s is not situation and asked & s.changes.model_fields_set]
    general = (Choice(target, disclosures),) if situation else ()
    return (*general, *(Choice(target, disclosures, s.name) for s in changing))[:MOST_CHOICES]


def _missing(answer: Answer) -> tuple[Say, ...]:
    if not answer.missing:
        return ()
    return (Say("guide.missing", {"fields": "、".join(answer.missing)}),)


def _stale(guide: Guide, base: KnowledgeBase) -> tuple[Say, ...]:
    """What is past its date, or was not checked for long, never answers silently."""
    if guide.valid_until and guide.valid_until < base.as_of:
        return (Say("guide.expired", {"date": guide.valid_until}),)
    if (base.as_of - guide.checked_on).days > base.hall.checked_within_days:
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
    turn.finish(_and_back(outcome, deed), after if deed else replace(after, pending_question=turn.message.text))


def _answer_several(turn: Turn, plan: AnswerSeveral) -> None:
    base = turn.base
    answers = tuple(base.writer.answer(base.guides[code], plan.disclosures) for code in plan.codes)
    after = replace(_plain(turn.conversation), item=plan.codes[0], disclosures=plan.disclosures, situation=None)
    told = tuple(answer for answer in answers if answer.fields)
    if not told:
        _incomplete(turn, answers, after)
        return
    intro = Say("guide.intro_several", {"items": "、".join(f"“{answer.title}”" for answer in answers)})
    missing = tuple(say for answer in answers for say in _missing(answer))
    turn.finish(Outcome(TurnStatus.ANSWERED_GUIDE, (intro,), told, after=missing, confidence=plan.confidence), after)


def _ask_scenario(turn: Turn, plan: AskScenario) -> None:
    """The next question of a scenario, or at its end the items in their order."""
    scenario = turn.base.published.scenarios[plan.scenario]
    stand = scenarios.walk(scenario, plan.taken)
    if stand is None:  # an old option, or one typed by hand
        plan, stand = replace(plan, taken=()), scenarios.walk(scenario, ())
    assert stand is not None
    target = Target(Kind.SCENARIO, scenario.id)
    if stand.question:
        branches = tuple(Choice(target, branches=(*plan.taken, b.title)) for b in stand.question.branches)
        intro = () if plan.taken else (Say("scenario.intro", {"wish": scenario.name}),)
        asks = (*intro, Say("plain", {"text": stand.question.ask}))
        outcome = Outcome(TurnStatus.CLARIFY_SITUATION, asks, choices=branches, told=target, confidence=plan.confidence)
        after = replace(turn.conversation, scenario=Walk(scenario.id, plan.taken))
        turn.finish(_and_back(outcome, turn.conversation.deed), after)
        return
    items = tuple(code for code in stand.items if code in turn.base.guides)
    notes = (*stand.notes, *([scenario.closing] if scenario.closing else []))
    says = (Say("scenario.items", {"wish": scenario.name, "count": len(items)}),)
    outcome = Outcome(
        TurnStatus.ANSWERED_GUIDE,
        (*(Say("plain", {"text": note}) for note in notes), *says),
        choices=tuple(Choice(Target(Kind.GUIDE, code)) for code in items),
        told=target,
        confidence=plan.confidence,
    )
    turn.finish(_and_back(outcome, turn.conversation.deed), _plain(turn.conversation))


def _plain(conversation: Conversation) -> Conversation:
    """What stays when a turn takes up something else: a running deed, no scenario."""
    return replace(conversation, scenario=None)


def _ask_again(deed: Deed) -> tuple[Say, ...]:
    """The question that the form was waiting on; its wording key follows the slot's name."""
    if deed.requested_slot is None:
        return ()
    field = deed.requested_slot.removeprefix(f"{deed.transaction.value}_")
    return (Say(f"{deed.transaction.value}.ask_{field}"),)


def _clarify(turn: Turn, plan: Clarify) -> None:
    if not plan.candidates:
        turn.finish(Outcome(TurnStatus.CLARIFY_ITEM, (Say("clarify.item_unnamed"),)))
        return
    deed = turn.conversation.deed
    choices = tuple(Choice(c.target, plan.disclosures if c.target.kind is Kind.GUIDE else ()) for c in plan.candidates)
    if deed is None and len(choices) < MOST_CHOICES:
        choices += (LEAVE_A_MESSAGE,)
    outcome = Outcome(
        TurnStatus.CLARIFY_ITEM,
        (Say("clarify.item"),),
        choices=choices,
        transaction=deed.transaction if deed else None,
        confidence=plan.candidates[0].confidence,
    )
    turn.finish(outcome, replace(turn.conversation, pending_question=turn.message.text))


def _no_match(turn: Turn) -> None:
    if turn.understanding and turn.understanding.degraded:
        turn.finish(Outcome(TurnStatus.ERROR_DEGRADED, (Say("degraded.no_match"),)))
        return
    say = Say("no_match", {"days": turn.base.hall.consultation_reply_working_days})
    outcome = Outcome(TurnStatus.UNANSWERABLE_NO_MATCH, (say,), choices=(LEAVE_A_MESSAGE,))
    turn.finish(outcome, replace(turn.conversation, pending_question=turn.message.text))


async def _dialogue(turn: Turn, deed: Deed, intent: Intent | None, tools: Tools) -> None:
    """One step of a deed. Without Rasa the citizen is asked to send it again; what was told is kept."""
    assert turn.understanding is not None
    heard = turn.understanding if intent is None else replace(turn.understanding, intent=intent)
    metadata = {
        "channel": turn.message.channel.value,
        "sender_key": turn.sender_key,
        "pending_question": turn.conversation.pending_question,
    }
    try:
        step = await tools.rasa.dialogue(deed, turn.message.text.strip(), heard, metadata)
    except RasaUnavailable:
        say = Say("degraded.deed")
        turn.finish(Outcome(TurnStatus.ERROR_DEGRADED, (say,), transaction=deed.transaction))
        return
    turn.finish(_deed_outcome(deed, step), _after(turn.conversation, deed, step))


def _deed_outcome(deed: Deed, step: DialogueTurn) -> Outcome:
    ended = next((m["phase"] for m in step.messages if "phase" in m), None)
    phase = Phase(ended) if ended else Phase.COLLECTING
    says = tuple(Say(m["wording"], {k: v for k, v in m.items() if k != "wording"}) for m in step.messages)
    if step.form is None and ended is None:
        log.error("deed_without_end transaction=%s", deed.transaction.value)
        return Outcome(TurnStatus.ERROR_INTERNAL, (Say("internal"),), transaction=deed.transaction)
    return Outcome(deed_status(phase, deed.transaction), says, transaction=deed.transaction)


def _after(conversation: Conversation, deed: Deed, step: DialogueTurn) -> Conversation:
    if step.form is None:
        return replace(conversation, deed=None, pending_question=None)
    going_on = replace(deed, form=step.form, requested_slot=step.requested_slot, slots=step.slots)
    return replace(conversation, deed=going_on, pending_question=None)
