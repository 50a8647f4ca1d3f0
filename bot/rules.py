"""Reads every hall's rules for deeds (`knowledge/data/deeds`), so that a bad file stops the start with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bot.appointments.rules import appointment_rules
from bot.appointments.rules import check as check_appointments
from bot.assistance.rules import check as check_assistance
from bot.cases.rules import cases_rules
from bot.cases.rules import check as check_cases
from bot.consultations.rules import check as check_consultations
from bot.emergencies.rules import emergency_rules
from bot.extended_hours.rules import check as check_extended_hours
from bot.handoff.rules import handoff_rules
from bot.notices.rules import notice_rules
from bot.outbox.rules import outbox_rules
from bot.privacy.retention import retention_rules
from bot.progress.rules import progress_rules
from bot.ratings.rules import rating_rules
from bot.staff.rules import staff_rules
from bot.wechat.rules import wechat_rules
from knowledge.base import Published
from knowledge.loader import KnowledgeError, Problem

ALONE: tuple[Callable[[Path], object], ...] = (
    emergency_rules, handoff_rules, notice_rules, outbox_rules, progress_rules, rating_rules, retention_rules,
    staff_rules, wechat_rules,
)  # fmt: skip
"""Rules that name nothing of the hall."""


def problems(folder: Path, published: Published) -> Iterator[Problem]:
    """What is wrong with the files of the folder, alone and beside hall and guides."""
    hall = published.hall
    checks: list[Callable[[], object]] = [partial(read, folder) for read in ALONE]
    checks += [partial(check, folder, hall) for check in (check_assistance, check_consultations, check_extended_hours)]
    checks += [partial(_cases, folder, published), partial(_appointments, folder, published)]
    for check in checks:
        try:
            check()
        except KnowledgeError as error:
            yield from error.problems


def check_rules(folder: Path, published: Published) -> None:
    """Raises KnowledgeError with every problem found."""
    found = list(problems(folder, published))
    if found:
        raise KnowledgeError(found)


def _cases(folder: Path, published: Published) -> None:
    check_cases(cases_rules(folder), published.hall, folder / "cases.yaml")


def _appointments(folder: Path, published: Published) -> None:
    told = check_appointments(appointment_rules(folder), published.guides, published.hall)
    if told:
        raise KnowledgeError([Problem(folder / "appointments.yaml", 1, reason) for reason in told])
