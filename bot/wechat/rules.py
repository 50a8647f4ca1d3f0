"""What the hall sets for its WeChat official account, as data: knowledge/data/deeds/wechat.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from connectors.contract import TurnStatus
from knowledge.loader import load_yaml
from knowledge.model import Strict

FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]+[0-9]*$")]
PagePath = Annotated[str, StringConstraints(pattern=r"^/m/[a-z0-9/_-]*$")]

LONGEST = {"thing": 20, "character_string": 32, "letter": 32, "number": 32, "phrase": 5, "symbol": 5, "const": 20}
"""Characters that WeChat takes in a template's field, by the beginning of its name."""
LONGEST_OTHER = 200
LONGEST_COLUMN, LONGEST_ENTRY = 12, 24
"""Bytes of a menu's titles that WeChat shows; it cuts what is longer."""
_BLANKS = {"text", "first_line"}
_BLANK = re.compile(r"\{([^{}]*)\}")


def longest(field: str) -> int:
    return LONGEST.get(field.rstrip("0123456789"), LONGEST_OTHER)


def cut(text: str, limit: int) -> str:
    """On one line, as WeChat wants it, and ending in … when it is cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class Template(Strict):
    """A template message (模板消息) of the account, for one kind of message. `page` opens when it is tapped."""

    template_id: Annotated[str, StringConstraints(min_length=10, max_length=64)]
    page: PagePath | None = None
    data: Annotated[dict[FieldName, Annotated[str, Field(min_length=1)]], Field(min_length=1)]

    @field_validator("data")
    @classmethod
    def _fields_fit(cls, data: dict[str, str]) -> dict[str, str]:
        for name, value in data.items():
            wrong = [blank for blank in _BLANK.findall(value) if blank not in _BLANKS]
            if wrong:
                raise ValueError(f"{name}: 不认识的空格 {{{wrong[0]}}}，只能用 {{text}} 和 {{first_line}}")
            fixed = _BLANK.sub("", value)
            if len(fixed) > longest(name):
                raise ValueError(f"{name}: 固定文字最多 {longest(name)} 个字，现在有 {len(fixed)} 个")
        return data

    def filled(self, text: str) -> dict[str, str]:
        """The fields for a message: one line each, cut to what WeChat takes."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        blanks: Mapping[str, str] = {"text": text, "first_line": lines[0] if lines else ""}
        return {
            name: cut(_BLANK.sub(lambda blank: blanks[blank[1]], value), longest(name))
            for name, value in self.data.items()
        }


class Said(Strict):
    """Something to tap, and what it says for the citizen."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    says: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Entry(Strict):
    """An entry of the account's menu: it says something for the citizen, or opens one of our pages."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    says: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    page: PagePath | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.title.encode()) > LONGEST_ENTRY:
            raise ValueError(f"菜单项“{self.title}”太长，微信最多显示 {LONGEST_ENTRY // 3} 个汉字")
        if (self.says is None) == (self.page is None):
            raise ValueError(f"菜单项“{self.title}”要填写 says 或者 page，并且只填一个")
        return self


class Column(Strict):
    """One of the three buttons at the bottom, with the entries that open over it."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.title.encode()) > LONGEST_COLUMN:
            raise ValueError(f"菜单“{self.title}”太长，微信最多显示 {LONGEST_COLUMN // 3} 个汉字")
        return self


class Opens(Strict):
    """A page of the citizen's own, behind a link."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    page: PagePath


class Centre(Strict):
    """A service centre that a citizen who sends his place may be near; degrees as WeChat gives them (GCJ-02)."""

    name: str
    address: str
    telephone: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class WeChatRules(Strict):
    """`answer_within`: seconds after which WeChat gets the acknowledgement. `pages`: what a turn that ended so is
    followed by, a link that is good for `page_minutes`. `templates` by the kind of message of the outbox (appointment,
    case, consultation, progress, notice …)."""

    answer_within: Annotated[float, Field(ge=0.5, le=3.8)]
    welcome: Annotated[tuple[Said, ...], Field(max_length=5)] = ()
    menu: Annotated[tuple[Column, ...], Field(max_length=3)] = ()
    pages: dict[TurnStatus, Opens] = Field(default_factory=dict)
    page_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    centres: tuple[Centre, ...] = ()
    templates: dict[str, Template] = Field(default_factory=dict)


@cache
def wechat_rules(folder: Path) -> WeChatRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "wechat.yaml", WeChatRules)
