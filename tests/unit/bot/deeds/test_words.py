"""Short answers."""

import pytest

from bot.deeds.words import is_no, is_nothing, is_yes

YES = [
    "是",
    "是的",
    "对",
    "对的",
    "好",
    "好的谢谢",
    "可以",
    "没错",
    "没问题",
    "确认",
    "嗯嗯",
    "OK",
    "确认提交",
    "行吧",
    "就这样",
]
NO = ["不", "不是", "不对", "不用了", "不需要", "没有", "错了", "不行", "否"]


@pytest.mark.parametrize("said", YES)
def test_a_yes_is_no_no(said: str) -> None:
    assert is_yes(said) and not is_no(said)


@pytest.mark.parametrize("said", NO)
def test_a_no_is_no_yes(said: str) -> None:
    assert is_no(said) and not is_yes(said)


@pytest.mark.parametrize(
    "said", ["", "是的，电话13800001111", "不对，电话改成13800001111", "好像不对", "可以代办吗", "对不起"]
)
def test_what_tells_more_is_neither(said: str) -> None:
    assert not is_yes(said) and not is_no(said)


@pytest.mark.parametrize(
    "said", ["没有", "没有了", "无", "不知道", "不记得了", "跳过", "先不填", "不方便说", " 没有。"]
)
def test_nothing_to_tell(said: str) -> None:
    assert is_nothing(said)


@pytest.mark.parametrize("said", ["", "3号窗口", "没有人理我，等了两个小时也没有叫号", "昨天上午"])
def test_something_to_tell(said: str) -> None:
    assert not is_nothing(said)
