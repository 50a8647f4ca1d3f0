"""What a citizen's own words tell of a case: that something happened, when, at which window, what he wants (S15, S16).
Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.deeds.fields import plain, without_contact
from knowledge.model import Hall

MOST_CHARACTERS = 1000
LEAST_TOLD = 6
"""So many characters beside greeting, wish to complain, place and contact, and a message tells what happened."""

_BARE = re.compile(
    r"您好|你好|麻烦|请问|我想|我要|我们?|想要?|要|帮我|请|给|一下|一个|进行|在哪里?|怎么|可以|能不能|可不可以|有没有人|"
    r"投诉|举报|反映|反应|问题|情况|事情|不满意?|意见|办不成事?|办不了事?|登记|工单|窗口|工作人员|你们|匿名|实名|"
    r"某个?|这个?|那个?|谁|找|个|的|了|吗|呢|啊|吧|呀|[\s,.!?:;、。，！？：；“”\"'~-]"
)
_CHINESE = "零一二三四五六七八九十"
_DAY = (
    r"(?:今天|昨天|前天|大前天|今早|昨晚|刚才|刚刚|方才|上(?:个)?(?:星期|周|礼拜|月)(?:[一二三四五六日天]|末)?|"
    r"(?:这|本)?(?:星期|周|礼拜)[一二三四五六日天]|"
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|(?<!\d)\d{1,2}[日号](?![的窗口柜楼线])|"
    r"(?:\d+|半|[一二两三四五六七八九十]+)(?:个)?(?:天|星期|周|礼拜|月|小时|年)(?:以?前|之前))"
)
_PART = r"(?:凌晨|清晨|一早|早上|上午|中午|下午|傍晚|晚上)"
_HOUR = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_MINUTES = r"(?:半|钟|一刻|三刻|\d{1,2}分?)"
_CLOCK = rf"{_HOUR}(?:点{_MINUTES}?|[:：]\d{{2}})"
# Alone, "一点" is rather "a little".
_SURE_CLOCK = rf"(?:\d{{1,2}}点{_MINUTES}?|{_HOUR}点{_MINUTES}|(?<!\d)\d{{1,2}}[:：]\d{{2}}(?!\d))"
_WHEN = re.compile(rf"(?:{_DAY}的?{_PART}?(?:{_CLOCK})?|{_PART}(?:{_CLOCK})?|{_SURE_CLOCK})(?:左右|的时候)?")
_WHOM = re.compile(
    r"工号(?:是|为)?[:：]?\s*[A-Za-z0-9-]{1,12}(?:号)?的?(?:工作人员|办事员|同志)?|"
    r"姓[一-鿿]的?(?:工作人员|办事员|科员|科长|主任|同志|先生|女士|小姐|老师|男的|女的)|"
    r"(?:一个|一名|一位|那个|那位)?(?:戴眼镜|短头发|长头发|年轻|年纪大|穿[一-鿿]{1,6})的?(?:男|女)(?:的|工作人员|士|同志)"
)
# Not "窗口要求我…", which is what is complained of.
_WISH = re.compile(
    r"(?:希望|诉求是|我们?要求|(?:(?<=[,，。；;！!])|^)要求(?!我)|我想让|想请|"
    r"请(?:你们|贵中心|中心|领导|尽快|给我|帮我|查))[^。！？!?\n]{2,200}"
)
_OPEN_IDENTITY = re.compile(r"(?:不用|不必|不需要|无需|没必要)(?:给我|帮我)?保密|可以公开|不怕(?:他们?|别人)知道")
_KEPT_IDENTITY = re.compile(
    r"(?:要|需要|希望|请|帮我|给我|替我|为我|能|可以)(?:你们|帮我|给我|替我|为我|对我)?(?:的)?(?:身份|信息|姓名)?保密|"
    r"(?:不要|别|不能|不想)(?:告诉|让|透露|泄露|被)"
)
_ANONYMOUS = re.compile(
    r"匿名|不留(?:名|姓名|电话|联系方式)|不(?:想|愿|方便|愿意)(?:透露|留|说|告诉)(?:我的?)?(?:姓名|名字|身份)"
)
_WINDOW_ID = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])-?(\d{1,2})(?!\d)")
_WINDOW_NUMBER = re.compile(rf"(?<![A-Za-z0-9])第?(\d{{1,2}}|[{_CHINESE}]{{1,3}})号?(?:的)?(?:窗口|柜台|窗)")
_PLACE_ALONE = re.compile(r"[一-鿿]{0,6}(?:窗口|柜台|服务区)(?=$|[,.!。，！])")
_CONTACT = re.compile(r"(?:我叫|我姓|姓名|电话|手机号?|联系方式)(?:是|叫|号码)?[:是]?[一-鿿]{0,4}|\+?\d[\d -]{6,}")


def tells_what_happened(text: str) -> bool:
    """Whether there is more in it than the wish to complain, a place and a contact."""
    return len(told_beside(text)) >= LEAST_TOLD


def told_beside(text: str) -> str:
    """What is left of a text without greeting, wish to complain, place, time and contact."""
    left = plain(text)
    for pattern in (_WINDOW_NUMBER, _WINDOW_ID, _PLACE_ALONE, _CONTACT, _WHEN, _BARE):
        left = pattern.sub("", left)
    return left


def when_in(text: str) -> str | None:
    """The first mention of a time, as it was said."""
    found = _WHEN.search(plain(text))
    return found.group() if found else None


def whom_in(text: str) -> str | None:
    """A member of staff whom the text describes: by number, family name, or looks."""
    found = _WHOM.search(plain(text))
    return found.group() if found else None


def wish_in(text: str) -> str | None:
    """What follows "希望", "要求" or "请", up to the end of the sentence, without who wishes it."""
    found = _WISH.search(text)
    return without_contact(found.group()).strip("，,；; ") if found else None


def confidential_in(text: str) -> bool | None:
    """Whether he wants to be kept secret, if he says."""
    if _OPEN_IDENTITY.search(text):
        return False
    return True if _KEPT_IDENTITY.search(text) else None


def is_anonymous(text: str) -> bool:
    """Whether he does not want to say who he is."""
    return _ANONYMOUS.search(text) is not None


def place_in(text: str, hall: Hall) -> dict[str, str | None] | None:
    """Where it was: ids of window and department as far as they are certain, and the words for it."""
    said = plain(text)
    department = department_in(said, hall)
    window, words = _window_in(said, hall, department)
    if window:
        owners = hall.window(window)[1].departments
        if department not in owners:
            department = owners[0] if len(owners) == 1 else None
    if words is None and department is None:
        return None
    return {"window": window, "department": department, "text": words or hall.department(department or "").name}


def department_in(text: str, hall: Hall) -> str | None:
    """The id of the one department that a text names, the longest name before others; short names of one character
    count only before 务, 局 or 窗口."""
    named = [(len(name), d.id) for d in hall.departments for name in (d.name, *d.short_names) if _names(text, name)]
    return max(named)[1] if named else None


def _names(text: str, name: str) -> bool:
    if len(name) > 1:
        return name in text
    return re.search(rf"{re.escape(name)}(?:务|局|窗口)", text) is not None


def _window_in(text: str, hall: Hall, department: str | None) -> tuple[str | None, str | None]:
    """Id, if it is certain, and words of a window."""
    windows = {w.id: w for z in hall.zones for w in z.windows}
    by_id = next((f"{m[1].upper()}{int(m[2]):02d}" for m in _WINDOW_ID.finditer(text)), None)
    if by_id in windows:
        return by_id, f"{by_id}{windows[by_id].name}"
    named = [w for w in windows.values() if w.name in text]
    if named:
        best = max(named, key=lambda w: len(w.name))
        return best.id, f"{best.id}{best.name}"
    number = _WINDOW_NUMBER.search(text)
    if number is None:
        return None, None
    fitting = [w.id for w in windows.values() if int(w.id[1:]) == _value(number[1])]
    sure = list(_certain(hall, fitting, text, department))
    return (sure[0] if len(sure) == 1 else None), number.group()


def _certain(hall: Hall, fitting: list[str], text: str, department: str | None) -> Iterator[str]:
    """Of windows with that number, those of the zone or department that the text names; all if it names none."""
    zones = {z.id for z in hall.zones if z.name in text or re.search(rf"(?<![A-Za-z]){z.id}区", text.upper())}
    for window_id in fitting:
        zone, window = hall.window(window_id)
        if zones and zone.id not in zones:
            continue
        if department and department not in window.departments:
            continue
        yield window_id


def _value(digits: str) -> int:
    """Of 3, 三, 十二."""
    if digits.isdigit():
        return int(digits)
    tens, _, ones = digits.rpartition("十")
    if "十" not in digits:
        return _CHINESE.index(digits[-1])
    return (_CHINESE.index(tens[-1]) if tens else 1) * 10 + (_CHINESE.index(ones[-1]) if ones else 0)
