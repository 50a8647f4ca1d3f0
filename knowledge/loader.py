"""Reads guides and hall data from YAML; a bad file is refused with file, line, reason and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.model import Guide, Hall, Location

M = TypeVar("M", bound=BaseModel)
Where = tuple[int | str, ...]

DATA = Path(__file__).parent / "data"

_REASONS = {
    "missing": "缺少必填项，请补上",
    "extra_forbidden": "不认识的键，请检查拼写或删除",
    "string_too_short": "内容为空，请填写",
    "string_type": "这里应当是文字，请加上引号",
    "string_pattern_mismatch": "写法不对，请对照说明文档中的格式",
    "enum": "取值不在允许范围内，请对照说明文档",
    "bool_parsing": "只能填 true 或 false",
    "bool_type": "只能填 true 或 false",
    "model_type": "这里应当是一组“键: 值”",
    "dict_type": "这里应当是一组“键: 值”",
    "tuple_type": "这里应当是列表，每项以“- ”开头",
    "too_short": "列表太短，请补足",
    "too_long": "列表太长，请删减",
}
_REASONS_BY_START = {
    "date": "日期写法不对，请写成 2026-11-01 这样真实存在的日期",
    "time": '时间写法不对，请写成 "09:00"',
    "int": "这里应当是整数",
    "float": "这里应当是数字",
    "greater": "数值太小",
    "less": "数值太大",
}


class _Loader(yaml.SafeLoader):
    """Leaves dates as text, so that an impossible one is the model's error, with its line."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
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


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and its nodes, which know their lines."""

    path: Path
    data: Any
    node: yaml.Node | None

    def problem(self, where: Where, reason: str) -> Problem:
        """A problem at the key or list entry that `where` leads to."""
        return Problem(self.path, _line(self.node, where), f"{'.'.join(map(str, where)) or '整个文件'}: {reason}")


def _line(node: yaml.Node | None, where: Where) -> int:
    """The line (from 1) of the deepest key or entry that `where` reaches below `node`."""
    line = node.start_mark.line + 1 if node else 1
    for step in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        else:
            return line
    return line


def read_document(path: Path) -> Document:
    """Raises KnowledgeError when the file cannot be read, is no YAML, or has a key twice."""
    try:
        text = path.read_text(encoding="utf-8")
        document = Document(path, yaml.load(text, _Loader), yaml.compose(text, _Loader))  # noqa: S506 a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(path, 1, f"文件读不出来：{error}")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"不是正确的 YAML：{getattr(error, 'problem', None) or error}"
        raise KnowledgeError([Problem(path, mark.line + 1 if mark else 1, reason)]) from error
    twice = [
        Problem(path, key.start_mark.line + 1, f"{key.value}: 这个键出现了两次，请只保留一个")
        for key in _repeated_keys(document.node)
    ]
    if twice:
        raise KnowledgeError(twice)
    return document


def _repeated_keys(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _repeated_keys(entry)


def validate(document: Document, model: type[M]) -> M:
    """The document as the model; raises KnowledgeError with one Problem for each thing wrong."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise KnowledgeError([document.problem(tuple(e["loc"]), _reason(e)) for e in error.errors()]) from error


def _reason(error: Any) -> str:
    kind: str = error["type"]
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    by_start = next((text for start, text in _REASONS_BY_START.items() if kind.startswith(start)), None)
    return _REASONS.get(kind) or by_start or f"取值不对（{error['msg']}）"


def load_yaml(path: Path, model: type[M]) -> M:
    """The validated content of one file; raises KnowledgeError."""
    return validate(read_document(path), model)


def load_words(path: Path) -> tuple[str, ...]:
    """The words of a list, any number a line, with comments (#); raises KnowledgeError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError([Problem(path, 1, f"文件读不出来：{error}")]) from error
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


def load_hall(path: Path = DATA / "hall.yaml") -> Hall:
    """The hall file; raises KnowledgeError."""
    return load_yaml(path, Hall)


def load_guide(path: Path, hall: Hall | None) -> Guide:
    """One guide, its references to the hall checked where there is one; raises KnowledgeError."""
    document = read_document(path)
    guide = validate(document, Guide)
    problems = []
    if guide.code != path.stem:
        problems.append(document.problem(("code",), f"{guide.code} 与文件名不一致，请改成同一个编码"))
    if hall:
        problems += _dangling(document, guide, hall)
    if problems:
        raise KnowledgeError(problems)
    return guide


def _dangling(document: Document, guide: Guide, hall: Hall) -> Iterator[Problem]:
    """Departments and windows that the hall does not have."""
    if guide.department not in {d.id for d in hall.departments}:
        yield document.problem(("department",), f"hall.yaml 里没有部门 {guide.department}")
    windows = {w.id for z in hall.zones for w in z.windows}
    places: list[tuple[Where, Location | None]] = [(("location", "windows"), guide.location)]
    for number, situation in enumerate(guide.situations):
        places.append((("situations", number, "changes", "location", "windows"), situation.changes.location))
    for where, location in places:
        for index, window in enumerate(location.windows if location else ()):
            if window not in windows:
                yield document.problem((*where, index), f"hall.yaml 里没有窗口 {window}")


def load_guides(hall: Hall | None, folder: Path = DATA / "guides") -> dict[str, Guide]:
    """All guides of a folder by item code, sorted; raises KnowledgeError with the problems of all files."""
    guides: dict[str, Guide] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            guide = load_guide(path, hall)
            guides[guide.code] = guide
        except KnowledgeError as error:
            problems += error.problems
    if not guides and not problems:
        problems.append(Problem(folder, 1, "文件夹里没有任何办事指南(*.yaml)"))
    if problems:
        raise KnowledgeError(problems)
    return guides


def clashes(guides: dict[str, Guide], folder: Path) -> list[Problem]:
    """Names under which two items could be meant: one of them has to give it up."""
    owner: dict[str, str] = {}
    problems = []
    for code, guide in guides.items():
        for name in dict.fromkeys(guide.names):
            if name in owner:
                reason = f"名称“{name}”已经属于 {owner[name]}，请换一个说法"
                problems.append(Problem(folder / f"{code}.yaml", 1, reason))
            owner.setdefault(name, code)
    return problems
