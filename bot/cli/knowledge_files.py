"""What `wenban check` does with files."""

from __future__ import annotations

from pathlib import Path

from bot.policy import load_policy
from bot.understanding.keywords import load_keywords
from bot.wording.wording import load_wording
from knowledge import base
from knowledge.loader import KnowledgeError, Problem


def check_all(folder: Path) -> list[Problem]:
    """The problems of knowledge, wording, keywords and thresholds."""
    problems: list[Problem] = []
    for load in (lambda: base.read(folder), load_wording, load_keywords, load_policy):
        try:
            load()
        except KnowledgeError as error:
            problems += error.problems
    return problems
