"""Own appointments: seen by nobody else, cancelled once, and only by one's own form."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from bot.appointments import hall
from bot.appointments.model import AppointmentRow, SlotRow, State
from bot.appointments.office import office_of
from bot.desk import Desk
from bot.mobile.session import Purpose, seal
from tests.unit.bot.mobile.helpers import MINE, PASSPORT, THEIRS, VAULT, book, enter, move, now, tags, token_of

LIST = "/m/appointments"


def state(desk: Desk, row: AppointmentRow) -> tuple[str, int]:
    """Of the appointment, and how many places of its slot are taken."""
    with desk.database.transaction() as session:
        known, place = session.get(AppointmentRow, row.id), session.get(SlotRow, row.slot_id)
        assert known is not None and place is not None
        return known.state, place.taken


def test_nobody_has_none(client: TestClient) -> None:
    enter(client)
    page = client.get(LIST)
    assert page.status_code == 200 and "您目前没有预约" in page.text and page.headers["cache-control"] == "no-store"


def test_what_is_coming_is_told_whole(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client)
    page = client.get(LIST).text
    for said in (row.number, "居民身份证遗失补领", "1楼A区公安服务区A01号身份证窗口", "09:00–09:30",
                 "到大厅签到后取号", "居民户口簿", "/m/guides/GA-003?d=materials#materials",
                 f"/m/appointments/{row.number}/cancel"):  # fmt: skip
        assert said in page
    for hidden in ("王女士", "1380000"):
        assert hidden not in page


def test_coming_ones_by_time_then_past_ones(client: TestClient, desk: Desk) -> None:
    later, sooner = book(desk, number=1, index=4), book(desk, item=PASSPORT, number=2)
    over = book(desk, item="GA-005", number=3, index=8)
    move(desk, over, -timedelta(days=3))
    enter(client)
    page = client.get(LIST).text
    places = [page.index(row.number) for row in (sooner, later)] + [page.index("以前的预约"), page.index(over.number)]
    assert places == sorted(places) and f"{over.number}/cancel" not in page and "已过时间" in page


def test_a_queue_number_is_shown(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    move(desk, row, timedelta(minutes=5))
    with desk.database.transaction() as session:
        hall.check_in(session, office_of(desk), row.number, now())
    enter(client)
    page = client.get(LIST).text
    assert "A001" in page and "已签到" in page and f"{row.number}/cancel" not in page


def test_foreign_senders_see_nothing(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client, THEIRS)
    over = book(desk, item=PASSPORT, number=2)
    move(desk, over, -timedelta(days=3))
    page = client.get(LIST, params={"cancelled": row.number}).text
    assert row.number not in page and over.number not in page and "您目前没有预约" in page
    theirs = client.get(f"{LIST}/{row.number}/cancel")
    nobodys = client.get(f"{LIST}/YY20261122ABCDEF/cancel")
    assert theirs.status_code == nobodys.status_code == 404 and theirs.text == nobodys.text
    token = seal(VAULT, Purpose.FORM, now(), 30, sender_key=THEIRS, about=f"cancel:{row.number}", id="1")
    assert client.post(f"{LIST}/{row.number}/cancel", data={"token": token}).status_code == 404
    assert state(desk, row) == (State.BOOKED, 1)


def test_cancelling_asks_first_and_happens_once(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client)
    question = client.get(f"{LIST}/{row.number}/cancel")
    assert question.status_code == 200 and "要取消这个预约吗" in question.text and state(desk, row) == (State.BOOKED, 1)
    sent = {"token": token_of(question.text)}
    for _ in range(2):
        done = client.post(f"{LIST}/{row.number}/cancel", data=sent)
        assert done.status_code == 303 and done.headers["location"] == f"{LIST}?cancelled={row.number}"
        assert state(desk, row) == (State.CANCELLED, 0)
    page = client.get(done.headers["location"]).text
    assert f"已经为您取消预约（编号{row.number}）" in page and "已取消" in page
    assert client.get(f"{LIST}/{row.number}/cancel").status_code == 404
    book(desk, number=2)
    assert state(desk, row) == (State.CANCELLED, 1), "a place given back twice would be nobody's"
    client.post(f"{LIST}/{row.number}/cancel", data=sent)
    assert state(desk, row) == (State.CANCELLED, 1)


@pytest.mark.parametrize("whose", ["nobody", "another", "deed", "old", "session"])
def test_a_form_of_another_page_cancels_nothing(client: TestClient, desk: Desk, whose: str) -> None:
    row = book(desk)
    enter(client)
    about = f"cancel:{row.number}"
    tokens = {
        "nobody": "",
        "another": seal(VAULT, Purpose.FORM, now(), 30, sender_key=THEIRS, about=about, id="1"),
        "deed": seal(VAULT, Purpose.FORM, now(), 30, sender_key=MINE, about="rating", id="1"),
        "old": seal(VAULT, Purpose.FORM, now() - timedelta(hours=2), 30, sender_key=MINE, about=about, id="1"),
        "session": client.cookies["wenban_m"],
    }
    answer = client.post(f"{LIST}/{row.number}/cancel", data={"token": tokens[whose]})
    assert answer.status_code == 403 and "很抱歉" in answer.text and state(desk, row) == (State.BOOKED, 1)


def test_a_body_that_is_no_form_is_refused(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client)
    address = f"{LIST}/{row.number}/cancel"
    assert client.post(address, json={"token": "x"}).status_code == 415
    assert client.post(address, data={"token": "x" * 20_000}).status_code == 413
    assert client.post(address, data={f"f{n}": "" for n in range(50)}).status_code == 422
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(address, content=b"token=\xff\xfe", headers=form).status_code == 422
    assert state(desk, row) == (State.BOOKED, 1)


def test_too_late_to_cancel(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    enter(client)
    sent = {"token": token_of(client.get(f"{LIST}/{row.number}/cancel").text)}
    move(desk, row, timedelta(minutes=30))
    assert "不能在这里取消" in client.get(LIST).text
    for answer in (client.get(f"{LIST}/{row.number}/cancel"), client.post(f"{LIST}/{row.number}/cancel", data=sent)):
        assert answer.status_code == 409 and "60分钟" in answer.text
    assert state(desk, row) == (State.BOOKED, 1)


def test_the_halls_cancellation_tells_why_and_does_no_harm(client: TestClient, desk: Desk) -> None:
    row = book(desk)
    with desk.database.transaction() as session:
        known = session.get(AppointmentRow, row.id)
        assert known is not None
        known.state, known.reason = State.CANCELLED_BY_HALL, "<img src=x onerror=alert(1)>"
    enter(client)
    page = client.get(LIST).text
    assert "大厅已取消" in page and "&lt;img" in page and "img" not in {tag for tag, _ in tags(page)}
