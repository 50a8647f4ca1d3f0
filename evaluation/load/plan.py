"""The order of the benchmark: both systems stay loaded, the phases go from one to the other and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.load.client import Load, LoadClient
from evaluation.load.figures import Figures, figures
from evaluation.load.systems import System

WARM_UP = Load(senders=1, messages=30)
IN_SEQUENCE = 200
SENDERS = (1, 8, 32)
COMPARED_AT = 8
REST_SECONDS = 1.0


@dataclass(frozen=True)
class Phase:
    """One load that both systems get. `fixed_seconds`: whether it lasts a time, not a number of messages."""

    name: str
    load: Load
    fixed_seconds: bool = True


def phases(seconds: float) -> tuple[Phase, ...]:
    """First messages in sequence, then each number of senders for `seconds`."""
    first = Phase("in sequence", Load(senders=1, messages=IN_SEQUENCE), fixed_seconds=False)
    return (first, *(Phase(f"{n} at once", Load(senders=n, seconds=seconds)) for n in SENDERS))


async def run(
    systems: Sequence[System], texts: Sequence[str], plan: Sequence[Phase], tell: Callable[[str], None]
) -> list[Figures]:
    """The figures of every phase and system in the order measured; raises BenchError when a system ends."""
    measured = []
    async with LoadClient(texts) as client:
        for system in systems:
            tell(f"warming up {system.name}")
            await client.put(system, WARM_UP)
        for phase in plan:
            for system in systems:
                await asyncio.sleep(REST_SECONDS)  # what the last load left behind is not this one's
                tell(f"{system.name}, {phase.name}")
                replies = await client.put(system, phase.load)
                system.child.check_alive()
                window = phase.load.seconds if phase.fixed_seconds else None
                measured.append(figures(system.name, phase.name, phase.load.senders, replies, window))
    return measured
