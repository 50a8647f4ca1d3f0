"""Faults that are set for the next calls of a path of the server API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Fault:
    """For the next `times` calls of `path`: wait `delay` seconds, then break the connection (`drop`), or answer
    `errcode`, or answer HTTP `status`; with none of these the call goes on. With `done` the call takes effect before
    its answer is lost, which the caller cannot tell from a call that never arrived."""

    path: str
    errcode: int | None = None
    times: int = 1
    delay: float = 0.0
    drop: bool = False
    status: int = 200
    done: bool = False


class FaultBook:
    """Not locked by itself: the platform holds its lock around every call."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def take(self, path: str) -> Fault | None:
        """The fault for this call of `path`, the one set first."""
        fault = next((f for f in self.waiting if f.path == path), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self.waiting.remove(fault)
        return fault
