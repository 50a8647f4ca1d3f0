"""What belongs to one sender, read for his pages (S12, S13, S14, S15, S17, S26). Whoever asks is known already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.appointments.model import AppointmentRow, SlotRow, State
from bot.appointments.repository import COMING
from bot.assistance.model import WAITING, AssistanceRow
from bot.assistance.rules import assistance_rules
from bot.cases import lookup
from bot.cases.model import CaseRow
from bot.cases.office import office_of as cases_office
from bot.cases.states import RUNNING
from bot.consultations import service as consultations
from bot.consultations.model import UNANSWERED, ConsultationRow, ConsultationState
from bot.desk import Desk
from bot.extended_hours.model import ExtendedHoursRow, ExtendedHoursState
from bot.mobile import words
from bot.progress import service as progress
from bot.progress.model import OPEN_STATES, ApplicationRow
from bot.progress.rules import progress_rules
from bot.progress.sql_system import progress_of
from bot.requests.request import RequestRow, Row
from knowledge.clock import spoken

MOST = 20
"""The newest of each kind are shown."""


@dataclass(frozen=True)
class Matter:
    """A case, consultation, request or application as its citizen reads it. `due_at` only while it is open; `about` in
    his own words, `told` what he was told."""

    kind: str
    number: str
    state: str
    is_open: bool
    is_late: bool
    began_at: datetime
    due_at: datetime | None
    handler: str
    telephone: str
    about: str = ""
    told: tuple[str, ...] = ()


def appointment(session: Session, sender_key: str, number: str) -> AppointmentRow | None:
    """The sender's own appointment of that number."""
    found = select(AppointmentRow).where(AppointmentRow.number == number, AppointmentRow.sender_key == sender_key)
    return session.scalar(found)


def past_appointments(session: Session, sender_key: str, now: datetime) -> list[AppointmentRow]:
    """Those that are over, latest first. Places that were only held never became appointments."""
    is_coming = AppointmentRow.state.in_(COMING) & (SlotRow.ends_at > now)
    statement = (
        select(AppointmentRow)
        .join(SlotRow, SlotRow.id == AppointmentRow.slot_id)
        .where(AppointmentRow.sender_key == sender_key, ~is_coming)
        .where(AppointmentRow.state.not_in((State.HELD, State.EXPIRED)))
        .order_by(SlotRow.starts_at.desc(), AppointmentRow.number)
    )
    return list(session.scalars(statement.limit(MOST)))


def matters(session: Session, desk: Desk, sender_key: str, now: datetime) -> list[Matter]:
    """Everything that the sender has asked the hall for, what is open first, newest first. An answer to a consultation
    counts as delivered from then on."""
    found = [
        *_cases(session, desk, sender_key, now),
        *_consultations(session, desk, sender_key, now),
        *_assistance(session, desk, sender_key, now),
        *_extended_hours(session, desk, sender_key, now),
        *_applications(session, desk, sender_key, now),
    ]
    return sorted(found, key=lambda matter: (matter.is_open, matter.began_at), reverse=True)


def _cases(session: Session, desk: Desk, sender_key: str, now: datetime) -> Iterator[Matter]:
    office = cases_office(desk)
    newest = select(CaseRow).where(CaseRow.sender_key == sender_key).order_by(CaseRow.created_at.desc()).limit(MOST)
    for row in session.scalars(newest).all():
        told = lookup.progress_of(session, office, row)
        is_open = told.state in RUNNING
        yield Matter(
            told.title, told.number, told.state_label, is_open, is_open and told.due_at < now, row.created_at,
            told.due_at if is_open else None, told.handler, told.telephone,
            about=desk.vault.open_or_empty(row.facts), told=(told.note,) if told.note else (),
        )  # fmt: skip


