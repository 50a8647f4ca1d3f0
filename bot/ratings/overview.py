"""S19, S28: ratings as staff see them (masked), and their statistics by department, window, kind and grade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from bot.db.vault import Vault
from bot.errors import Refused
from bot.privacy.masks import mask_name, mask_numbers, mask_telephone
from bot.ratings.model import FollowUpRow, FollowUpState, Grade, RatingKindRow, RatingRow
from bot.requests.views import Contact
from bot.staff.access import may_see_department
from bot.staff.model import Staff


@dataclass(frozen=True)
class Wanted:
    """Which ratings are looked for; None means all."""

    grade: Grade | None = None
    bad: bool | None = None
    named: bool | None = None
    department: str | None = None
    window: str | None = None
    follow_up: FollowUpState | None = None
    overdue: bool = False


@dataclass(frozen=True)
class FollowUp:
    state: str
    department: str | None
    assigned_to: str | None
    due_at: datetime
    contacted_at: datetime | None
    settled_at: datetime | None
    overdue: bool
    result: str


@dataclass(frozen=True)
class Shown:
    """One rating with contact and long numbers masked."""

    id: str
    number: str
    grade: str
    kinds: tuple[str, ...]
    words: str
    window: str | None
    department: str | None
    item: str | None
    place: str | None
    assistant: bool
    named: bool
    name: str
    telephone: str
    channel: str
    created_at: datetime
    follow_up: FollowUp | None


@dataclass(frozen=True)
class Count:
    """Ratings of one department, window, kind or grade (`of`; None: of none)."""

    of: str | None
    count: int
    bad: int


@dataclass(frozen=True)
class FollowUpCount:
    """Bad ratings of one sort: how many were followed up (contacted or settled), settled, not followed up in time."""

    bad: int
    followed_up: int
    settled: int
    missed: int

    @property
    def share(self) -> float | None:
        """What share of them was followed up; None when there are none."""
        return self.followed_up / self.bad if self.bad else None


@dataclass(frozen=True)
class Statistics:
    grades: list[Count]
    departments: list[Count]
    windows: list[Count]
    kinds: list[Count]
    named: FollowUpCount
    anonymous: FollowUpCount
    named_share: float | None


def ratings(
    session: Session, vault: Vault, staff: Staff, wanted: Wanted, now: datetime, *, page: int, limit: int
) -> tuple[list[Shown], int]:
    """One page (from 1), newest first, of what this member of staff may see, and how many there are."""
    conditions = [*_conditions(wanted, now), *_seen_by(staff)]
    joined = select(RatingRow, FollowUpRow).outerjoin(FollowUpRow, FollowUpRow.rating_id == RatingRow.id)
    chosen = joined.where(*conditions)
    total = session.scalar(select(func.count()).select_from(chosen.with_only_columns(RatingRow.id).subquery())) or 0
    newest = chosen.order_by(RatingRow.created_at.desc(), RatingRow.id).limit(limit).offset((page - 1) * limit)
    rows = session.execute(newest).all()
    return [shown_of(session, vault, staff, rating, follow_up, now) for rating, follow_up in rows], total


def is_own_window(staff: Staff, rating: RatingRow) -> bool:
    """Whether it is this very window that was rated."""
    return rating.window is not None and rating.window == staff.window


def visible(session: Session, staff: Staff, id_: str) -> tuple[RatingRow, FollowUpRow | None]:
    """The rating and its follow-up; Refused when there is none or it is another department's, which look alike."""
    joined = select(RatingRow, FollowUpRow).outerjoin(FollowUpRow, FollowUpRow.rating_id == RatingRow.id)
    found = session.execute(joined.where(RatingRow.id == id_, *_seen_by(staff))).first()
    if found is None:
        raise Refused("rating.not_found", 404, "not-found")
    return found[0], found[1]


def shown(session: Session, vault: Vault, staff: Staff, id_: str, now: datetime) -> Shown:
    """One rating, masked; raises Refused as `visible` does."""
    rating, follow_up = visible(session, staff, id_)
    return shown_of(session, vault, staff, rating, follow_up, now)


def contact(session: Session, vault: Vault, staff: Staff, id_: str) -> Contact:
    """Name and telephone in plain text. Raises Refused for anonymous ratings and for the window that was rated."""
    rating, _ = visible(session, staff, id_)
    if is_own_window(staff, rating):
        raise Refused("rating.own_window", 403, "own-window")
    if rating.name is None or rating.telephone is None:
        raise Refused("rating.no_contact", 410, "gone")
    return Contact(vault.open(rating.name), vault.open(rating.telephone))


