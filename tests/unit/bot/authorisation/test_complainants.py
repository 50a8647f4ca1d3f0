"""S15, S16, S21: who complained is kept from everybody but those entitled, and each look is kept. Two cases of each
sort (confidential or not, about GA or another department), all handled by GA; every route of the app is asked by
everybody, and its bytes are searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import httpx
import pytest
from sqlalchemy import select

from bot.audit.model import AuditRow
from bot.cases.jobs import jobs
from bot.cases.model import CaseRevealRow, NewCase
from bot.cases.rules import CaseKind
from tests.unit.bot.authorisation.asking import ASK, Asked, case_deeds
from tests.unit.bot.authorisation.house import ANONYMOUS, PEOPLE
from tests.unit.bot.authorisation.matrix import MATRIX
from tests.unit.bot.authorisation.rows import COMPLAINT, Rows
from tests.unit.bot.authorisation.test_matrix import send

EVERYBODY = (ANONYMOUS, *PEOPLE)
STAFF = "/api/v1/staff/cases"
WHY = {"reason": "需要回电话"}


@dataclass(frozen=True)
class Secret:
    """A complainant, and his complaint as he told it: with his name and telephone in every text."""

    confidential: bool
    department: str
    name: str
    digits: str
    sender_key: str

    @property
    def case(self) -> NewCase:
        told = f"我是{self.name}，电话{self.digits}"
        return replace(
            COMPLAINT, department=self.department, window={"GA": "A01", "RS": "B01"}[self.department], name=self.name,
            telephone=f"+86{self.digits}", sender_key=self.sender_key, confidential=self.confidential,
            facts=f"{told}，材料交了一个月没有消息", wish=f"{told}，尽快办", when=f"{told}，昨天",
            place=f"{told}，窗口", whom=f"{told}，那位工作人员",
        )  # fmt: skip

    def found_in(self, response: httpx.Response) -> list[str]:
        """What of him stands in an answer, however JSON or addresses write it."""
        escaped = self.name.encode("unicode_escape")
        marks = [self.name.encode(), escaped, self.digits.encode(), self.sender_key.encode()]
        whole = response.content + b"\n".join(value for _, value in response.headers.raw)
        return [mark.decode() for mark in marks if mark in whole]

    @property
    def masks(self) -> tuple[str, str]:
        """What lists show to those who are entitled."""
        return f"{self.name[0]}＊＊", f"{self.digits[:3]}＊＊＊＊{self.digits[-4:]}"


SECRETS = [
    Secret(False, "GA", "欧阳雪", "13800008101", "a1" * 32), Secret(True, "GA", "司马青", "13800008202", "b2" * 32),
    Secret(False, "RS", "诸葛明", "13800008303", "c3" * 32), Secret(True, "RS", "尉迟云", "13800008404", "d4" * 32),
]  # fmt: skip
ENTITLED = {
    (False, "GA"): {"own_clerk", "supervisor", "supervisor_of_department"},
    (True, "GA"): {"supervisor"},
    (False, "RS"): {"own_clerk", "supervisor", "supervisor_of_department", "supervisor_of_window"},
    (True, "RS"): {"supervisor", "supervisor_of_department", "supervisor_of_window"},
}
"""Supervisors, and the clerk in charge when the case is not confidential; never the window complained of, nor, when
it is confidential, anybody of that department."""
PAIRS = list(product(SECRETS, EVERYBODY))
NAMES = [f"{'confidential' if s.confidential else 'open'} about {s.department} as {who}" for s, who in PAIRS]


@pytest.fixture(scope="module")
def told(rows: Rows) -> Rows:
    """The house after a case of every complainant and state, and all their alarms."""
    for secret in SECRETS:
        for state in ("received", "assigned", "settled", "followed_up"):
            rows.case(state, secret.case)
    for days in (0, 30):
        for job in jobs():
            job.run(rows.desk, datetime.now(UTC) + timedelta(days=days))
    return rows


def leaks(response: httpx.Response) -> list[str]:
    return [mark for secret in SECRETS for mark in secret.found_in(response)]


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_route_tells_who_complained(told: Rows, who: str) -> None:
    """Those beside the matrix differ in what they see, so they only look."""
    in_matrix = who in MATRIX.columns
    for entry in MATRIX.routes:
        if not (in_matrix or entry.startswith("GET ")):
            continue
        asked = ASK[entry](told.house, told, who)
        response = send(told.house, entry, who, asked)
        assert not leaks(response), entry


def requests(rows: Rows, secret: Secret) -> Iterator[tuple[str, Asked]]:
    """Everything that can be asked of a case but the reveal, each of a new one in the right state."""
    yield "GET /api/v1/staff/cases/{id_}", Asked({"id_": rows.case("assigned", secret.case).id})
    for filters in ({}, {"department": secret.department}, {"assignee": "GA"}, {"kind": CaseKind.COMPLAINT.value}):
        yield "GET /api/v1/staff/cases", Asked(query={"limit": 100, **filters})
    for deed, (state, body) in case_deeds(rows.house).items():
        row = rows.case(state, secret.case)
        if deed != "reveal":
            yield f"POST /api/v1/staff/cases/{{id_}}/{deed}", Asked({"id_": row.id}, body)
    number = rows.case("settled", secret.case).number
    yield "POST /api/v1/cases/query", Asked(body={"number": number, "telephone": "13800009999"})
    yield "POST /api/v1/cases/query", Asked(body={"number": number})
    reopening = {"telephone": "13800009999", "reason": "没有解决"}
    yield "POST /api/v1/cases/{number}/reopen", Asked({"number": number}, reopening)


@pytest.mark.parametrize(("secret", "who"), PAIRS, ids=NAMES)
def test_no_deed_of_a_case_tells_who_complained(told: Rows, secret: Secret, who: str) -> None:
    entitled = who in ENTITLED[secret.confidential, secret.department]
    for entry, asked in requests(told, secret):
        response = send(told.house, entry, who, asked)
        assert response.status_code < 500 and not leaks(response), entry
        if not entitled:
            assert not [mask for mask in secret.masks if mask in response.text], f"{entry} shows masks"


def looks(rows: Rows, case_id: str) -> tuple[list[str], list[str | None]]:
    """Who looked at a case's complainant: by case_reveals, and by the audit log."""
    with rows.house.database.transaction() as session:
        kept = session.scalars(select(CaseRevealRow.staff_id).where(CaseRevealRow.case_id == case_id)).all()
        mine = (AuditRow.subject == f"case:{case_id}", AuditRow.action == "case.reveal")
        audited = session.scalars(select(AuditRow.staff_id).where(*mine)).all()
        details = session.scalars(select(AuditRow.details).where(*mine)).all()
    assert "需要" not in str(details)
    return list(kept), list(audited)


