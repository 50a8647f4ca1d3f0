"""Mends homophone slips of voice input and typing ("公鸡金", "身份正") against the hall's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

SHORTEST, LONGEST = 2, 5

Sound = tuple[str, ...]


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    """Toneless pinyin, with the pairs that southern speakers and keyboards mix up made one."""
    sound: str = lazy_pinyin(character)[0]
    for mixed, one in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        sound = sound.replace(mixed, one)
    return sound[:-1] if sound.endswith(("ang", "eng", "ing")) else sound


def sound_of(word: str) -> Sound:
    """One syllable a character."""
    return tuple(_sound(character) for character in word)


class Homophones:
    """`vocabulary` are the right words; a sound that two of them share mends nothing. `common` are words of every
    sentence (想, 去, 的 …): a run of two characters with one of them is no slip. Nor is a run that stands so in one of
    the `names`."""

    def __init__(self, vocabulary: Iterable[str], common: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._written = {
            name[start : start + length]
            for name in names
            for length in range(SHORTEST, LONGEST + 1)
            for start in range(len(name) - length + 1)
        }
        self._common = {word for word in common if len(word) == 1}
        self._vocabulary = {w for w in vocabulary if SHORTEST <= len(w) <= LONGEST and _is_chinese(w)}
        self._by_sound: dict[Sound, str | None] = {}
        for word in sorted(self._vocabulary):
            sound = sound_of(word)
            self._by_sound[sound] = None if sound in self._by_sound else word

    def mend(self, words: list[str]) -> str:
        """The text of consecutive `words` (a segmentation of it), mended, the longest slips first.

        Of two characters only odd runs are replaced: where a short word of the dictionary stands, the writer meant it.
        """
        taken: list[tuple[int, int, str]] = []
        for start, end, right in sorted(self._slips(words), key=lambda slip: -len(slip[2])):
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
                taken.append((start, end, right))
        mended = list(words)
        for start, end, right in sorted(taken, reverse=True):
            mended[start:end] = [right]
        return "".join(mended)

    def _slips(self, words: list[str]) -> Iterator[tuple[int, int, str]]:
        """Runs words[start:end] that sound like a word of the vocabulary, and that word."""
        for start in range(len(words)):
            run = ""
            for end in range(start + 1, len(words) + 1):
                run += words[end - 1]
                if len(run) > LONGEST or not _is_chinese(run):
                    break
                right = self._by_sound.get(sound_of(run))
                known = run in self._vocabulary or run in self._written
                if right and not known and (len(run) > SHORTEST or self._odd(words[start:end])):
                    yield start, end, right

    def _odd(self, words: list[str]) -> bool:
        """Whether a short run looks out of place: single characters, none of them common."""
        return len(words) > 1 and all(len(word) == 1 and word not in self._common for word in words)


def _is_chinese(text: str) -> bool:
    return all("一" <= character <= "鿿" for character in text)
