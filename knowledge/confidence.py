"""How likely a candidate is what the message is about: boosted trees over what retrieval and NLU say.

Cosines of one encoder are compressed and differ by kind of phrase, so no single figure of retrieval tells a right
candidate from a wrong one. The trees are data (confidence.yaml), written by `wenban calibrate`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import model_validator

from knowledge.link import Candidate, Link
from knowledge.model import Share, Strict
from knowledge.target import Kind
from knowledge.trees import Trees


@dataclass(frozen=True)
class Signals:
    """What understanding heard, 0 to 1 each: that an item is asked about, the hall, another person's data, nothing that
    belongs here, small talk, a wish for a deed; whether disclosures were asked for; whether the message is a story."""

    asks: float = 0.0
    hall: float = 0.0
    private: float = 0.0
    out_of_scope: float = 0.0
    smalltalk: float = 0.0
    deed: float = 0.0
    disclosures: bool = False
    story: bool = False


_KINDS = (Kind.GUIDE, Kind.FAQ, Kind.FACILITY, Kind.SCENARIO, Kind.TOPIC)
FEATURES = (
    "cosine", "coverage", "cosine_lead", "coverage_lead", "cosine_lead_of_kind", "coverage_lead_of_kind",
    "wording", "wording_lead", "literal", "other_literal", "votes", "votes_lead", "elsewhere_lead",
    "guide_elsewhere_lead", "guest", "guest_cosine", "guest_coverage", "guest_elsewhere_lead",
    *_KINDS, *(f"{kind.value}_cosine" for kind in _KINDS),
    "guide_asks", "guide_disclosures", "guide_hall", "faq_disclosures", "facility_hall", "topic_disclosures",
    "private", "out_of_scope", "smalltalk", "deed", "story", "known_words", "words",
)  # fmt: skip
"""In the order of `features`; scale and meaning are given there."""
MOST_OFFERED = 5
UNRELATED = 0.5
"""About the cosine of two phrases that have nothing to do with each other, for a candidate without rivals."""


class Thresholds(Strict):
    """answer: least confidence of an answer without asking; rival: what share of the best
    confidence makes another candidate a rival; offer: least confidence of an option; found: least confidence of some
    candidate for anything to be said at all; answer_guest, rival_guest, found_guest: the same where it is a guest."""

    answer: Share
    rival: Share
    offer: Share
    found: Share
    answer_guest: Share
    rival_guest: Share
    found_guest: Share


class Confidence(Strict):
    """Of confidence.yaml. `features` name the columns of the trees, which hold for the encoder named there. `chosen_on`
    are the question sets and the figures reached on them; see docs/calibration.md."""

    encoder: str
    thresholds: Thresholds
    chosen_on: dict[str, str | int | float]
    features: tuple[str, ...]
    trees: Trees

    @model_validator(mode="after")
    def _complete(self) -> Confidence:
        if self.features != FEATURES:
            raise ValueError("features 与程序不一致，请重新运行 wenban calibrate")
        if any(column not in range(len(FEATURES)) for column in self.trees.feature):
            raise ValueError("trees.feature 超出了 features 的范围，请重新运行 wenban calibrate")
        return self

    def of(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The probability of each row of features."""
        if not rows:
            return []
        logits = self.trees.sums(np.array(rows, float))
        shares: list[float] = (1 / (1 + np.exp(-logits))).tolist()
        return shares


def close(link: Link, thresholds: Thresholds, kind: Kind | None = None) -> tuple[Candidate, ...]:
    """What the message is about, of one kind or of all: the best candidate alone when it is likely and has no rival,
    otherwise the best and everything else worth offering, at most MOST_OFFERED; empty when nothing is as likely as
    its kind must be, or when no word of the message could name anything."""
    found = [c for c in link.candidates if kind is None or c.target.kind is kind]
    least = {True: thresholds.found_guest, False: thresholds.found}
    if not link.names_something or not any(c.confidence >= least[c.guest] for c in found):
        return ()
    if _stands_alone(found[0], found[1:], thresholds):
        return (found[0],)
    return (found[0], *(c for c in found[1:] if c.confidence >= thresholds.offer))[:MOST_OFFERED]


