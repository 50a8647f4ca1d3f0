"""Which deed leads a case from which state to which (S15, S16). Pure."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SETTLED = "settled"
    NOT_ACCEPTED = "not_accepted"
    TRANSFERRED = "transferred"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    REOPENED = "reopened"


class CaseAction(StrEnum):
    """What is done with a case; each is an event of its history. `RECEIVE` makes it, `ESCALATE` (督办) is done by the
    clock; both are never wished for."""

    RECEIVE = "receive"
    ASSIGN = "assign"
    START = "start"
    SETTLE = "settle"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    EXTEND = "extend"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    REOPEN = "reopen"
    ESCALATE = "escalate"


RUNNING = frozenset({CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.IN_PROGRESS, CaseState.REOPENED})
"""The deadline runs."""
DECIDED = frozenset({CaseState.SETTLED, CaseState.NOT_ACCEPTED, CaseState.TRANSFERRED})
"""The citizen has an answer and was not asked yet whether it helped."""

_UNDER_WAY = frozenset({CaseState.ASSIGNED, CaseState.IN_PROGRESS})
_SENT_ON = _UNDER_WAY | {CaseState.RECEIVED}
_OVER = DECIDED | {CaseState.FOLLOWED_UP, CaseState.CLOSED}
_FROM: dict[CaseAction, frozenset[CaseState]] = {
    CaseAction.ASSIGN: RUNNING,
    CaseAction.START: frozenset({CaseState.ASSIGNED, CaseState.REOPENED}),
    CaseAction.SETTLE: _UNDER_WAY,
    CaseAction.REFUSE: _SENT_ON,
    CaseAction.TRANSFER: _SENT_ON,
    CaseAction.EXTEND: RUNNING,
    CaseAction.FOLLOW_UP: DECIDED,
    CaseAction.CLOSE: frozenset({CaseState.FOLLOWED_UP}),
    CaseAction.REOPEN: _OVER,
    CaseAction.ESCALATE: RUNNING,
}
_TO = {
    CaseAction.ASSIGN: CaseState.ASSIGNED,
    CaseAction.START: CaseState.IN_PROGRESS,
    CaseAction.SETTLE: CaseState.SETTLED,
    CaseAction.REFUSE: CaseState.NOT_ACCEPTED,
    CaseAction.TRANSFER: CaseState.TRANSFERRED,
    CaseAction.FOLLOW_UP: CaseState.FOLLOWED_UP,
    CaseAction.CLOSE: CaseState.CLOSED,
    CaseAction.REOPEN: CaseState.REOPENED,
}


def next_state(state: CaseState, action: CaseAction) -> CaseState | None:
    """The state after the deed; None when it cannot be done now. Extending and escalating change no state."""
    if state not in _FROM.get(action, frozenset()):
        return None
    return _TO.get(action, state)
