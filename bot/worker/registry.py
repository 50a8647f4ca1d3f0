"""Every periodic job of the assistant, in one place: the app and `wenban worker` run the same ones."""

from __future__ import annotations

from bot.appointments.jobs import jobs as appointments
from bot.assistance.jobs import jobs as assistance
from bot.cases.jobs import jobs as cases
from bot.consultations.jobs import jobs as consultations
from bot.extended_hours.jobs import jobs as extended_hours
from bot.handoff.jobs import jobs as handoff
from bot.privacy.jobs import jobs as privacy
from bot.progress.jobs import JOBS as PROGRESS
from bot.ratings.jobs import jobs as ratings
from bot.worker.jobs import Job


def all_jobs() -> tuple[Job, ...]:
    """The jobs of all deeds."""
    packages = (appointments, assistance, cases, consultations, extended_hours, handoff, privacy, ratings)
    return (*PROGRESS, *(job for jobs in packages for job in jobs()))
