"""Chinese numerals before a unit become digits ("十六岁" → "16岁"), so that both ways of writing are one word."""

from __future__ import annotations

import re

import cn2an

_COUNTED = re.compile(r"[一二两三四五六七八九十百千]+(?=周岁|岁|套|胎|孩|寸|级|年|个月|天|万|人|次|平)")


def with_digits(text: str) -> str:
    """The text with counted Chinese numerals as digits; what is no number stays as it is."""
    return _COUNTED.sub(lambda numeral: _digits(numeral[0]), text)


def _digits(numeral: str) -> str:
    try:
        return str(int(cn2an.cn2an(numeral, "normal")))
    except ValueError:
        return numeral
