"""Fields that many deeds ask for: a text, a form of address, a telephone. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import phonenumbers

from bot.deeds.form import Context, FieldError
from bot.deeds.words import is_no, is_nothing, is_yes
from bot.privacy.masks import LEFT_OUT

CHINA_CODE = 86
# After NFKC, so that full-width punctuation is plain; "。" and "、" stay as they are.
_GREETING = re.compile(r"^(您好|你好)[,、。!\s]*")
_INTRODUCTION = re.compile(r"^(请?(叫|喊|称呼)我|我的?(名字|姓名)?(是|叫)|本人|姓名|叫)[:是叫\s]*")
_NAME = re.compile(r"^[一-鿿㐀-䶿𠀀-𯨟·A-Za-z .'-]{1,30}$")
_TITLE = "先生|女士|小姐|老师|大爷|大妈|阿姨|师傅"
_TOLD_NAME = re.compile(
    r"(?:(?:我叫|本人叫|(?:姓名|名字|称呼|联系人)(?:应该)?(?:改成|改为|改叫|换成|是|叫|写):?|姓名:?|联系人:?|称呼我)"
    rf"(?!变更|更改|更正|修改)(?P<name>[一-鿿]{{1,4}}?)(?P<title>{_TITLE})?"
    rf"|我[姓是](?P<titled>[一-鿿]{{1,3}}?(?:{_TITLE}))|我姓(?P<family>[一-鿿]{{1,2}}))"
    r"(?=[,，。、;；!！:：\s]|电话|手机|联系|$)"
)
_BEFORE_DIGITS = re.compile(r"(?<=[一-鿿])(?=\+?\d{6})")
_CORRECTS = re.compile("改|换|不对|不是|错")
_CONTACT_NUMBER = re.compile(
    r"(?:我的?)?(?:联系)?(?:电话|手机|方式|号码){0,2}(?:是|[:：])?\s*"
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?!\d)"
)
_IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_LEAST_LEFT = 4
_TRAILING = " 。.,!~"


def plain(text: str) -> str:
    """Full-width letters, digits and punctuation made narrow; no white space around."""
    return unicodedata.normalize("NFKC", text).strip()


def words(least: int, most: int, wording: str) -> Callable[[str, Context], str]:
    """Reads a text of `least` to `most` characters; `wording` names what is said otherwise."""

    def read(text: str, _context: Context) -> str:
        stripped = text.strip()
        if not least <= len(stripped) <= most:
            raise FieldError(wording)
        return stripped

    return read


def optional(read: Callable[[str, Context], Any]) -> Callable[[str, Context], Any]:
    """Leaves the field empty ("") where a citizen says "没有" and the like."""

    def or_nothing(text: str, context: Context) -> Any:
        return "" if is_nothing(text) else read(text, context)

    return or_nothing


def yes_or_no(text: str, _context: Context) -> bool:
    """Whether the citizen agrees."""
    if is_yes(text) or is_no(text):
        return is_yes(text)
    raise FieldError("form.not_yes_or_no")


def name_in(text: str, _context: Context | None = None) -> str | None:
    """A form of address that a longer text tells as such: "我叫张三", "我姓王", "联系人李女士"."""
    found = _TOLD_NAME.search(_BEFORE_DIGITS.sub(" ", plain(text)))
    if found is None:
        return None
    return found["titled"] or found["family"] or f"{found['name']}{found['title'] or ''}"


def name(text: str, _context: Context) -> str:
    """A form of address: letters only, at most 30; "我叫张三" gives "张三". A correction of something else ("改成后天
    上午") is none."""
    stripped = _INTRODUCTION.sub("", _GREETING.sub("", plain(text))).strip(_TRAILING)
    if not _NAME.fullmatch(stripped) or _CORRECTS.search(stripped) or is_nothing(stripped):
        raise FieldError("form.bad_name")
    return stripped


def telephone(text: str, _context: Context) -> str:
    """The first valid Chinese number in the text, in international form such as +8613800001111."""
    found = telephone_in(text)
    if found is None:
        raise FieldError("form.bad_telephone")
    return found


def without_contact(text: str) -> str:
    """The text without names and numbers by which its writer makes himself known; the whole, if hardly anything else
    is in it."""
    left = _TOLD_NAME.sub("", _CONTACT_NUMBER.sub("", text))
    if left == text:
        return text
    left = re.sub(r"[,，、;；\s]*([,，。;；])|^[,，、\s]+", r"\1", left).strip(" ,，、")
    return left if len(left) >= _LEAST_LEFT else text


def hidden_contact(text: str) -> str:
    """The text with two asterisks for every name that is told as one, every telephone and every number of an identity
    card: what may be kept of a message outside a deed."""
    return _TOLD_NAME.sub(LEFT_OUT, _CONTACT_NUMBER.sub(LEFT_OUT, _IDENTITY_NUMBER.sub(LEFT_OUT, text)))


def telephone_in(text: str, _context: Context | None = None) -> str | None:
    """The first valid Chinese number in any text."""
    for match in phonenumbers.PhoneNumberMatcher(plain(text), "CN"):
        if match.number.country_code != CHINA_CODE:
            continue
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def shown_telephone(number: str) -> str:
    """A number as one dials it at home: 13800001111, 02788881234; `number` is in international form."""
    parsed = phonenumbers.parse(number)
    area = "0" if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE else ""
    return f"{area}{parsed.national_number}"


_ORDINAL = re.compile(r"第?([0-9]{1,2}|[一二三四五六七八九十])(?:个|项|条|号)?[。.!]?")
_CHINESE_DIGITS = "一二三四五六七八九十"


def chosen(text: str, titles: Sequence[str]) -> int | None:
    """The index in `titles` of the one that a citizen chose by tapping, number ("2", "第二个") or a part of its words
    that only it has; None when that is not clear."""
    told = plain(text)
    if told in titles:
        return list(titles).index(told)
    numbered = _ORDINAL.fullmatch(told)
    if numbered:
        number = numbered[1]
        index = (int(number) if number.isdigit() else _CHINESE_DIGITS.index(number) + 1) - 1
        return index if 0 <= index < len(titles) else None
    holds = [i for i, title in enumerate(titles) if len(told) >= 2 and (told in title or title in told)]
    return holds[0] if len(holds) == 1 else None
