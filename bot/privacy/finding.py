"""S24: whether a text that is about to be published holds something personal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

import phonenumbers

_GAPS = re.compile(r"(?<=[0-9])[ \-–—]+(?=[0-9])")
_SPACES = re.compile(r"(?<=[0-9]) +(?=[0-9Xx])")  # not hyphens: two dates in a row are no number
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86)?1[3-9][0-9]{9}(?![0-9])")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{13,}|[0-9]{14,17}[0-9Xx])(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PUBLIC_TYPES = {
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.UAN,
}


class Personal(StrEnum):
    TELEPHONE = "telephone"
    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"


def personal_in(text: str, names: Collection[str] = (), public: Collection[str] = ()) -> Personal | None:
    """The first kind of personal data in a text: a telephone (but for the `public` numbers of the hall, and 400 and
    800 numbers), an identity, bank or case number, an e-mail address, one of `names`; None when there is none."""
    plain = unicodedata.normalize("NFKC", text)
    for number in public:
        plain = plain.replace(unicodedata.normalize("NFKC", number), " ")
    if _telephone(plain):
        return Personal.TELEPHONE
    if _LONG_NUMBER.search(_SPACES.sub("", plain)):
        return Personal.NUMBER
    if _EMAIL.search(plain):
        return Personal.EMAIL
    return Personal.NAME if any(len(name) >= 2 and name in plain for name in names) else None


def _telephone(plain: str) -> bool:
    if _MOBILE.search(_GAPS.sub("", plain)):
        return True
    matches = phonenumbers.PhoneNumberMatcher(plain, "CN")
    return any(phonenumbers.number_type(match.number) not in _PUBLIC_TYPES for match in matches)
