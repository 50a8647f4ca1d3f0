"""Every route, every role, own and other department: what the matrix says is what the app does (S15, S16, S21)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.unit.bot.authorisation.asking import ASK, Asked
from tests.unit.bot.authorisation.house import PEOPLE, House
from tests.unit.bot.authorisation.matrix import MATRIX, Cell, Right, cells, route_of, routes_of
from tests.unit.bot.authorisation.rows import Rows

NOTHING_THERE = 404


def send(house: House, entry: str, who: str, asked: Asked) -> httpx.Response:
    """Asks an entry of the matrix as `who`."""
    method, path = route_of(entry).split(" ", 1)
    told: dict[str, Any] = {} if asked.body is None else {"json": asked.body}
    client = house.client(who, asked.fresh)
    address = path.format_map(asked.path)
    response: httpx.Response = client.request(method, address, params=asked.query, headers=asked.headers, **told)
    return response


def test_the_matrix_has_every_route_of_the_app_and_no_other(app: FastAPI) -> None:
    known, real = {route_of(entry) for entry in MATRIX.routes}, list(routes_of(app))
    assert len(real) == len(set(real)) > 100
    assert sorted(set(real) - known) == [], "routes that the matrix lacks"
    assert sorted(known - set(real)) == [], "routes that the app lacks"


def test_every_entry_can_be_asked() -> None:
    assert sorted(ASK) == sorted(MATRIX.routes)
    assert set(MATRIX.columns) == {"anonymous", *list(PEOPLE)[:5]}


@pytest.mark.parametrize("cell", cells())
def test_cell(rows_everywhere: Rows, cell: Cell) -> None:
    house = rows_everywhere.house
    asked = ASK[cell.entry](house, rows_everywhere, cell.column)
    before = house.row(*asked.row) if asked.row else None
    response = send(house, cell.entry, cell.column, asked)
    if cell.right is Right.ALLOWED:
        known = MATRIX.otherwise.get(cell.entry)
        assert response.status_code == known.status if known else response.is_success, response.text
        assert asked.mark.encode() in response.content
        return
    if cell.right is Right.FORBIDDEN:
        anonymous = cell.column == "anonymous" or cell.entry == "POST /rasa/actions"
        assert response.status_code == (401 if anonymous else 403), response.text
    else:
        hidden = response.status_code == NOTHING_THERE or (response.is_success and asked.mark)
        assert hidden, (response.status_code, response.text)
    assert not asked.mark or asked.mark.encode() not in response.content
    assert before == (house.row(*asked.row) if asked.row else None), "a refused request changed something"


def test_what_is_hidden_looks_like_nothing(rows: Rows) -> None:
    """The answer about another department's row is that about one that never was, but for the address."""
    for entry, rights in MATRIX.routes.items():
        right = dict(zip(MATRIX.columns, rights, strict=True))["other_clerk"]
        asked = ASK[entry](rows.house, rows, "other_clerk") if right is Right.HIDDEN else None
        if asked is None or not asked.path or "telephone" in entry:
            continue
        theirs = send(rows.house, entry, "other_clerk", asked)
        nobodys = Asked({key: _unknown(value) for key, value in asked.path.items()}, asked.body, asked.query)
        answer = send(rows.house, entry, "other_clerk", nobodys)
        assert (theirs.status_code, json.loads(theirs.text)) == (answer.status_code, json.loads(answer.text)), entry


def _unknown(id_: str) -> str:
    """Of the same form, but of nothing."""
    return id_[:-4] + "0000" if id_[-4:] != "0000" else id_[:-4] + "1111"
