"""Which of the six kinds a complaint probably is (S15): the nearest examples vote. The citizen has the last word."""

from __future__ import annotations

import threading
import weakref
from collections import Counter

import numpy as np

from bot.cases.rules import CasesRules
from knowledge.encoder.encoder import Encoder, Vectors

NEAREST = 5
SHARPNESS = 20.0
"""How much more a nearer example counts: e to this power for a whole cosine."""

_lock = threading.Lock()
_examples: weakref.WeakKeyDictionary[Encoder, tuple[CasesRules, Vectors]] = weakref.WeakKeyDictionary()


def suggest(encoder: Encoder, rules: CasesRules, facts: str, most: int = 3) -> list[str]:
    """Ids of the likeliest kinds, likeliest first. The nearest examples vote; the other kinds follow by their nearest
    example."""
    owners = [kind.id for kind in rules.complaint_kinds for _ in kind.examples]
    cosines = _vectors(encoder, rules) @ encoder.encode_queries([facts])[0]
    order = np.argsort(-cosines, kind="stable")
    votes: Counter[str] = Counter()
    for index in order[:NEAREST]:
        votes[owners[index]] += float(np.exp(SHARPNESS * (cosines[index] - cosines[order[0]])))  # type: ignore[assignment]
    by_votes = [kind for kind, _ in votes.most_common()]
    return list(dict.fromkeys([*by_votes, *(owners[index] for index in order)]))[:most]


def _vectors(encoder: Encoder, rules: CasesRules) -> Vectors:
    """Those of all examples, in their order; made once for each encoder and rules."""
    with _lock:
        kept = _examples.get(encoder)
        if kept is None or kept[0] is not rules:
            texts = [text for kind in rules.complaint_kinds for text in kind.examples]
            kept = _examples[encoder] = (rules, encoder.encode_queries(texts))
        return kept[1]