def _consultations(session: Session, desk: Desk, sender_key: str, now: datetime) -> Iterator[Matter]:
    table = ConsultationRow
    newest = select(table).where(table.sender_key == sender_key).order_by(table.created_at.desc()).limit(MOST)
    for row in session.scalars(newest).all():
        state = ConsultationState(row.state)
        is_open = state in UNANSWERED
        answer = desk.vault.open_or_empty(row.answer) or desk.vault.open_or_empty(row.close_reason)
        if state is ConsultationState.ANSWERED:
            consultations.mark_delivered(session, row.number, now)
        handler, telephone = _handler(desk, row.owner)
        sources = words.SOURCES.format(sources="、".join(row.sources)) if row.sources and answer else ""
        yield Matter(
            words.CONSULTATION, row.number, words.CONSULTATION_STATES[state],
            is_open, is_open and row.promised_by < now, row.created_at,
            row.promised_by if is_open else None, handler, telephone,
            about=desk.vault.open_or_empty(row.question), told=tuple(filter(None, (answer, sources))),
        )  # fmt: skip


def _assistance(session: Session, desk: Desk, sender_key: str, now: datetime) -> Iterator[Matter]:
    kinds = {kind.id: kind.label for kind in assistance_rules(desk.rules).all_kinds}
    for row in _requests(session, AssistanceRow, sender_key):
        kind, state = kinds.get(row.kind, words.ASSISTANCE), words.ASSISTANCE_STATES[row.state]
        yield _request(desk, row, kind, state, now, waits=row.state in WAITING)


def _extended_hours(session: Session, desk: Desk, sender_key: str, now: datetime) -> Iterator[Matter]:
    for row in _requests(session, ExtendedHoursRow, sender_key):
        state = words.EXTENDED_HOURS_STATES[row.state]
        if row.agreed_at and row.state != ExtendedHoursState.REFUSED:
            state = words.AT.format(state=state, time=spoken(row.agreed_at))
        yield _request(desk, row, words.EXTENDED_HOURS, state, now, waits=row.state == ExtendedHoursState.RECEIVED)


def _applications(session: Session, desk: Desk, sender_key: str, now: datetime) -> Iterator[Matter]:
    """Those of our own copy that name the sender; others are asked for by number in the conversation."""
    rules, table = progress_rules(desk.rules), ApplicationRow
    newest = select(table).where(table.sender_key == sender_key).order_by(table.state_since.desc()).limit(MOST)
    for row in session.scalars(newest).all():
        known = progress_of(row)
        is_open = known.state in OPEN_STATES
        # The first line is number, item and state, which the page shows itself.
        lines = islice(progress.told(rules, known, now), 1, None)
        handler, telephone = _handler(desk, row.department)
        yield Matter(
            words.APPLICATION, row.number, rules.states[known.state], is_open,
            is_open and row.due_at is not None and row.due_at < now, row.state_since, row.due_at if is_open else None,
            handler, telephone, about=row.item_name,
            told=tuple(desk.wording.say(line.wording, **line.values) for line in lines),
        )  # fmt: skip


def _requests(session: Session, table: type[Row], sender_key: str) -> list[Row]:
    newest = select(table).where(table.sender_key == sender_key).order_by(table.created_at.desc())
    return list(session.scalars(newest.limit(MOST)))


def _request(desk: Desk, row: RequestRow, kind: str, state: str, now: datetime, *, waits: bool) -> Matter:
    """`waits`: staff have not moved yet, so the promised time runs."""
    handler, telephone = _handler(desk, row.department)
    reason = desk.vault.open_or_empty(row.reason)
    return Matter(
        kind, row.number, state, row.ended_at is None, waits and row.due_at < now, row.created_at,
        row.due_at if waits else None, handler, telephone,
        about=desk.vault.open_or_empty(row.matter), told=(reason,) if reason else (),
    )  # fmt: skip


def _handler(desk: Desk, department: str | None) -> tuple[str, str]:
    """Who sees to it, and the telephone: a department, else the hall."""
    known = {d.id: d for d in desk.hall.departments}.get(department or "")
    return (known.name, known.telephone) if known else (desk.hall.name, desk.hall.telephone)
