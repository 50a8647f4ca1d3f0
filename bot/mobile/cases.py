"""`/m/cases`: how the citizen's own cases, consultations, requests and applications are (S13 to S17, S26)."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi.responses import HTMLResponse

from bot.mobile import mine
from bot.mobile.page import page
from bot.mobile.session import ThisVisitor
from bot.parameters import ThisDesk


def read_cases(desk: ThisDesk, who: ThisVisitor) -> HTMLResponse:
    """What is open first. Anonymous complaints are nobody's, so they are not among them."""
    with desk.database.transaction() as session:
        matters = mine.matters(session, desk, who.sender_key, datetime.now(UTC))
    return page(
        desk, "cases", current=[m for m in matters if m.is_open], past=[m for m in matters if not m.is_open],
        empty=desk.wording.say("mobile.no_cases"), overdue=desk.wording.say("mobile.overdue"),
        anonymous=desk.wording.say("mobile.anonymous_cases"),
    )  # fmt: skip
