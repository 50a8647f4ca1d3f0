"""Reads guides and hall data from YAML; a bad file is refused with file, line, reason and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.model import FaqEntry, Guide, Hall, Location, Strict
from knowledge.reasons import reason_of

M = TypeVar("M", bound=BaseModel)
Where = tuple[int | str, ...]

DATA = Path(__file__).parent / "data"


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
        raise KnowledgeError([document.problem(tuple(e["loc"]), reason_of(e)) for e in error.errors()]) from error


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
        problems += [document.problem(where, reason) for where, reason in dangling(guide, hall)]
    if problems:
        raise KnowledgeError(problems)
    return guide


def dangling(guide: Guide, hall: Hall) -> Iterator[tuple[Where, str]]:
    """Departments and windows that the hall does not have: the field, and the reason."""
    if guide.department and guide.department not in {d.id for d in hall.departments}:
        yield ("department",), f"hall.yaml 里没有部门 {guide.department}"
    windows = {w.id for z in hall.zones for w in z.windows}
    places: list[tuple[Where, Location | None]] = [(("location", "windows"), guide.location)]
    for number, situation in enumerate(guide.situations):
        places.append((("situations", number, "changes", "location", "windows"), situation.changes.location))
    for where, location in places:
        for index, window in enumerate(location.windows if location else ()):
            if window not in windows:
                yield (*where, index), f"hall.yaml 里没有窗口 {window}"


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


class _FaqFile(Strict):
    faq: tuple[FaqEntry, ...]


def load_faq(folder: Path = DATA / "faq") -> dict[str, FaqEntry]:
    """All FAQ entries of a folder's files by id; raises KnowledgeError with the problems of all files."""
    entries: dict[str, FaqEntry] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read_document(path)
            for number, entry in enumerate(validate(document, _FaqFile).faq):
                if entry.id in entries:
                    reason = f"编号 {entry.id} 已经用过，请换一个"
                    problems.append(document.problem(("faq", number, "id"), reason))
                entries[entry.id] = entry
        except KnowledgeError as error:
            problems += error.problems
    if problems:
        raise KnowledgeError(problems)
    return entries


def clashes(guides: dict[str, Guide], folder: Path) -> list[Problem]:
    """Names under which two items could be meant: one of them has to give it up."""
    return [
        Problem(folder / f"{code}.yaml", 1, f"名称“{name}”已经属于 {owner}，请换一个说法")
        for code, name, owner in shared_names(guides)
    ]


def shared_names(guides: Mapping[str, Guide]) -> Iterator[tuple[str, str, str]]:
    """Each name that an earlier guide has already: the code of the later guide, the name, the earlier one's code."""
    owners: dict[str, str] = {}
    for code, guide in guides.items():
        for name in dict.fromkeys(guide.names):
            if name in owners:
                yield code, name, owners[name]
            owners.setdefault(name, code)
