"""Everything the hall publishes, loaded and indexed: one immutable snapshot that the app answers from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.encoder.encoder import Encoder
from knowledge.homophones import Homophones
from knowledge.labels import Labels, load_labels
from knowledge.link import Linker, LinkSettings
from knowledge.loader import KnowledgeError, Problem, load_guides, load_hall, load_yaml
from knowledge.model import Guide, Hall
from knowledge.tokens import Tokens, normalise


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
    try:
        hall = load_hall(folder / "hall.yaml")
        guides = load_guides(hall, folder / "guides")
    except KnowledgeError as error:
        problems += error.problems
    try:
        labels = load_labels(folder)
        linking = load_yaml(folder / "linking.yaml", LinkSettings)
    except KnowledgeError as error:
        problems += error.problems
    if problems:
        raise KnowledgeError(problems)
    question_words, asking_words = (_words(folder / f"{name}_words.txt") for name in ("question", "asking"))
    return Published(hall, guides, labels, linking, question_words, asking_words)


def build(published: Published, encoder: Encoder, words_file: Path) -> KnowledgeBase:
    """Indexes what was read; `words_file` is jieba's user dictionary."""
    tokens = Tokens(words_file, published.question_words)
    linker = Linker(published.guides, encoder, tokens, published.linking)
    named = {word for guide in published.guides.values() for name in guide.names for word in tokens.content(name)}
    homophones = Homophones({*named, *published.asking_words}, common=published.question_words)
    return KnowledgeBase(published.hall, published.guides, published.labels, linker, tokens, homophones)


def _words(path: Path) -> tuple[str, ...]:
    """The words of a list with comments (#), any number a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())
