"""Recognises an emergency in a message by its words, before anything else is asked (S18). Pure, far below 1 ms."""

from __future__ import annotations

import re

from bot.emergencies.model import PLACE_CHARACTERS, Emergency, EmergencyKind, Strength
from bot.emergencies.rules import EmergencyRules, KindRules
from bot.understanding.model import Intent
from knowledge.text.script import simplified
from knowledge.text.tokens import normalise

MOST_PLACES = 3
_GAPS = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


def recognise(text: str, rules: EmergencyRules) -> Emergency | None:
    """What the words alone tell; of several kinds the strong one, then the one of the rules that comes first. None
    for what is past, supposed, or only asked about."""
    plain = _plain(text)
    if rules.never_now.search(plain):
        return None
    urgent = rules.urgently.search(plain) is not None
    if not urgent and rules.about_procedure.search(plain):
        return None
    found = [(rule, _strength(rule, plain)) for rule in rules.kinds]
    for strength in Strength:
        for rule, seen in found:
            if seen is strength:
                return Emergency(rule.kind, strength, place_in(text, rules))
    return None


def confirmed_by_intent(
    found: Emergency | None, intent: Intent, confidence: float, rules: EmergencyRules
) -> Emergency | None:
    """The emergency that words and intent make together: a strong cue needs no intent, a weak one some, and an intent
    that is nearly certain needs no cue."""
    reported = confidence if intent is Intent.REPORT_EMERGENCY else 0.0
    if found is not None and found.strength is Strength.STRONG:
        return found
    if found is not None and reported >= rules.weak_from:
        return found
    return Emergency(EmergencyKind.OTHER, Strength.WEAK) if reported >= rules.alone_from else None


def place_in(text: str, rules: EmergencyRules) -> str | None:
    """Where it happens, from the rules' words for places, in the order of the message."""
    found = dict.fromkeys(match.group().upper() for match in rules.place.finditer(_plain(text)))
    return "".join(list(found)[:MOST_PLACES])[:PLACE_CHARACTERS] or None


def _strength(rule: KindRules, plain: str) -> Strength | None:
    """Vetoed words are taken out first: what is left may still be a cue ("消防队还没来，着火了")."""
    left = rule.veto.sub("□", plain)
    if rule.strong_cues.search(left):
        return Strength.STRONG
    return Strength.WEAK if rule.weak_cues.search(left) else None


def _plain(text: str) -> str:
    return _GAPS.sub("", normalise(simplified(text)))
