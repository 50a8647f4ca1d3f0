"""What citizens' words tell of a case."""

import pytest

from bot.cases import words
from tests.unit.bot.cases.helpers import HALL


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉", "你好，我想投诉", "我要投诉3号窗口", "投诉一下你们的工作人员", "我要匿名投诉", "我有事情要反映",
        "办不成事窗口在哪", "我要投诉身份证窗口，我叫王小美，电话13800001111", "昨天上午我要投诉", "",
    ],
)  # fmt: skip
def test_a_bare_wish_to_complain_tells_nothing(text: str) -> None:
    assert not words.tells_what_happened(text)


@pytest.mark.parametrize(
    "text",
    [
        "三号窗口的人态度太差，一直玩手机不理人", "收了我材料半个月没动静，太不像话了",
        "我要投诉，昨天在户籍窗口让我多交了两份证明", "跑了三趟都没办成，谁能管管", "两个部门互相推，办不下来",
    ],
)  # fmt: skip
def test_a_story_tells_what_happened(text: str) -> None:
    assert words.tells_what_happened(text)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("昨天下午3点我去办事", "昨天下午3点"), ("今天上午在窗口", "今天上午"), ("11月20号去的", "11月20号"),
        ("上周五排队的时候", "上周五"), ("刚才那个人", "刚才"), ("三个月前交的材料", "三个月前"),
        ("我15:30到的", "15:30"), ("下午两点半左右", "下午两点半左右"), ("2026年11月3日", "2026年11月3日"),
        ("3号窗口的人态度差", None), ("跑了三趟，一点消息都没有", None), ("电话13800001111号", None),
        ("跑了三趟，昨天才说", "昨天"),
    ],
)  # fmt: skip
def test_a_time_is_found_in_a_story(text: str, when: str | None) -> None:
    assert words.when_in(text) == when


@pytest.mark.parametrize(
    ("text", "window", "department", "said"),
    [
        ("A03的人不理我", "A03", "GA", "A03出入境窗口"), ("a1窗口", "A01", "GA", "A01身份证窗口"),
        ("在户籍窗口排队", "A02", "GA", "A02户籍窗口"), ("3号窗口", None, None, "3号窗口"),
        ("公安局三号窗口", "A03", "GA", "三号窗口"), ("公安服务区第5号窗口", "A05", "GA", "第5号窗口"),
        ("社保的人推来推去", None, "RS", "人力资源和社会保障局"), ("税务局不给开", None, "SW", "税务局"),
        ("Ａ０２窗口", "A02", "GA", "A02户籍窗口"), ("C05窗口", "C05", None, "C05行业许可综合窗口"),
        ("B组的窗口", None, None, None), ("纳税的事情", None, None, None), ("十二号窗口", None, None, "十二号窗口"),
        ("修改窗口", None, None, None),
    ],
)  # fmt: skip
def test_a_place_is_found_as_far_as_it_is_certain(
    text: str, window: str | None, department: str | None, said: str | None
) -> None:
    found = words.place_in(text, HALL)
    assert found == (None if said is None else {"window": window, "department": department, "text": said})


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("材料交了没人管，希望尽快给我办好。谢谢", "希望尽快给我办好"), ("太慢了，请你们查一下", "请你们查一下"),
        ("窗口要求我提供三份证明", None), ("我要求道歉", "我要求道歉"), ("请问怎么投诉", None), ("请客吃饭", None),
    ],
)  # fmt: skip
def test_a_wish_is_found_and_not_what_the_window_wants(text: str, wish: str | None) -> None:
    assert words.wish_in(text) == wish


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("请帮我保密", True), ("希望身份保密", True), ("别让他们知道是我说的", True), ("不需要保密", False),
        ("不用给我保密", False), ("修改保密", None), ("太慢了", None),
    ],
)  # fmt: skip
def test_the_wish_to_be_kept_secret_is_found(text: str, secret: bool | None) -> None:
    assert words.confidential_in(text) is secret


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("工号A012的工作人员", "工号A012的工作人员"), ("姓李的工作人员不理人", "姓李的工作人员"),
        ("那个戴眼镜的女的态度差", "那个戴眼镜的女的"), ("我姓王，电话", None),
    ],
)  # fmt: skip
def test_a_member_of_staff_is_found(text: str, whom: str | None) -> None:
    assert words.whom_in(text) == whom


@pytest.mark.parametrize(("text", "anonymous"), [("匿名吧", True), ("我不想留姓名", True), ("我叫王小美", False)])
def test_the_wish_to_stay_unknown_is_found(text: str, anonymous: bool) -> None:
    assert words.is_anonymous(text) is anonymous
