"""Carries out a plan: reads the answer from a guide, or takes one step of a deed with Rasa."""

from __future__ import annotations

from dataclasses import replace

from bot.conversations.model import Walk
from bot.handler.deeds import and_back, start, take_step
from bot.handler.guides import answer_guide, answer_several, without_scenario
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
from bot.handler.turn import LEAVE_A_MESSAGE, MOST_CHOICES, Choice, Outcome, Say, Turn
from bot.understanding.model import Intent
from connectors.contract import TurnStatus
from knowledge import scenarios
from knowledge.target import Kind, Target


async def act(turn: Turn, plan: Plan, tools: Tools) -> None:
    """Ends the turn according to the plan."""
    match plan:
        case AnswerGuide():
            answer_guide(turn, plan)
        case AnswerSeveral():
            answer_several(turn, plan)
        case Tell(target, confidence):
            outcome = replace(outcome_of(turn, target), confidence=confidence)
            turn.finish(and_back(outcome, turn.conversation.deed), without_scenario(turn.conversation))
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
        case StartDeed(opening, intent):
            await start(turn, opening, intent, tools)
        case ContinueDeed(intent):
            assert turn.conversation.deed is not None
            await take_step(turn, turn.conversation.deed, intent, tools)


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
        turn.finish(and_back(outcome, turn.conversation.deed), after)
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
    turn.finish(and_back(outcome, turn.conversation.deed), without_scenario(turn.conversation))


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
