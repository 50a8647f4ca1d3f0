"""The hall's file is good, a bad one is refused with its line; fields of templates fit."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wechat.rules import Template, WeChatRules, cut, wechat_rules
from knowledge.loader import KnowledgeError

GOOD = """templates:
  appointment:
    template_id: template-of-appointments
    page: /m/appointments
    data:
      thing1: 预约提醒
      thing4: "{first_line}"
answer_within: 3.8
"""


def test_the_halls_own_file_loads(settings: Settings) -> None:
    assert isinstance(wechat_rules(settings.rules), WeChatRules)


def test_a_template_is_read(tmp_path: Path) -> None:
    (tmp_path / "wechat.yaml").write_text(GOOD, encoding="utf-8")
    template = wechat_rules(tmp_path).templates["appointment"]
    assert (template.template_id, template.page) == ("template-of-appointments", "/m/appointments")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("template-of-appointments", "short", 3, "template_id"),
        ("/m/appointments", "https://elsewhere.example", 4, "page"),
        ("thing1: 预约提醒", "thing1: " + "字" * 21, 5, "最多 20 个字"),
        ("{first_line}", "{name}", 5, "{name}"),
        ("thing1: 预约提醒", "'thing 1': 预约提醒", 6, "thing 1"),
        ("data:", "date:", 5, "date"),
        ("templates:", "template:", 1, "template"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    (tmp_path / "wechat.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        wechat_rules(tmp_path)
    assert any(problem.line == line and reason in problem.reason for problem in caught.value.problems), str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [("您好", 2, "您好"), ("您好啊", 2, "您…"), ("一行\n两行\t三", 20, "一行 两行 三"), ("", 5, "")],
)
def test_a_field_is_one_line_and_cut(text: str, limit: int, line: str) -> None:
    assert cut(text, limit) == line


def test_fields_are_filled_and_cut_by_their_names() -> None:
    template = Template(
        template_id="template-of-appointments",
        data={
            "thing1": "{text}",
            "thing2": "{first_line}",
            "phrase3": "{text}",
            "keyword4": "预约：{text}",
            "thing5": "固定",
        },
    )
    text = "\n 第一行 \n" + "字" * 300
    filled = template.filled(text)
    assert filled["thing1"] == "第一行 " + "字" * 15 + "…" and len(filled["thing1"]) == 20
    assert (filled["thing2"], filled["thing5"]) == ("第一行", "固定")
    assert (len(filled["phrase3"]), len(filled["keyword4"])) == (5, 200)


def test_braces_in_a_message_are_only_text() -> None:
    template = Template(template_id="template-of-appointments", data={"thing1": "{text}"})
    assert template.filled("{first_line}") == {"thing1": "{first_line}"}
    assert template.filled("\\1 \n") == {"thing1": "\\1"}
    assert template.filled("") == {"thing1": ""}


WHOLE = """answer_within: 3
welcome:
  - {title: 预约办事时间, says: 我要预约}
menu:
  - title: 我要办事
    entries:
      - {title: 预约, says: 我要预约}
      - {title: 我的预约, page: /m/appointments}
centres:
  - name: 问办示范市政务服务中心
    address: 中心大道100号
    telephone: 0000-12345678
    latitude: 30.0
    longitude: 114.0
"""
ENTRY = "      - {title: 预约, says: 我要预约}"
WELCOME = "  - {title: 预约办事时间, says: 我要预约}"
COLUMN = "  - title: 我要办事\n    entries:\n" + ENTRY
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def written(folder: Path, text: str) -> Path:
    (folder / "wechat.yaml").write_text(text, encoding="utf-8")
    return folder


def test_menu_welcome_and_centres_are_read(tmp_path: Path) -> None:
    rules = wechat_rules(written(tmp_path, WHOLE))
    assert [(one.title, one.says) for one in rules.welcome] == [("预约办事时间", "我要预约")]
    (column,) = rules.menu
    assert [(e.title, e.says, e.page) for e in column.entries] == [
        ("预约", "我要预约", None), ("我的预约", None, "/m/appointments"),
    ]  # fmt: skip
    assert (rules.centres[0].name, rules.centres[0].longitude) == ("问办示范市政务服务中心", 114.0)
    assert rules.answer_within == 3


def test_all_of_them_may_be_left_out(tmp_path: Path) -> None:
    rules = wechat_rules(written(tmp_path, "answer_within: 3.8\n"))
    assert (rules.welcome, rules.menu, rules.centres, rules.templates) == ((), (), (), {})


def test_the_halls_own_file_says_something_in_each(settings: Settings) -> None:
    rules = wechat_rules(settings.rules)
    assert rules.welcome and rules.menu and rules.centres


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("answer_within: 3\n", "answer_within: 5\n", 1, "数值太大"),
        ("answer_within: 3\n", "answer_within: 0.1\n", 1, "数值太小"),
        ("answer_within: 3\n", "answer_within: 很快\n", 1, "这里应当是数字"),
        ("answer_within: 3\n", "", 1, "缺少必填项"),
        ("says: 我要预约}\nmenu", "}\nmenu", 3, "缺少必填项"),
        ("says: 我要预约}\nmenu", "says: ''}\nmenu", 3, "内容为空"),
        (WELCOME, "\n".join([WELCOME] * 6), 2, "列表太长"),
        ("title: 预约,", "title: 预约很多很多很多事,", 7, "最多显示 8 个汉字"),
        ("says: 我要预约}\n      - {title: 我的", "}\n      - {title: 我的", 7, "says 或者 page，并且只填一个"),
        ("page: /m/appointments", "says: 预约, page: /m/cases", 8, "says 或者 page，并且只填一个"),
        ("page: /m/appointments", "page: https://elsewhere.example", 8, "写法不对"),
        ("page: /m/appointments", "url: /m/appointments", 8, "不认识的键"),
        (ENTRY, "\n".join([ENTRY] * 5), 6, "列表太长"),
        ("title: 我要办事", "title: 我要办很多事", 5, "最多显示 4 个汉字"),
        (COLUMN, "\n".join([COLUMN] * 4), 4, "列表太长"),
        ("    entries:", "    entry:", 6, "不认识的键"),
        ("latitude: 30.0", "latitude: 91", 13, "数值太大"),
        ("longitude: 114.0", "longitude: -181", 14, "数值太小"),
        ("longitude: 114.0", "longitude: 东经114度", 14, "这里应当是数字"),
        ("    address: 中心大道100号\n", "", 10, "缺少必填项"),
        ("telephone: 0000-12345678", "phone: 0000-12345678", 12, "不认识的键"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_line_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in WHOLE
    with pytest.raises(KnowledgeError) as caught:
        wechat_rules(written(tmp_path, WHOLE.replace(old, new, 1)))
    problems = caught.value.problems
    assert any(problem.line == line and reason in problem.reason for problem in problems), str(caught.value)
    assert all(problem.file.name == "wechat.yaml" and CHINESE.search(problem.reason) for problem in problems)
