"""Every pair of state and deed."""

from itertools import product

import pytest

from bot.cases.states import DECIDED, RUNNING, CaseAction, CaseState, next_state

ALLOWED = {
    "received": {"assign": "assigned", "refuse": "not_accepted", "transfer": "transferred"},
    "assigned": {
        "assign": "assigned", "start": "in_progress", "settle": "settled", "refuse": "not_accepted",
        "transfer": "transferred",
    },
    "in_progress": {
        "assign": "assigned", "settle": "settled", "refuse": "not_accepted", "transfer": "transferred",
    },
    "reopened": {"assign": "assigned", "start": "in_progress"},
    "settled": {"follow_up": "followed_up", "reopen": "reopened"},
    "not_accepted": {"follow_up": "followed_up", "reopen": "reopened"},
    "transferred": {"follow_up": "followed_up", "reopen": "reopened"},
    "followed_up": {"close": "closed", "reopen": "reopened"},
    "closed": {"reopen": "reopened"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "action"), product(CaseState, CaseAction))
def test_each_deed_leads_where_the_table_says_and_nowhere_else(state: CaseState, action: CaseAction) -> None:
    expected = ALLOWED[state.value].get(action.value)
    if action in {CaseAction.EXTEND, CaseAction.ESCALATE} and state in RUNNING:
        expected = state.value
    assert next_state(state, action) == expected


def test_running_and_decided_do_not_overlap() -> None:
    assert not RUNNING & DECIDED and len(RUNNING) + len(DECIDED) == len(CaseState) - 2