@pytest.mark.parametrize(("secret", "who"), PAIRS, ids=NAMES)
def test_only_those_entitled_learn_it_and_each_look_is_kept(told: Rows, secret: Secret, who: str) -> None:
    row, client = told.case("assigned", secret.case), told.house.client(who)
    response = client.post(f"{STAFF}/{row.id}/reveal", json=WHY)
    if who in ENTITLED[secret.confidential, secret.department]:
        assert response.json() == {"name": secret.name, "telephone": f"+86{secret.digits}"}
        assert secret.sender_key not in response.text
        client.post(f"{STAFF}/{row.id}/reveal", json=WHY)
        me = told.house.staff[who].id
        assert looks(told, row.id) == ([me, me], [me, me])
    else:
        assert response.status_code in {401, 403, 404} and not leaks(response)
        assert looks(told, row.id) == ([], [])
    assert not client.get(f"{STAFF}/{row.id}/reveal").is_success, "a look is a deed, not a page"


@pytest.mark.parametrize("secret", SECRETS[:2], ids=["open", "confidential"])
@pytest.mark.parametrize("who", ["window_complained_of", "supervisor_of_window"])
def test_the_window_complained_of_does_not_even_see_the_case(told: Rows, secret: Secret, who: str) -> None:
    row, client = told.case("assigned", secret.case), told.house.client(who)
    assert row.id not in client.get(STAFF, params={"limit": 100}).text
    assert client.get(f"{STAFF}/{row.id}").status_code == 404
    for deed, (_, body) in case_deeds(told.house).items():
        assert client.post(f"{STAFF}/{row.id}/{deed}", json=body).status_code in {403, 404}, deed
    assert told.case("assigned", secret.case).state == "assigned"


@pytest.mark.parametrize("who", ["supervisor", "own_clerk"])
def test_nobody_hands_a_case_to_the_window_complained_of(told: Rows, who: str) -> None:
    row = told.case("assigned", SECRETS[0].case)
    to = {"grading": "simple", "department": "GA", "staff_id": told.house.staff["window_complained_of"].id}
    assert told.house.client(who).post(f"{STAFF}/{row.id}/assign", json=to).status_code == 409


def test_an_anonymous_case_has_nobody_to_tell(told: Rows) -> None:
    row = told.case("assigned", replace(SECRETS[0].case, anonymous=True))
    assert (row.name, row.telephone, row.telephone_lookup, row.sender_key) == (None,) * 4
    answer = told.house.client("supervisor").post(f"{STAFF}/{row.id}/reveal", json=WHY)
    assert answer.json() == {"name": "", "telephone": ""}


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_an_administrator_hands_out_what_is_kept_about_a_citizen(told: Rows, who: str) -> None:
    """S24: all of it, to the citizen himself, who must be known already; it is audited, but no look at one case."""
    for whom in ({"telephone": SECRETS[1].digits}, {"sender_key": SECRETS[1].sender_key}):
        answer = told.house.client(who).post("/api/v1/staff/privacy/export", json=whom)
        if who != "administrator":
            assert answer.status_code in {401, 403} and not leaks(answer)
            continue
        assert SECRETS[1].name in answer.text and SECRETS[1].sender_key not in answer.text
        assert not [mark for secret in (SECRETS[0], *SECRETS[2:]) for mark in secret.found_in(answer)]
        with told.house.database.transaction() as session:
            last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
        assert (last.action, last.staff_id) == ("privacy.export", told.house.staff[who].id)
        assert SECRETS[1].digits not in last.subject and last.subject != f"citizen:{SECRETS[1].sender_key}"
