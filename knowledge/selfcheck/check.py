"""Runs every rule over what is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from knowledge.base import Published
from knowledge.loader import DATA, load_yaml
from knowledge.model import Strict, Text
from knowledge.selfcheck import rules, wordings
from knowledge.selfcheck.findings import Finding, Severity
from knowledge.text.tokens import Tokens

RULES: tuple[Callable[[Published, date], Iterator[Finding]], ...] = (
    rules.missing_disclosures,
    rules.dates,
    rules.contradictions,
    rules.references,
    rules.owners,
)


class Words(Strict):
    """Of unclear_words.yaml: what citizens would not understand and what must not be said, each with what to write."""

    unclear: dict[Text, Text]
    forbidden: dict[Text, Text]


def load_unclear_words(folder: Path = DATA) -> Words:
    """The list; raises KnowledgeError."""
    return load_yaml(folder / "unclear_words.yaml", Words)


def findings(published: Published, words: Words, words_file: Path, today: date) -> list[Finding]:
    """Everything to mend, errors first."""
    tokens = Tokens(words_file, published.question_words)
    found: list[Finding] = []
    for rule in RULES:
        found += rule(published, today)
    found += wordings.colliding_names(published, tokens.content)
    found += wordings.unclear_wording(published, words.unclear, words.forbidden)
    return sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.kind, f.id, f.field))
