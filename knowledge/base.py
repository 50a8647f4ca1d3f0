"""Everything the hall publishes, loaded and indexed: one immutable snapshot that the app answers from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from knowledge.encoder.encoder import Encoder
from knowledge.homophones import Homophones
from knowledge.labels import Labels, load_labels
from knowledge.link import Linker, LinkSettings
from knowledge.loader import (
    KnowledgeError,
    Problem,
    clashes,
    load_guides,
    load_hall,
    load_words,
    load_yaml,
)
from knowledge.model import Guide, Hall
from knowledge.tokens import Tokens, normalise

T = TypeVar("T")


@dataclass(frozen=True)
class KnowledgeBase:
    hall: Hall
    guides: Mapping[str, Guide]
    labels: Labels
    linker: Linker
    tokens: Tokens
    homophones: Homophones

    def read_text(self, text: str) -> str:
        """The text as it is understood: normalised, homophone slips mended against names and asking words."""
        return self.homophones.mend(self.tokens.plain(normalise(text)))


@dataclass(frozen=True)
class Published:
    """What lies in the data folder, read and checked, not indexed yet."""

    hall: Hall
    guides: Mapping[str, Guide]
    labels: Labels
    linking: LinkSettings
    question_words: tuple[str, ...]
    asking_words: tuple[str, ...]


def read(folder: Path) -> Published:
    """Reads and checks the whole folder; raises KnowledgeError with every problem found."""
    problems: list[Problem] = []

    def attempt(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except KnowledgeError as error:
            problems.extend(error.problems)
            return None

    hall = attempt(lambda: load_hall(folder / "hall.yaml"))
    guides = attempt(lambda: load_guides(hall, folder / "guides"))
    labels = attempt(lambda: load_labels(folder))
    linking = attempt(lambda: load_yaml(folder / "linking.yaml", LinkSettings))
    question_words = attempt(lambda: load_words(folder / "question_words.txt"))
    asking_words = attempt(lambda: load_words(folder / "asking_words.txt"))
    problems += clashes(guides or {}, folder / "guides")
    if problems or not (hall and guides and labels and linking and question_words and asking_words):
        raise KnowledgeError(problems)
    return Published(hall, guides, labels, linking, question_words, asking_words)


def build(published: Published, encoder: Encoder, words_file: Path) -> KnowledgeBase:
    """Indexes what was read; `words_file` is jieba's user dictionary."""
    tokens = Tokens(words_file, published.question_words)
    linker = Linker(published.guides, encoder, tokens, published.linking)
    named = {word for guide in published.guides.values() for name in guide.names for word in tokens.content(name)}
    homophones = Homophones({*named, *published.asking_words}, common=published.question_words)
    return KnowledgeBase(published.hall, published.guides, published.labels, linker, tokens, homophones)
