"""What `wenban check` and `wenban import` do with files."""

from __future__ import annotations

import os
from pathlib import Path

from bot.policy import load_policy
from bot.understanding.keywords import load_keywords
from bot.wording.wording import load_wording
from knowledge import base
from knowledge.loader import KnowledgeError, Problem, check_guide, load_hall, load_yaml
from knowledge.model import Guide


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
    """Checks all files against the hall and copies them, or raises KnowledgeError and copies none."""
    hall = load_hall(folder / "hall.yaml")
    problems: list[Problem] = []
    accepted: dict[str, str] = {}
    for path in files:
        try:
            guide = load_yaml(path, Guide)
        except KnowledgeError as error:
            problems += error.problems
            continue
        problems += check_guide(path, guide, hall)
        if guide.code in accepted:
            problems.append(Problem(path, 1, f"code: {guide.code} 在这次导入中重复，请只保留一个文件"))
        accepted[guide.code] = path.read_text(encoding="utf-8")
    if problems:
        raise KnowledgeError(problems)
    for code, text in accepted.items():
        target = folder / "guides" / f"{code}.yaml"
        scratch = target.with_suffix(".new")
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, target)
    return list(accepted)
