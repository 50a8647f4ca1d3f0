"""What routes take alike: the desk, who may come in, ids, pages, days, and the texts of bodies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Header, Path, Query
from pydantic import StringConstraints

from bot.desk import Desk, desk_of
from bot.staff.access import allow
from bot.staff.model import Role, Staff

ThisDesk = Annotated[Desk, Depends(desk_of)]

Anybody = Annotated[Staff, Depends(allow())]
Worker = Annotated[Staff, Depends(allow(Role.CLERK, Role.SUPERVISOR))]
Reader = Annotated[Staff, Depends(allow(Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR))]
InCharge = Annotated[Staff, Depends(allow(Role.SUPERVISOR, Role.ADMINISTRATOR))]
Administrator = Annotated[Staff, Depends(allow(Role.ADMINISTRATOR))]

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
LongLimit = Annotated[int, Query(ge=1, le=200)]
AlarmLimit = Annotated[int, Query(ge=1, le=500)]
FirstDay = Annotated[date, Query(alias="from")]
LastDay = Annotated[date, Query(alias="to")]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=128)]

# No control characters but line breaks: PostgreSQL keeps no NUL.
PRINTABLE = r"^[^\x00-\x08\x0b-\x1f\x7f]+$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000, pattern=PRINTABLE)]
Department = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