def statistics(session: Session, staff: Staff, span: tuple[datetime, datetime]) -> Statistics:
    """The ratings given in that time (begin included, end not) that this member of staff may see."""
    where = [RatingRow.created_at >= span[0], RatingRow.created_at < span[1], *_seen_by(staff)]
    kinds = _counts(RatingKindRow.kind, where).join(RatingKindRow, RatingKindRow.rating_id == RatingRow.id)
    named, anonymous = (_follow_ups(session, [*where, FollowUpRow.must.is_(must)]) for must in (True, False))
    return Statistics(
        grades=_read(session, _counts(RatingRow.grade, where)),
        departments=_read(session, _counts(RatingRow.department, where)),
        windows=_read(session, _counts(RatingRow.window, where)),
        kinds=_read(session, kinds),
        named=named,
        anonymous=anonymous,
        named_share=named.share,
    )


def _counts(column: Any, where: list[ColumnElement[bool]]) -> Select[Any]:
    bad = func.sum(case((RatingRow.bad.is_(True), 1), else_=0))
    statement = select(column, func.count(), bad).select_from(RatingRow)
    joined = statement.outerjoin(FollowUpRow, FollowUpRow.rating_id == RatingRow.id)
    return joined.where(*where).group_by(column).order_by(column)


def _read(session: Session, statement: Select[Any]) -> list[Count]:
    return [Count(*row) for row in session.execute(statement)]


def _follow_ups(session: Session, where: list[ColumnElement[bool]]) -> FollowUpCount:
    """A follow-up was missed when the citizen was not contacted by its time; one still open is missed once staff were
    alarmed."""
    missed = or_(FollowUpRow.overdue_at.is_not(None), FollowUpRow.contacted_at > FollowUpRow.due_at)
    counted = (
        func.count(),
        func.count().filter(FollowUpRow.contacted_at.is_not(None)),
        func.count().filter(FollowUpRow.settled_at.is_not(None)),
        func.count().filter(missed),
    )
    statement = select(*counted).select_from(RatingRow).join(FollowUpRow, FollowUpRow.rating_id == RatingRow.id)
    return FollowUpCount(*session.execute(statement.where(*where)).one())


def _seen_by(staff: Staff) -> list[ColumnElement[bool]]:
    """A clerk sees what was rated of his department and what it has to follow up."""
    if may_see_department(staff, None):
        return []
    own = staff.department or ""
    return [or_(RatingRow.department == own, FollowUpRow.department == own)]


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    late = (FollowUpRow.state == FollowUpState.OPEN.value, FollowUpRow.due_at < now)
    chosen = [
        RatingRow.grade == wanted.grade.value if wanted.grade else None,
        RatingRow.bad.is_(wanted.bad) if wanted.bad is not None else None,
        RatingRow.named.is_(wanted.named) if wanted.named is not None else None,
        RatingRow.department == wanted.department if wanted.department else None,
        RatingRow.window == wanted.window if wanted.window else None,
        FollowUpRow.state == wanted.follow_up.value if wanted.follow_up else None,
    ]
    return [*(c for c in chosen if c is not None), *(late if wanted.overdue else ())]


def shown_of(
    session: Session, vault: Vault, staff: Staff, row: RatingRow, follow_up: FollowUpRow | None, now: datetime
) -> Shown:
    """A rating and its follow-up, masked; the window that was rated does not even see the masks."""
    secret = is_own_window(staff, row)
    kinds = session.scalars(
        select(RatingKindRow.kind).where(RatingKindRow.rating_id == row.id).order_by(RatingKindRow.kind)
    )
    return Shown(
        id=row.id,
        number=row.number,
        grade=row.grade,
        kinds=tuple(kinds) if row.bad else (),
        words=mask_numbers(vault.open_or_empty(row.words)),
        window=row.window,
        department=row.department,
        item=row.item,
        place=row.place,
        assistant=row.assistant,
        named=row.named,
        name="" if secret else mask_name(vault.open_or_empty(row.name)),
        telephone="" if secret else mask_telephone(vault.open_or_empty(row.telephone)),
        channel=row.channel,
        created_at=row.created_at,
        follow_up=_shown_follow_up(vault, follow_up, now) if follow_up else None,
    )


def _shown_follow_up(vault: Vault, row: FollowUpRow, now: datetime) -> FollowUp:
    return FollowUp(
        state=row.state,
        department=row.department,
        assigned_to=row.assigned_to,
        due_at=row.due_at,
        contacted_at=row.contacted_at,
        settled_at=row.settled_at,
        overdue=row.state == FollowUpState.OPEN.value and row.due_at < now,
        result=vault.open_or_empty(row.result),
    )
