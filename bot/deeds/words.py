"""Short answers: yes, no, nothing to tell."""

from __future__ import annotations

import re

_FILLERS = r"[啊呀吧的了呢哦嗯哈滴嘛,，。.!！~、 ]*"
_YES = re.compile(
    rf"{_FILLERS}(是|对|好|行|可以|没错|没问题|没有问题|确认|确定|同意|愿意|要|需要|嗯+|恩+|ok|okay|yes|y|没有要改|不用改|就这样|提交)"
    rf"({_FILLERS}(是|对|好|行|可以|没错|没问题|确认|确定|提交|就这样|谢谢|麻烦您?|您?登记|帮我提交)?)*",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"{_FILLERS}(不是|不对|不好|不行|不可以|不要|不用|不需要|不必|不|否|没有|错了?|有误|no|n){_FILLERS}", re.IGNORECASE
)
_NOTHING = re.compile(
    rf"{_FILLERS}(没有?|无|没了|没什么|没有了|不知道|不清楚|不记得|记不清|忘了|说不清|不方便|不想说|不说|不填|不写|跳过|略过|先不|不用|不需要|不必)"
    rf"[\w]{{0,6}}{_FILLERS}"
)


def is_yes(text: str) -> bool:
    """Whether a text is no more than a yes."""
    return _YES.fullmatch(text.strip()) is not None


def is_no(text: str) -> bool:
    """Whether a text is no more than a no."""
    return _NO.fullmatch(text.strip()) is not None


def is_nothing(text: str) -> bool:
    """Whether a text says that there is nothing to tell: "没有", "不记得了", "跳过"."""
    return len(text) <= 12 and _NOTHING.fullmatch(text.strip()) is not None
