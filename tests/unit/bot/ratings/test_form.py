"""The dialogue of rating, through whole conversations."""

import pytest
from sqlalchemy import select

from bot.ratings.form import RATING
from bot.ratings.model import FollowUpRow, RatingKindRow, RatingRow
from bot.ratings.reading import chosen_kinds, grade_in, words_in
from bot.ratings.rules import rating_rules
from bot.settings import load_settings
from tests.unit.bot.assistance.helpers import TELEPHONE, VAULT, Place

ALL_IN_ONE = "给三号窗口一个差评，态度太差了，我姓王13800001234"


def the_rating(place: Place) -> RatingRow:
    with place.database.transaction() as session:
        return session.scalars(select(RatingRow)).one()


@pytest.mark.parametrize("text", ["五星好评", "非常满意", "给个好评", "我要给A03窗口点赞", "5分"])
def test_praise_alone_is_a_whole_rating(place: Place, text: str) -> None:
    talk = place.talk(RATING)
    talk.say(text)
    assert talk.done and "谢谢您的评价（非常满意）" in place.said(talk)
    row = the_rating(place)
    assert (row.grade, row.named, row.sender_key, row.words) == ("very_satisfied", False, None, None)


def test_praise_keeps_what_it_is_for(place: Place) -> None:
    talk = place.talk(RATING)
    talk.say("身份证窗口的小李特别热情，要表扬")
    row = the_rating(place)
    assert talk.done and (row.window, row.department) == ("A01", "GA")
    assert row.words and VAULT.open(row.words) == "身份证窗口的小李特别热情，要表扬"


def test_an_item_can_be_rated(place: Place) -> None:
    place.talk(RATING, items=("GA-003",)).say("补身份证办得很满意")
    row = the_rating(place)
    assert (row.item, row.department, row.place) == ("GA-003", "GA", None)


def test_all_in_one_is_only_confirmed(place: Place) -> None:
    talk = place.talk(RATING)
    talk.say(ALL_IN_ONE)
    assert talk.requested == "agreed"
    assert all(part in place.said(talk) for part in ("三号窗口", "不满意", "服务态度", "王", "13800001234"))
    talk.say("确认")
    assert talk.done and "回访您" in place.said(talk)
    row = the_rating(place)
    assert (row.grade, row.place, row.window, row.named) == ("dissatisfied", "三号窗口", None, True)
    assert row.telephone and VAULT.open(row.telephone) == TELEPHONE
    assert row.words and VAULT.open(row.words) == "给三号窗口一个差评，态度太差了"
    with place.database.transaction() as session:
        assert session.scalars(select(RatingKindRow.kind)).all() == ["attitude"]
        assert session.scalars(select(FollowUpRow)).one().must is True


def test_a_bad_rating_step_by_step(place: Place) -> None:
    talk = place.talk(RATING)
    asked = []
    for answer in ("我要评价", "非常不满意", "1、3", "等了两个小时没人理", "留下称呼和电话", "王女士", "13800001234"):
        talk.say(answer)
        asked.append(talk.requested)
    assert asked == ["grade", "kinds", "words", "named", "name", "telephone", "agreed"]
    talk.say("好的")
    assert talk.done and the_rating(place).grade == "very_dissatisfied"


def test_anonymous_and_without_words(place: Place) -> None:
    talk = place.talk(RATING)
    for answer in ("差评", "其他", "没有要补充的", "匿名评价", "确认"):
        talk.say(answer)
    row = the_rating(place)
    assert talk.done and "匿名" in place.said(talk)
    assert (row.named, row.name, row.telephone, row.sender_key, row.words) == (False, None, None, None, None)


def test_a_correction_at_the_confirmation(place: Place) -> None:
    talk = place.talk(RATING)
    talk.say(ALL_IN_ONE)
    talk.say("不对，电话是13800005678")
    assert talk.requested == "agreed" and "13800005678" in place.said(talk)
    talk.say("改成匿名")
    assert talk.requested == "agreed" and "匿名" in place.said(talk) and "1380000" not in place.said(talk)
    talk.say("确认")
    assert the_rating(place).telephone is None


def test_nonsense_three_times_offers_a_way_out(place: Place) -> None:
    talk = place.talk(RATING)
    for text in ("我要评价", "啦啦啦", "嗯哼", "5"):
        talk.say(text)
    assert talk.requested == "grade" and talk.keys() == ["rating.bad_grade", "form.way_out"]


def test_submitting_twice_is_one_rating(place: Place) -> None:
    talk = place.talk(RATING)
    talk.say(ALL_IN_ONE)
    talk.say("确认")
    assert RATING.submit(talk.context) == talk.done
    assert the_rating(place).named


RULES = rating_rules(load_settings().knowledge / "deeds")


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("不是很好", "dissatisfied"), ("一点也不满意", "dissatisfied"), ("不满意", "dissatisfied"),
        ("非常不满意", "very_dissatisfied"), ("打1分", "very_dissatisfied"), ("不错", "satisfied"),
        ("还不错，很满意", "very_satisfied"), ("基本满意", "fairly_satisfied"),
        ("等了五分钟，挺好的", "very_satisfied"),
        ("四星", "satisfied"), ("满意度评价", None), ("我要评价", None), ("态度很好但是效率太差", None),
        ("不算太差", None),
        ("给你们打个分", None),
    ],
)  # fmt: skip
def test_grades_are_read(text: str, grade: str | None) -> None:
    assert grade_in(text, RULES) == grade


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("1、3", ["attitude", "efficiency"]), ("服务态度，办事效率", ["attitude", "efficiency"]), ("其他", ["other"]),
        ("第二个", ["quality"]), ("厕所太脏", ["environment"]), ("都不是", None), ("9", None),
    ],
)  # fmt: skip
def test_kinds_are_chosen(text: str, kinds: list[str] | None) -> None:
    assert chosen_kinds(text, RULES) == kinds


@pytest.mark.parametrize("text", ["差评", "服务态度、办事效率", "三号窗口差评", "不满意，我姓王13800001234"])
def test_what_says_no_more_is_not_kept(text: str) -> None:
    assert words_in(text, RULES) is None
