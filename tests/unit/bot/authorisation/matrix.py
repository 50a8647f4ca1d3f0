"""The matrix of rights (matrix.yaml), and the routes that an app really has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, model_validator

from knowledge.loader import load_yaml

FILE = Path(__file__).parent / "matrix.yaml"


class Right(StrEnum):
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    HIDDEN = "hidden"


class Otherwise(BaseModel):
    model_config = ConfigDict(extra="forbid")
    status: int
    why: str


class Matrix(BaseModel):
    """`routes`: a right for each of `columns`, by "METHOD path", perhaps with " | variant"."""

    model_config = ConfigDict(extra="forbid")
    columns: tuple[str, ...]
    routes: dict[str, tuple[Right, ...]]
    otherwise: dict[str, Otherwise]
    not_yet: dict[str, dict[str, str]]

    @model_validator(mode="after")
    def _whole(self) -> Matrix:
        short = [route for route, rights in self.routes.items() if len(rights) != len(self.columns)]
        strange = [*(set(self.otherwise) - set(self.routes)), *(set(self.not_yet) - set(self.routes))]
        if short or strange:
            raise ValueError(f"{short} lack columns, {strange} are no routes")
        return self


@dataclass(frozen=True)
class Cell:
    """`entry` is the route with its variant."""

    entry: str
    column: str
    right: Right

    @property
    def route(self) -> str:
        return route_of(self.entry)


MATRIX = load_yaml(FILE, Matrix)


def route_of(entry: str) -> str:
    """The route of an entry, without its variant."""
    return entry.partition(" | ")[0]


def cells() -> list[Any]:
    """Every cell as a parameter of a test."""
    return [_parameter(entry, column, right) for entry, rights in MATRIX.routes.items()
            for column, right in zip(MATRIX.columns, rights, strict=True)]  # fmt: skip


def _parameter(entry: str, column: str, right: Right) -> Any:
    reason = MATRIX.not_yet.get(entry, {}).get(column)
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(Cell(entry, column, right), id=f"{entry} as {column}", marks=marks)


def guarded() -> list[str]:
    """Routes that nobody may use without logging in. Rasa's is not among them: it knows no log-in, only a token."""
    anonymous = MATRIX.columns.index("anonymous")
    entries = [entry for entry, rights in MATRIX.routes.items() if rights[anonymous] is Right.FORBIDDEN]
    return [entry for entry in entries if " | " not in entry and entry != "POST /rasa/actions"]


def routes_of(app: FastAPI) -> Iterator[str]:
    """Every route of an app, "METHOD path"."""
    for context in iter_route_contexts(app.routes):
        methods, path = getattr(context, "methods", None), getattr(context, "path", None)
        if path is None:
            raise AssertionError(f"{context} is no route that the matrix could hold")
        for method in sorted((methods or {"ANY"}) - {"HEAD"}):
            yield f"{method} {path}"
