"""What the handler does about emergencies (S18): before Rasa is asked, and again when the intent is known."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.waiting import NAME, waits_for, waits_for_free_text
from bot.emergencies import service
from bot.emergencies.model import Emergency, EmergencyKind, Report, Strength
from bot.emergencies.recognise import confirmed_by_intent, place_in, recognise
from bot.emergencies.service import Watch
from bot.handler.turn import Outcome, Say, Turn
from bot.understanding.model import Intent
from connectors.contract import TurnStatus
from knowledge.text.tokens import normalise

log = logging.getLogger(__name__)

GUIDANCE = {
    EmergencyKind.ILLNESS: Say("emergency.illness"),
    EmergencyKind.INJURY: Say("emergency.injury"),
    EmergencyKind.FIRE: Say("emergency.fire"),
    EmergencyKind.GAS: Say("emergency.gas"),
    EmergencyKind.LIFT: Say("emergency.lift"),
    EmergencyKind.POWER: Say("emergency.power"),
    EmergencyKind.DISORDER: Say("emergency.disorder"),
    EmergencyKind.LOST: Say("emergency.lost"),
    EmergencyKind.OTHER: Say("emergency.other"),
}


def by_words(turn: Turn, watch: Watch) -> None:
    """Ends the turn if the words alone tell of an emergency, or where the one just before is. A running deed is kept
    as it is. To be run before the message is encoded: it waits for nothing but the database."""
    found = recognise(turn.message.text, watch.rules)
    if (
        found is not None
        and found.strength is Strength.STRONG
        and not (waits_for_free_text(turn.conversation.deed) and _may_be_told(found, turn, watch))
    ):
        _raise(turn, found, watch)
    elif len(normalise(turn.message.text)) <= watch.rules.place_characters:
        place = place_in(turn.message.text, watch.rules)
        if place is not None and not turn.base.asks(turn.text):
            _add_place(turn, place, watch)


async def by_intent(turn: Turn, watch: Watch) -> None:
    """Ends the turn if words and intent together tell of an emergency. To be run after `understand`. Nothing while a
    form waits for a free text (a complaint tells of a quarrel) and the words are not strong; nothing without words
    while it waits for a name, of which the classifier knows nothing ("呼延灼灼")."""
    assert turn.understanding is not None
    heard = turn.understanding
    # What strong words tell of alone has ended the turn before.
    if heard.intent is not Intent.REPORT_EMERGENCY or waits_for_free_text(turn.conversation.deed):
        return
    words = recognise(turn.message.text, watch.rules)
    if words is None and waits_for(turn.conversation.deed, NAME):
        return
    found = confirmed_by_intent(words, heard.intent, heard.confidence, watch.rules)
    if found is not None:
        place = found.place or place_in(turn.message.text, watch.rules)
        await asyncio.to_thread(_raise, turn, replace(found, place=place), watch)


def _may_be_told(found: Emergency, turn: Turn, watch: Watch) -> bool:
    """Whether this kind is often no more than told of, and nothing urgent is said with it."""
    return watch.rules.of(found.kind).often_told and not watch.rules.urgently.search(normalise(turn.message.text))


def _raise(turn: Turn, found: Emergency, watch: Watch) -> None:
    """Guidance is told whether or not staff could be alarmed; if not, the citizen is asked to call for help."""
    report = _report(turn, found)
    try:
        with watch.database.transaction() as session:
            row = service.raise_emergency(session, watch, report, turn.started_at)
            place = row.place
    except SQLAlchemyError as error:
        log.error("emergency_not_stored kind=%s error=%s", found.kind.value, type(error).__name__)
        told = Say("emergency.not_told")
    else:
        log.warning("emergency id=%s kind=%s", row.id, row.kind)
        told = Say("emergency.told_place", {"place": place}) if place else Say("emergency.told")
    _finish(turn, GUIDANCE[found.kind], told)


def _add_place(turn: Turn, place: str, watch: Watch) -> None:
    report = _report(turn, Emergency(EmergencyKind.OTHER, Strength.WEAK, place))
    with watch.database.transaction() as session:
        row = service.add_place(session, watch, report, turn.started_at)
    if row is not None:
        log.warning("emergency_place id=%s kind=%s", row.id, row.kind)
        _finish(turn, Say("emergency.told_place", {"place": place}))


def _finish(turn: Turn, *says: Say) -> None:
    kept = (Say("emergency.form_kept"),) if turn.conversation.deed else ()
    turn.finish(Outcome(TurnStatus.EMERGENCY, (*says, *kept)))


def _report(turn: Turn, found: Emergency) -> Report:
    return Report(turn.message.channel.value, turn.sender_key, turn.message.text, found)
