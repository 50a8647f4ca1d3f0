"""What `wenban check` and `wenban import` do with files."""

from __future__ import annotations

import os
from pathlib import Path

from bot.policy import load_policy
from bot.understanding.keywords import load_keywords
from bot.wording.wording import load_wording
from knowledge import base
from knowledge.loader import KnowledgeError, Problem, clashes, load_guide, load_guides, load_hall


def check_all(folder: Path) -> list[Problem]:
    """The problems of knowledge, wording, keywords and thresholds."""
    problems: list[Problem] = []
    for load in (lambda: base.read(folder), load_wording, load_keywords, load_policy):
        try:
            load()
        except KnowledgeError as error:
            problems += error.problems
    return problems


def import_files(files: list[Path], folder: Path) -> list[str]:
    """Checks all files against the hall and one another and puts them in place, or raises KnowledgeError and changes
    nothing; a write that fails (OSError) is taken back."""
    hall = load_hall(folder / "hall.yaml")
    problems: list[Problem] = []
    accepted: dict[str, Path] = {}
    guides = load_guides(hall, folder / "guides")
    for path in files:
        try:
            guide = load_guide(path, hall)
        except KnowledgeError as error:
            problems += error.problems
            continue
        if guide.code in accepted:
            problems.append(Problem(path, 1, f"code: {guide.code} 在这次导入中重复，请只保留一个文件"))
        accepted[guide.code], guides[guide.code] = path, guide
    problems = problems or clashes(guides, folder / "guides")
    if problems:
        raise KnowledgeError(problems)
    _put_in_place({folder / "guides" / f"{code}.yaml": path.read_bytes() for code, path in accepted.items()})
    return list(accepted)


def _put_in_place(contents: dict[Path, bytes]) -> None:
    """Writes all files; when one fails, those written before are as they were."""
    before = {path: path.read_bytes() if path.exists() else None for path in contents}
    try:
        for path, content in contents.items():
            _replace(path, content)
    except OSError:
        for path, content_before in before.items():
            if content_before is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content_before:
                path.write_bytes(content_before)
        raise


def _replace(path: Path, content: bytes) -> None:
    scratch = path.with_suffix(".new")
    try:
        scratch.write_bytes(content)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
