"""Questions and replies for tests."""

from typing import Any

from evaluation.judging import Reply
from evaluation.questions import Question


def question(
    expect: str = "guide", items: tuple[str, ...] = ("GA-003",), asked: tuple[str, ...] = ("fees",), **fields: str
) -> Question:
    told = {"id": "D1", "text": "补身份证多少钱", "wording": "formal", **fields}
    return Question(**told, expect=expect, items=items, disclosures=asked)


def answer(*items: str, asked: tuple[str, ...] = ("fees",), **fields: Any) -> Reply:
    return Reply(**{"status": "answered.guide", "items": items, "disclosures": frozenset(asked), **fields})


def clarify(*offered: str) -> Reply:
    return Reply("clarify.item", offered=offered)
