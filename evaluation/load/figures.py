"""From replies to figures: percentiles in milliseconds, messages a second, errors, and how ours compares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.load.client import Reply


@dataclass(frozen=True)
class Figures:
    """Of one phase on one system. `rate` is in messages a second, the percentiles in ms (None without any good
    reply); `kinds` counts the good replies by kind."""

    system: str
    phase: str
    senders: int
    seconds: float
    sent: int
    errors: int
    rate: float
    p50_ms: float | None
    p99_ms: float | None
    kinds: dict[str, int]


@dataclass(frozen=True)
class Ratios:
    """Ours divided by the peer's in one phase: above 1 is better for `rate`, below 1 for `p99`."""

    phase: str
    rate: float | None
    p99: float | None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """By nearest rank: the least value that `percent` of all are not above; None without values."""
    if not values:
        return None
    rank = max(math.ceil(percent / 100 * len(values)), 1)
    return sorted(values)[rank - 1]


def figures(system: str, phase: str, senders: int, replies: Sequence[Reply], seconds: float | None) -> Figures:
    """`seconds` is the length of a phase of fixed time, None for one of a fixed number of messages.

    The rate counts the good replies within that time; the percentiles hold those too that came later, so that slow
    replies at the end are not left out.
    """
    good = [reply for reply in replies if reply.kind is not None]
    window = seconds if seconds is not None else max((reply.ended for reply in replies), default=0.0)
    took = [reply.took_ms for reply in good]
    return Figures(
        system=system,
        phase=phase,
        senders=senders,
        seconds=window,
        sent=len(replies),
        errors=len(replies) - len(good),
        rate=sum(reply.ended <= window for reply in good) / window if window else 0.0,
        p50_ms=percentile(took, 50),
        p99_ms=percentile(took, 99),
        kinds=dict(Counter(reply.kind for reply in good if reply.kind)),
    )


def ratios(ours: Figures, peer: Figures) -> Ratios:
    """None where the peer has no figure to divide by."""
    p99 = ours.p99_ms / peer.p99_ms if ours.p99_ms is not None and peer.p99_ms else None
    return Ratios(ours.phase, ours.rate / peer.rate if peer.rate else None, p99)
