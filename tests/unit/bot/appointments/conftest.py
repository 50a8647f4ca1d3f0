"""A small app with the routes of appointments, and dialogues on the same small hall."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.appointments import form, jobs, own, own_forms, routes, staff_routes
from bot.appointments.office import Office
from bot.db.database import Database
from bot.desk import Desk
from bot.staff.access import session_of
from bot.staff.model import Role, Staff, StaffRow
from bot.staff.sessions import SignedIn
from tests.unit.bot.appointments.helpers import NOW, OFFICE, make_desk
from tests.unit.bot.web import app_of


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """The small hall's rules in place of the file's."""
    for module in (form, jobs, own, own_forms, routes, staff_routes):
        monkeypatch.setattr(module, "office_of", lambda _desk: OFFICE)
    return OFFICE


@pytest.fixture
def desk(database: Database, office: Office) -> Desk:
    return make_desk(database, office)


def make_app(desk: Desk) -> FastAPI:
    """The routes with the app's way of rendering refusals."""
    return app_of(desk, routes.routes(), staff_routes.routes())


CLERK = Staff("1" * 32, "clerk", "王女士", Role.CLERK, "GA", None)
FOREIGN_CLERK = Staff("2" * 32, "foreign", "李先生", Role.CLERK, "SC", None)
SUPERVISOR = Staff("3" * 32, "supervisor", "赵女士", Role.SUPERVISOR, None, None)
REVIEWER = Staff("4" * 32, "reviewer", "钱女士", Role.REVIEWER, None, None)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    with desk.database.transaction() as session:
        for staff in (CLERK, FOREIGN_CLERK, SUPERVISOR, REVIEWER):
            session.add(
                StaffRow(
                    id=staff.id, username=staff.username, name=staff.name, password_hash=None, role=staff.role.value,
                    department=staff.department, window=None, active=True, failed_logins=0, created_at=NOW,
                    changed_at=NOW,
                )
            )  # fmt: skip
    return make_app(desk)


@pytest.fixture
def citizen(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def act_as(app: FastAPI) -> Iterator[Callable[[Staff], TestClient]]:
    """Logs a member of staff in, without the session of the browser."""

    def act(staff: Staff) -> TestClient:
        app.dependency_overrides[session_of] = lambda: SignedIn(staff, "token", "csrf", NOW)
        return TestClient(app)

    yield act
    app.dependency_overrides.clear()
