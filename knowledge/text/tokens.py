"""Jieba tokens for the lexical index, and which of them can name an item at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

import jieba

from knowledge.text.numerals import with_digits

_SPACE = re.compile(r"\s+")
RECENT = 128
"""Texts whose words are kept: each text of a message is asked for several times, and some messages are read at once."""
WORDS = 50_000
"""Words whose parts are kept: there are few that come again and again."""
_WORD = re.compile(r"[0-9a-z一-鿿]")


def normalise(text: str) -> str:
    """NFKC, lower case, white space folded: full-width digits and letters become plain ones."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


class Tokens:
    """A jieba tokenizer of its own (not jieba's global one) with the hall's words.

    `words_file` is a jieba user dictionary; `question_words` are the words which ask, greet or fill, and never name
    an item.
    """

    def __init__(self, words_file: Path, question_words: Iterable[str]) -> None:
        self._words_file = words_file
        self._question_words = frozenset(question_words)

    @cached_property
    def hall_words(self) -> tuple[str, ...]:
        """The hall's words of the dictionary."""
        lines = self._words_file.read_text(encoding="utf-8").splitlines()
        return tuple(line.split()[0] for line in lines if line.strip())

    @cached_property
    def _cutter(self) -> jieba.Tokenizer:
        cutter = jieba.Tokenizer()
        with self._words_file.open(encoding="utf-8") as file:
            cutter.load_userdict(file)
        for word in self._question_words:
            cutter.add_word(word)
        return cutter

    @cached_property
    def _cut(self) -> Callable[[str], tuple[str, ...]]:
        cutter = self._cutter
        return lru_cache(RECENT)(lambda text: tuple(cutter.cut(text, HMM=False)))

    @cached_property
    def _parts_of(self) -> Callable[[str], tuple[str, ...]]:
        """The word, before it the words within it."""
        cutter = self._cutter
        return lru_cache(WORDS)(lambda word: tuple(filter(_WORD.search, cutter.cut_for_search(word, HMM=False))))

    @cached_property
    def _content_of(self) -> Callable[[str], tuple[str, ...]]:
        """Those of a word's parts that do not just ask; none of a word that does."""

        def content(word: str) -> tuple[str, ...]:
            return () if self._asks(word) else tuple(part for part in self._parts_of(word) if not self._asks(part))

        return lru_cache(WORDS)(content)

    def plain(self, text: str) -> list[str]:
        """The consecutive words of the text; joined, they are the text. Unknown words fall into characters."""
        return list(self._cut(text))

    def content(self, text: str) -> list[str]:
        """The words of normalised text that do not just ask, and so may name an item; long ones also in their parts
        (jieba's search mode)."""
        return [t for word in self._cut(with_digits(normalise(text))) for t in self._content_of(word)]

    def pieces(self, text: str) -> list[str]:
        """Every word of normalised text, long ones also in their parts, and every character, for what jieba does not
        know."""
        return [*(part for word in self._cut(text) for part in self._parts_of(word)), *filter(_WORD.match, text)]

    def _asks(self, word: str) -> bool:
        """A question word, or a run of question words that jieba took for one ("那要", "在哪", "怎么办理")."""
        ends = {0}
        for start in range(len(word)):
            if start in ends:
                ends |= {end for end in range(start + 1, len(word) + 1) if word[start:end] in self._question_words}
        return len(word) in ends
