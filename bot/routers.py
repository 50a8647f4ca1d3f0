"""Every router of the app beside the message API, in the order of docs/architecture.md."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from bot.appointments.routes import routes as appointments
from bot.appointments.staff_routes import routes as staff_appointments
from bot.assistance.routes import routes as assistance
from bot.cases.routes import routes as cases
from bot.consultations.routes import routes as consultations
from bot.emergencies.routes import routes as emergencies
from bot.extended_hours.routes import routes as extended_hours
from bot.hall_days.routes import routes as hall_days
from bot.handoff.routes import routes as handoff
from bot.mobile.routes import routes as mobile
from bot.notices.pages import routes as notice_pages
from bot.notices.routes import routes as notices
from bot.outbox.alarm_routes import routes as alarms
from bot.outbox.routes import routes as outbox
from bot.privacy.routes import routes as privacy
from bot.progress.routes import routes as progress
from bot.ratings.routes import routes as ratings
from bot.settings import Settings, SettingsError
from bot.staff.oidc import Oidc, OidcSettings
from bot.staff.oidc_routes import oidc_routes
from bot.staff.routes import routes as staff


def routers(settings: Settings) -> Iterator[APIRouter]:
    """Raises SettingsError for half an OpenID provider."""
    for routes in (
        staff, hall_days, appointments, staff_appointments, cases, consultations, ratings, extended_hours, assistance,
        emergencies, handoff, notices, notice_pages, mobile, progress, outbox, alarms, privacy,
    ):  # fmt: skip
        yield routes()
    provider = oidc_of(settings)
    if provider:
        yield oidc_routes(Oidc(provider))


def oidc_of(settings: Settings) -> OidcSettings | None:
    """The OpenID provider of the settings; raises SettingsError when only a part of it is set."""
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_redirect_url)
    if not any(given):
        return None
    issuer, client_id, client_secret, redirect_url = given
    if not (issuer and client_id and client_secret and redirect_url):
        raise SettingsError("WENBAN_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _REDIRECT_URL: set all or none")
    try:
        return OidcSettings(issuer, client_id, client_secret, redirect_url)
    except ValueError as error:
        raise SettingsError(f"WENBAN_OIDC_ISSUER: {error}") from error