def _stands_alone(best: Candidate, others: Sequence[Candidate], thresholds: Thresholds) -> bool:
    """Whether it is likely and has no rival; names of another platform's guides are untidy and like one another, so a
    guest must be likelier."""
    least, share = thresholds.answer, thresholds.rival
    if best.guest:
        least, share = thresholds.answer_guest, thresholds.rival_guest
    return best.confidence >= least and not any(c.confidence >= share * best.confidence for c in others)


def judged(link: Link, signals: Signals, confidence: Confidence) -> Link:
    """The link with probabilities as confidences, best first."""
    shares = confidence.of(features(link, signals))
    found = [replace(c, confidence=share) for c, share in zip(link.candidates, shares, strict=True)]
    return replace(link, candidates=tuple(sorted(found, key=lambda c: -c.confidence)))


def features(link: Link, signals: Signals) -> list[tuple[float, ...]]:
    """One row of FEATURES for each candidate of the link."""
    found = link.candidates
    kinds = [c.target.kind for c in found]
    everyone = [0] * len(found)
    cosines, coverages = [c.cosine for c in found], [c.coverage for c in found]
    leads = zip(
        _leads(cosines, everyone, UNRELATED),
        _leads(coverages, everyone, 0.0),
        _leads(cosines, kinds, UNRELATED),
        _leads(coverages, kinds, 0.0),
        _leads([c.wording for c in found], everyone, 0.0),
        _leads([c.votes for c in found], everyone, 0.0),
        strict=True,
    )
    literal = sum(c.literal for c in found)
    message = (
        signals.private, signals.out_of_scope, signals.smalltalk, signals.deed, float(signals.story),
        link.known_words, min(link.words, 8) / 8,
    )  # fmt: skip
    return [
        (*_own(c, lead, literal > c.literal, c.cosine - link.elsewhere), *_of_kind(c, signals), *message)
        for c, lead in zip(found, leads, strict=True)
    ]


def _leads(values: Sequence[float], groups: Sequence[Hashable], alone: float) -> list[float]:
    """How far each value is above the best other one of its group; above `alone` where there is no other."""
    of_group: dict[Hashable, list[float]] = {}
    for value, group in zip(values, groups, strict=True):
        of_group.setdefault(group, []).append(value)
    for group_values in of_group.values():
        group_values.sort(reverse=True)
        group_values.append(alone)
    leads = []
    for value, group in zip(values, groups, strict=True):
        first, second, *_ = of_group[group]
        leads.append(value - (second if value == first else first))
    return leads


def _own(
    candidate: Candidate, leads: tuple[float, ...], other_literal: bool, elsewhere_lead: float
) -> tuple[float, ...]:
    """What retrieval says of it, from `cosine` to `guest_coverage`."""
    cosine_lead, coverage_lead, cosine_lead_of_kind, coverage_lead_of_kind, wording_lead, votes_lead = leads
    guest = float(candidate.guest)
    return (
        candidate.cosine,
        candidate.coverage,
        cosine_lead,
        coverage_lead,
        cosine_lead_of_kind,
        coverage_lead_of_kind,
        candidate.wording,
        wording_lead,
        float(candidate.literal),
        float(other_literal),
        candidate.votes,
        votes_lead,
        elsewhere_lead,
        (candidate.target.kind is Kind.GUIDE) * elsewhere_lead,
        guest,
        guest * candidate.cosine,
        guest * candidate.coverage,
        guest * elsewhere_lead,
    )


def _of_kind(candidate: Candidate, signals: Signals) -> tuple[float, ...]:
    """Its kind, and what understanding says of that kind, from `guide` to `topic_disclosures`."""
    is_kind = [float(candidate.target.kind is k) for k in _KINDS]
    guide, faq, facility, _, topic = is_kind
    return (
        *is_kind,
        *(flag * candidate.cosine for flag in is_kind),
        guide * signals.asks,
        guide * signals.disclosures,
        guide * signals.hall,
        faq * signals.disclosures,
        facility * signals.hall,
        topic * signals.disclosures,
    )
