"""What `wenban check` does: first the files, then, if they can be read, what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from bot.assembly import WORDS_FILE
from bot.policy import load_policy
from bot.rules import check_rules
from bot.understanding.keywords import load_keywords
from bot.wording.wording import load_wording
from knowledge import base
from knowledge.exchange.mapping import Mapping
from knowledge.loader import KnowledgeError, Problem, load_yaml
from knowledge.selfcheck.check import findings, load_unclear_words
from knowledge.selfcheck.findings import Finding


def check_all(folder: Path) -> list[Problem]:
    """The problems of knowledge, mapping files, wording, keywords and thresholds."""
    problems: list[Problem] = []
    loads: list[Callable[[], object]] = [partial(base.read, folder), load_wording, load_keywords, load_policy]
    loads.append(partial(load_unclear_words, folder))
    loads.append(lambda: check_rules(folder / "deeds", base.read(folder)))
    loads += [partial(load_yaml, path, Mapping) for path in sorted((folder / "mappings").glob("*.yaml"))]
    for load in loads:
        try:
            load()
        except KnowledgeError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    return problems


def check_content(folder: Path, today: date) -> list[Finding]:
    """What is to be mended in the content of files that can be read, errors first; raises KnowledgeError otherwise."""
    return findings(base.read(folder), load_unclear_words(folder), WORDS_FILE, today)
