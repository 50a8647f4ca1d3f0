"""Questions as calibration sees them, with made-up candidates."""

import math
from collections.abc import Sequence

from bot.handler.turn import Turn
from evaluation.calibration.collect import Among, Asked
from evaluation.questions import Question
from knowledge.confidence import Confidence, Signals
from knowledge.link import Candidate, Link
from tests.unit.evaluation.systems import question
from tests.unit.helpers import CONFIDENCE, make_turn, rising, target

PLAIN = CONFIDENCE.model_copy(update={"trees": rising({"coverage": 1.0}, -5.0, 5.0)})
"""The coverage of a candidate is the logit of its probability."""


def likely(id_: str, probability: float) -> Candidate:
    """What PLAIN calls as probable as that."""
    return Candidate(target(id_), cosine=0.9, coverage=math.log(probability / (1 - probability)), confidence=0.0)


def asked(
    what: Question | None = None, *found: Candidate, turn: Turn | None = None, among: Among = Among.ALONE
) -> Asked:
    """A question whose whole message found that; its text is no title."""
    link = Link(tuple(found), words=2, known_words=1.0)
    return Asked(among, what or question(), turn or make_turn("身份证不见了咋弄"), (link,), Signals(asks=0.9))


def separable(count: int) -> list[Asked]:
    """Guide questions whose right candidate has the higher cosine and coverage, in either place."""
    made = []
    for n in range(count):
        right = Candidate(target("GA-003"), 0.93 + n % 5 / 1000, 0.8, 0.0)
        wrong = Candidate(target("GA-008"), 0.85 + n % 7 / 1000, 0.1, 0.0)
        made.append(asked(question(id=f"D{n}"), *((right, wrong) if n % 2 else (wrong, right))))
    return made


def ids(found: Sequence[Asked]) -> list[str]:
    return [a.question.id for a in found]


def plain_for(found: Sequence[Asked]) -> list[Confidence]:
    return [PLAIN] * len(found)
