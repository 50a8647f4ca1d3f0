"""Pinyin typed instead of characters: initials ("sfz") and whole syllables ("shenfenzheng") of the hall's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pypinyin import Style, lazy_pinyin

from knowledge.model import Strict, Text

SHORTEST, LONGEST = 3, 7
"""Words, in characters, whose initials are read; two letters mean too many things, unless the data file says which."""

_LATIN = re.compile(r"(?<![0-9a-z])[a-z]{2,}(?![0-9a-z])")
_CHINESE = re.compile(r"[一-鿿]+")


class FixedInitials(Strict):
    """Of initials.yaml: initials that would mean several words, or two letters, with the word that is meant."""

    words: dict[Text, Text]


class Initials:
    """`words` are the hall's words; initials that two of them share are read only if `fixed` says which is meant."""

    def __init__(self, words: Iterable[str], fixed: Mapping[str, str]) -> None:
        self._words: dict[str, str | None] = {}
        for word in sorted(set(words)):
            if SHORTEST <= len(word) <= LONGEST and _CHINESE.fullmatch(word):
                for key in ("".join(lazy_pinyin(word, style=Style.FIRST_LETTER)), "".join(lazy_pinyin(word))):
                    self._words[key] = None if key in self._words else word
        self._words.update(fixed)

    def expand(self, text: str) -> str:
        """The normalised text with every run of Latin letters that is such a word replaced by the word."""
        return _LATIN.sub(lambda run: self._words.get(run[0]) or run[0], text)
