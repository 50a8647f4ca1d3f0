"""Reads guides and hall data from YAML; a bad file is refused with file, line, reason and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.model import Guide, Hall

M = TypeVar("M", bound=BaseModel)

DATA = Path(__file__).parent / "data"

_REASONS = {
    "missing": "缺少必填项，请补上",
    "extra_forbidden": "不认识的键，请检查拼写或删除",
    "string_too_short": "内容为空，请填写",
    "enum": "取值不在允许范围内",
    "date_from_datetime_parsing": "日期请写成 2026-11-01",
}


@dataclass(frozen=True)
class Problem:
    """One reason why a file is refused. `line` counts from 1."""

    file: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class KnowledgeError(Exception):
    """Carries every problem found, so that an author mends all at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def line_of(node: yaml.Node | None, path: tuple[Any, ...]) -> int:
    """The line (from 1) of the deepest node that `path` reaches below `node`."""
    line = 1
    while node is not None:
        line = node.start_mark.line + 1
        if not path:
            return line
        key, *rest = path
        path = tuple(rest)
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            node = next((v for k, v in node.value if k.value == str(key)), None)
        else:
            return line
    return line


def _describe(error: Any) -> str:
    where = ".".join(str(p) for p in error["loc"]) or "整个文件"
    reason = _REASONS.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{where}: {reason}"


def load_yaml(path: Path, model: type[M]) -> M:
    """The validated content of one file.

    Raises KnowledgeError with one Problem for each thing wrong: not readable, not YAML, not the model.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(path, 1, f"文件读不出来：{error}")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = f"不是正确的 YAML：{getattr(error, 'problem', None) or error}"
        raise KnowledgeError([Problem(path, line, reason)]) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise KnowledgeError(
            [Problem(path, line_of(node, tuple(e["loc"])), _describe(e)) for e in error.errors()]
        ) from error


def check_guide(path: Path, guide: Guide, hall: Hall) -> list[Problem]:
    """References from a guide to the hall and to its own file name."""
    departments = {d.id for d in hall.departments}
    windows = {w.id for z in hall.zones for w in z.windows}
    problems = []
    if guide.code != path.stem:
        problems.append(Problem(path, 1, f"code: {guide.code} 与文件名不一致，请改成同一个编码"))
    if guide.department not in departments:
        problems.append(Problem(path, 1, f"department: hall.yaml 里没有部门 {guide.department}"))
    for window in guide.location.windows:
        if window not in windows:
            problems.append(Problem(path, 1, f"location.windows: hall.yaml 里没有窗口 {window}"))
    return problems


def load_hall(path: Path = DATA / "hall.yaml") -> Hall:
    """The hall file; raises KnowledgeError."""
    return load_yaml(path, Hall)


def load_guides(hall: Hall, folder: Path = DATA / "guides") -> dict[str, Guide]:
    """All guides of a folder by item code, sorted; raises KnowledgeError with the problems of all files."""
    guides: dict[str, Guide] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            guide = load_yaml(path, Guide)
        except KnowledgeError as error:
            problems.extend(error.problems)
            continue
        problems.extend(check_guide(path, guide, hall))
        guides[guide.code] = guide
    if not guides and not problems:
        problems.append(Problem(folder, 1, "文件夹里没有任何办事指南(*.yaml)"))
    if problems:
        raise KnowledgeError(problems)
    return guides
