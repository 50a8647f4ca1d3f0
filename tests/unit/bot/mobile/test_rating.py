"""Ratings by a form: five grades, kinds, words; once; anonymous unless the citizen wants."""

from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.ratings.model import Grade, RatingKindRow, RatingRow
from tests.unit.bot.mobile.helpers import MINE, VAULT, enter, tags, token_of

PAGE = "/m/rating"


def send(client: TestClient, code: str = "", **fields: Any) -> Any:
    """Opens the form, fills it in and sends it."""
    address = PAGE + (f"?code={code}" if code else "")
    return client.post(address, data={"token": token_of(client.get(address).text), **fields})


def rows(desk: Desk) -> list[RatingRow]:
    with desk.database.transaction() as session:
        return list(session.scalars(select(RatingRow)))


def test_the_form_has_grades_and_kinds(client: TestClient) -> None:
    page = client.get(PAGE)
    found = [
        (a["name"], a["value"])
        for tag, a in tags(page.text)
        if tag == "input" and a.get("type") in {"radio", "checkbox"}
    ]
    assert [value for name, value in found if name == "grade"] == [grade.value for grade in Grade]
    assert [value for name, value in found if name == "kind"][-1] == "other" and page.headers[
        "cache-control"
    ] == "no-store"


@pytest.mark.parametrize(
    ("code", "title", "kept"),
    [("", "问办示范市政务服务中心", (None, None, None)), ("A03", "1楼A区A03号出入境窗口", ("A03", None, "GA")),
     ("GA-003", "居民身份证遗失补领", (None, "GA-003", "GA"))],
)  # fmt: skip
def test_a_good_rating_is_taken(client: TestClient, desk: Desk, code: str, title: str, kept: tuple[Any, ...]) -> None:
    address = PAGE + (f"?code={code}" if code else "")
    assert title in client.get(address).text
    answer = send(client, code, grade="satisfied", kind="attitude", words="很好\r\n谢谢\x00")
    assert answer.status_code == 200 and "谢谢您的评价（满意）" in answer.text
    (row,) = rows(desk)
    assert (row.window, row.item, row.department) == kept and row.channel == "web" and not row.named
    assert VAULT.open(row.words or "") == "很好\n谢谢"
    with desk.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(RatingKindRow)) == 0


def test_a_bad_rating_under_a_name_is_followed_up(client: TestClient, desk: Desk) -> None:
    enter(client)
    answer = send(
        client, "A03", grade="dissatisfied", kind=["attitude", "efficiency"], name="王女士", telephone="13800001111"
    )
    (row,) = rows(desk)
    assert row.number in answer.text and "回访您" in answer.text
    assert row.named and row.sender_key == MINE and row.channel == "wechat"
    with desk.database.transaction() as session:
        assert set(session.scalars(select(RatingKindRow.kind))) == {"attitude", "efficiency"}


def test_without_a_name_the_sender_is_not_kept(client: TestClient, desk: Desk) -> None:
    enter(client)
    answer = send(client, grade="very_dissatisfied")
    (row,) = rows(desk)
    assert row.sender_key is None and "匿名登记" in answer.text


def test_a_form_sent_twice_is_one_rating(client: TestClient, desk: Desk) -> None:
    sent = {"token": token_of(client.get(PAGE).text), "grade": "satisfied"}
    first, second = (client.post(PAGE, data=sent) for _ in range(2))
    assert first.text == second.text and len(rows(desk)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [({}, "五个等级"), ({"grade": "best"}, "五个等级"), ({"grade": "dissatisfied", "kind": "nonsense"}, "列出的问题"),
     ({"grade": "satisfied", "name": "王女士"}, "同时填写"),
     ({"grade": "satisfied", "telephone": "13800001111"}, "同时填写"),
     ({"grade": "satisfied", "name": "王女士", "telephone": "12"}, "电话"),
     ({"grade": "satisfied", "name": "<b>x</b>", "telephone": "13800001111"}, "称呼"),
     ({"grade": "satisfied", "words": "长" * 501}, "500")],
)  # fmt: skip
def test_what_cannot_be_taken_is_asked_again(client: TestClient, desk: Desk, fields: Any, said: str) -> None:
    answer = send(client, **{"words": "等了很久 <b>", **fields})
    assert answer.status_code == 422 and said in answer.text and rows(desk) == []
    assert "等了很久 &lt;b&gt;" in answer.text or "words" in fields
    if fields.get("telephone"):
        assert fields["telephone"] in answer.text
    again = {"token": token_of(answer.text), "grade": "satisfied"}
    assert client.post(PAGE, data=again).status_code == 200


@pytest.mark.parametrize("code", ["Z99", "GA-999", "GA-004", "<script>"])
def test_nothing_to_rate(client: TestClient, code: str) -> None:
    answer = client.get(PAGE, params={"code": code})
    assert answer.status_code == 404 and "很抱歉" in answer.text and "<script" not in answer.text


def test_a_form_belongs_to_whom_it_was_given(client: TestClient, desk: Desk) -> None:
    """Another site cannot rate in a citizen's name with a form of its own."""
    foreign = token_of(client.get(PAGE).text)
    enter(client)
    assert client.post(PAGE, data={"token": foreign, "grade": "satisfied"}).status_code == 403
    mine = token_of(client.get(PAGE).text)
    client.cookies.clear()
    assert client.post(PAGE, data={"token": mine, "grade": "satisfied"}).status_code == 403
    assert client.post(PAGE, data={"grade": "satisfied"}).status_code == 403 and rows(desk) == []
