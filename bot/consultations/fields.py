"""Checks what a citizen typed into the consultation form. Pure; the error is the key of a sentence in the wording."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

MAX_QUESTION = 500
CHINA_CODE = 86
# After NFKC, so that full-width punctuation is plain; "。" and "、" stay as they are.
_GREETING = re.compile(r"^(您好|你好)[,、。!\s]*")
_INTRODUCTION = re.compile(r"^(请?(叫|喊|称呼)我|我的?(名字|姓名)?(是|叫)|本人|姓名|叫)[:是叫\s]*")
_NAME = re.compile(r"^[一-鿿㐀-䶿·A-Za-z .'-]{1,30}$")
_TRAILING = " 。.,!~"


class FieldError(ValueError):
    """`wording` names the sentence which tells the citizen what to do."""

    def __init__(self, wording: str) -> None:
        super().__init__(wording)
        self.wording = wording


def question(text: str) -> str:
    """The question, 2 to 500 characters."""
    stripped = text.strip()
    if not 2 <= len(stripped) <= MAX_QUESTION:
        raise FieldError("consultation.bad_question")
    return stripped


def name(text: str) -> str:
    """A form of address: letters only, at most 30; "我叫张三" gives "张三"."""
    stripped = _INTRODUCTION.sub("", _GREETING.sub("", _plain(text))).strip(_TRAILING)
    if not _NAME.fullmatch(stripped):
        raise FieldError("consultation.bad_name")
    return stripped


def telephone(text: str) -> str:
    """The first valid Chinese number in the text, in international form such as +8613800001111."""
    for match in phonenumbers.PhoneNumberMatcher(_plain(text), "CN"):
        if match.number.country_code != CHINA_CODE:
            continue
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    raise FieldError("consultation.bad_telephone")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
