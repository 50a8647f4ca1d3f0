"""How ratings, extended hours, help and agency are asked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.assistance.model import AssistanceRow
from bot.db.database import Base
from bot.extended_hours.model import ExtendedHoursRow
from bot.ratings.model import RatingRow
from tests.unit.bot.authorisation.asking.model import ASK, SPAN, Ask, Asked, asking, listed, made
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import LONG_AGO, Rows, now

# Ratings, extended hours, help and agency


@asking("POST /api/v1/ratings")
def _rate(_house: House, _rows: Rows, _who: str) -> Asked:
    body = {"grade": "dissatisfied", "kinds": ["efficiency"], "window": "A01"}
    return Asked(body=body, headers={"Idempotency-Key": uuid.uuid4().hex})


def _counted(make: Callable[[Rows], Any]) -> Ask:
    """Statistics: rows of GA are all there are, so its name shows them."""

    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        make(rows)
        return Asked(query=SPAN, mark='"GA"')

    return ask


def _requests(
    path: str, table: type[Base], make: Callable[..., Any], bodies: dict[str, tuple[dict[str, Any], Any]]
) -> None:
    """Routes that ratings, extended hours and assistance have alike; `bodies`: how the row of each deed is made, and
    the deed's body."""
    long_ago = {} if table is RatingRow else {"at": LONG_AGO}
    ASK[f"GET {path}"] = listed(lambda rows: make(rows, **long_ago), limit=100)
    ASK[f"GET {path}/statistics"] = _counted(make)
    ASK[f"GET {path}/{{id}}"] = made(table, make, mark=True)
    for deed, (how, body) in bodies.items():
        ASK[f"POST {path}/{{id}}/{deed}"] = made(table, lambda rows, how=how: make(rows, **how), body)


_TO, _WHY, _REASON = {"department": "GA"}, {"reason": "call_back"}, {"reason": "当天没有人手"}
_IN_A_DAY = f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
_requests("/api/v1/staff/ratings", RatingRow, Rows.rating, {
    "assign": ({}, _TO), "contacted": ({}, None), "settle": ({"contacted": True}, {"result": "已经道歉"}),
    "reveal": ({}, _WHY), "reveal | own window": ({"window": "A02"}, _WHY),
})  # fmt: skip
_requests("/api/v1/staff/extended-hours", ExtendedHoursRow, Rows.extended_hours, {
    "assign": ({}, _TO), "accept": ({}, {"at": _IN_A_DAY}), "propose": ({}, _REASON | {"at": _IN_A_DAY}),
    "refuse": ({}, _REASON | {"consent_by": "telephone"}), "reveal": ({}, _WHY),
})  # fmt: skip
_requests("/api/v1/staff/assistance", AssistanceRow, Rows.assistance, {
    "assign": ({}, _TO), "visit": ({"assigned": True}, None), "start": ({"assigned": True}, None),
    "done": ({"assigned": True}, None), "refuse": ({}, _REASON), "reveal": ({}, _WHY),
})  # fmt: skip
