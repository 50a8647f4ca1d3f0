"""What the citizens of a soak will do: questions, digits, taps on the menu and deeds, drawn by chance from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evaluation.soak.server import SLOW

ACTS_EACH = 10
"""Lines of every script."""
WAVE = 20
"""So many citizens are there at once; then come others. So a deed is done in ACTS_EACH * WAVE messages."""
QUESTIONS = ("{}需要什么材料", "{}怎么办理", "{}要多少钱", "{}多久能办好", "{}在哪里办")
CHOICES = ("身份证", "1", "社保卡", "2", "says:大厅几点上班", "营业执照", "１", "says:想开饭店", "第二个", "公积金")
COMPLAINT = (
    "says:我要投诉", "在{window}窗口等了{minutes}分钟没有人理我", "第一个", "上周三下午", "不知道", "没有",
    "不需要保密", "王女士", "{telephone}", "确认",
)  # fmt: skip
BOOKING = (
    "says:我要预约", "居民身份证遗失补领", "1", "王女士", "{telephone}", "确认", "我的预约", "大厅几点上班",
    "要带什么", "谢谢",
)  # fmt: skip
SAYS = "says:"


class Repeat(StrEnum):
    """When WeChat pushes a message once more: while it is being answered, or when it was."""

    NONE = "none"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class Act:
    """A text, or (`says:…`) a tap on the menu, of one citizen."""

    citizen: int
    text: str
    repeat: Repeat = Repeat.NONE

    @property
    def is_tap(self) -> bool:
        return self.text.startswith(SAYS)

    @property
    def is_slow(self) -> bool:
        return self.text.endswith(SLOW)


@dataclass(frozen=True)
class Wish:
    """What is ordered: how many messages, how many a second, and the shares of repeats and of slow answers."""

    messages: int = 2000
    rate: float = 20.0
    repeats: float = 0.1
    slow: float = 0.02
    app_kills: int = 2
    rasa_kills: int = 1
    seed: int = 20261122


def acts(wish: Wish, names: Sequence[str]) -> list[Act]:
    """The acts in the order in which they are wished; each citizen's own stay in order. `names`: the items."""
    chance = random.Random(wish.seed)  # noqa: S311  to be drawn again alike
    citizens = -(-wish.messages // ACTS_EACH)
    scripts = [_script(n, chance, names) for n in range(citizens)]
    waves = (range(first, min(first + WAVE, citizens)) for first in range(0, citizens, WAVE))
    turns = [Act(n, scripts[n][turn]) for wave in waves for turn in range(ACTS_EACH) for n in wave][: wish.messages]
    questions = [i for i, act in enumerate(turns) if act.citizen % 10 < _ASKERS]
    for i in chance.sample(questions, round(wish.messages * wish.slow)):
        turns[i] = replace(turns[i], text=turns[i].text + SLOW)
    for i in chance.sample(range(len(turns)), round(wish.messages * wish.repeats)):
        turns[i] = replace(turns[i], repeat=chance.choice((Repeat.DURING, Repeat.AFTER)))
    return turns


_ASKERS = 6
"""Of ten citizens so many ask; two choose by digits, one complains, one books."""


def _script(number: int, chance: random.Random, names: Sequence[str]) -> tuple[str, ...]:
    """No citizen asks the same twice, so that two equal answers are never both right."""
    kind = number % 10
    if kind < _ASKERS:
        items = chance.sample(names, ACTS_EACH)
        return tuple(chance.choice(QUESTIONS).format(name) for name in items)
    if kind < _ASKERS + 2:
        return CHOICES
    blanks = {
        "telephone": f"1380000{number:04}",
        "window": f"A{chance.randint(1, 9):02}",
        "minutes": str(chance.randint(20, 90)),
    }
    script = COMPLAINT if kind == _ASKERS + 2 else BOOKING
    return tuple(line.format(**blanks) for line in script)


def moments(wish: Wish) -> Iterator[tuple[int, str]]:
    """After how many messages what is killed, in order: each kill somewhere in a stretch of its own, so that what was
    killed is back before the next."""
    chance = random.Random(f"kills {wish.seed}")  # noqa: S311
    kills = ["app"] * wish.app_kills + ["rasa"] * wish.rasa_kills
    chance.shuffle(kills)
    stretch = wish.messages / (len(kills) or 1)
    for n, what in enumerate(kills):
        yield int(stretch * (n + chance.uniform(0.15, 0.6))), what
