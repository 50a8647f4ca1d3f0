"""S19: what a citizen's words say of a grade, and of what is wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.deeds import fields
from bot.deeds.fields import plain
from bot.ratings.model import BAD, Grade
from bot.ratings.rules import RatingKind, RatingRules

LEAST_PRAISE, LEAST_BLAME = 2, 4
"""So many characters besides grade and kinds make a message worth keeping: a name is enough for praise."""
_NOT_OF_A_GRADE = re.compile(r"满意(?:度|吗|不满意|与否)|[0-9一二两三四五零]分(?:钟|之|钱|开|队)")
_NEGATED = re.compile(r"(?:不是?|没有?|不算|不够|谈不上|并不)$")
_SEPARATORS = re.compile(r"[,、;\s/和及跟]+")
_CONTACT = re.compile(
    r"(?:我?的?(?:联系)?(?:电话|手机号?|号码)[是:]?\s*)?\+?\d[\d\s-]{5,}\d"
    r"|(?:我叫|我姓|联系人[是:]?|称呼我)[一-鿿]{1,4}?(?:先生|女士|小姐|老师|大爷|大妈|阿姨|师傅)?(?=[,，。;；、\s\d]|电话|手机|$)"
)
_WISH = re.compile(
    r"我(?:想|要|来)|请|帮我|给(?:个|你们|您们|他们|她|他)?|打个?分?|评价|评分|一下|一个|一?次|点个?"
    r"|[A-Z]区?\d*号?|[一二三四五六七八九十]号|窗口|服务|这|那|是|的|了|吧|啊|呢|很|要|\W|\d"
)


def grade_in(text: str, rules: RatingRules) -> Grade | None:
    """The grade that a text tells; None when it tells none, or praise and blame at once. Of several good ones the best
    counts, of several bad ones the worst."""
    found = set(_grades(_NOT_OF_A_GRADE.sub("", plain(text)), rules))
    if not found or None in found:
        return None
    told = [grade for grade in Grade if grade in found]
    bad = [grade for grade in told if grade in BAD]
    if bad:
        return bad[-1] if len(bad) == len(told) else None
    return told[0]


def _grades(told: str, rules: RatingRules) -> Iterator[Grade | None]:
    """What each cue says, the longest first, so that "不满意" is not taken for "满意"; None for "不算太差"."""
    cues = [(cue, grade) for grade, words in rules.grades.items() for cue in (words.label, *words.cues)]
    for cue, grade in sorted(cues, key=lambda pair: -len(pair[0])):
        begin = told.find(cue)
        while begin >= 0:
            denied = _NEGATED.search(told[:begin])
            if denied is None:
                yield grade
            else:
                yield None if grade in BAD else Grade.DISSATISFIED
            told = f"{told[:begin]}|{told[begin + len(cue) :]}"
            begin = told.find(cue)


def kinds_in(text: str, rules: RatingRules) -> list[str] | None:
    """What of a text is wrong; None when it says nothing of that."""
    told = plain(text)
    found = [kind.id for kind in rules.kinds if any(cue in told for cue in (kind.label, *kind.cues))]
    return found or None


def chosen_kinds(text: str, rules: RatingRules) -> list[str] | None:
    """The kinds that were chosen from the list by title, by number ("1、3") or in other words."""
    titles = [kind.label for kind in rules.all_kinds]
    parts = [part for part in _SEPARATORS.split(plain(text).strip("。.!")) if part]
    indexes = [fields.chosen(part, titles) for part in parts]
    ids = [rules.all_kinds[index].id for index in indexes if index is not None]
    if len(ids) < len(parts):
        ids += kinds_in(text, rules) or []
    if not ids and ("其他" in text or "其它" in text):
        ids = [rules.other_kind.id]
    return list(dict.fromkeys(ids)) or None


def words_in(text: str, rules: RatingRules, least: int = LEAST_BLAME) -> str | None:
    """The message without name and telephone, when it says more than grade and kinds."""
    told = _CONTACT.sub("", text).strip(" ,，。;；、")
    content = told
    for label in _labels(rules):
        content = content.replace(label, "")
    tells_kind = kinds_in(content, rules) is not None
    content = _WISH.sub("", content)
    if not tells_kind:
        for cue in sorted((cue for words in rules.grades.values() for cue in words.cues), key=len, reverse=True):
            content = content.replace(cue, "")
    return told if len(content) >= least else None


def kind_labels(kinds: list[str], rules: RatingRules) -> str:
    """Their labels in a row."""
    labels = {kind.id: kind.label for kind in rules.all_kinds}
    return "、".join(labels[kind] for kind in kinds)


def _labels(rules: RatingRules) -> list[str]:
    kinds: tuple[RatingKind, ...] = rules.all_kinds
    labels = [*(words.label for words in rules.grades.values()), *(kind.label for kind in kinds)]
    return sorted(labels, key=len, reverse=True)
