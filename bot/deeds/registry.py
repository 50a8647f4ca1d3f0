"""Every dialogue of the deeds."""

from __future__ import annotations

from bot.appointments.form import APPOINTMENT
from bot.appointments.own_forms import APPOINTMENT_CANCEL, APPOINTMENT_CHANGE, APPOINTMENT_QUERY
from bot.assistance.form import ASSISTANCE
from bot.cases.form import CASE_QUERY, COMPLAINT, FALLBACK_REQUEST
from bot.consultations.form import CONSULTATION
from bot.deeds.form import Form
from bot.extended_hours.form import EXTENDED_HOURS
from bot.notices.form import NOTICE
from bot.progress.form import PROGRESS_QUERY
from bot.ratings.form import RATING

FORMS: tuple[Form, ...] = (
    APPOINTMENT, APPOINTMENT_CHANGE, APPOINTMENT_CANCEL, APPOINTMENT_QUERY, COMPLAINT, FALLBACK_REQUEST, CASE_QUERY,
    CONSULTATION, NOTICE, PROGRESS_QUERY, RATING, EXTENDED_HOURS, ASSISTANCE,
)  # fmt: skip
