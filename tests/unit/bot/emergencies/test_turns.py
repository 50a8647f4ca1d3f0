"""The handler's steps: guidance at once, also inside a form, and when staff cannot be alarmed."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, text

from bot.conversations.model import Conversation
from bot.db.database import Database
from bot.db.vault import Vault
from bot.emergencies import turns
from bot.emergencies.model import EmergencyRow
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.handler.turn import Turn
from bot.wording.wording import load_wording
from connectors.contract import TurnStatus
from knowledge.loader import DATA
from tests.unit.helpers import heard, make_turn, running_deed


@pytest.fixture
def watch(tmp_database: Database) -> Watch:
    return Watch(tmp_database, Vault(Fernet.generate_key().decode()), load_wording(), emergency_rules(DATA / "deeds"))


def stored(watch: Watch) -> int:
    with watch.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(EmergencyRow)) or 0


def said(turn: Turn) -> list[str]:
    assert turn.outcome is not None and turn.outcome.status is TurnStatus.EMERGENCY
    return [say.key for say in turn.outcome.say]


async def test_words_alone_end_the_turn(watch: Watch) -> None:
    turn = make_turn("三楼有人晕倒了")
    turn.understanding = None
    turns.by_words(turn, watch)
    assert said(turn) == ["emergency.illness", "emergency.told_place"] and stored(watch) == 1


async def test_a_running_form_is_kept(watch: Watch) -> None:
    deed = running_deed()
    turn = make_turn("着火了", conversation=Conversation(deed=deed))
    turns.by_words(turn, watch)
    assert said(turn) == ["emergency.fire", "emergency.told", "emergency.form_kept"]
    assert turn.after is not None and turn.after.deed == deed


async def test_a_question_goes_on(watch: Watch) -> None:
    turn = make_turn("电梯安装手续")
    turns.by_words(turn, watch)
    await turns.by_intent(turn, watch)
    assert not turn.finished and stored(watch) == 0


async def test_a_weak_cue_needs_the_intent(watch: Watch) -> None:
    turn = make_turn("我有点不舒服", heard("report_emergency", 0.7))
    turns.by_words(turn, watch)
    assert not turn.finished
    await turns.by_intent(turn, watch)
    assert said(turn)[0] == "emergency.illness"


async def test_the_place_told_next_is_taken(watch: Watch) -> None:
    turns.by_words(make_turn("有人晕倒了"), watch)
    question, answer = make_turn("二楼有什么"), make_turn("在二楼C区")
    question.text, answer.text = question.message.text, answer.message.text
    turns.by_words(question, watch)
    turns.by_words(answer, watch)
    assert not question.finished and said(answer) == ["emergency.told_place"]
    with watch.database.transaction() as session:
        assert session.scalars(select(EmergencyRow)).one().place == "二楼C区"


async def test_a_place_without_an_emergency_is_no_emergency(watch: Watch) -> None:
    turn = make_turn("二楼C区")
    turns.by_words(turn, watch)
    late = make_turn("二楼C区")
    turns.by_words(make_turn("有人晕倒了"), watch)
    late.started_at += timedelta(minutes=3)
    turns.by_words(late, watch)
    assert not turn.finished and not late.finished


async def test_a_complaint_may_tell_of_a_quarrel(watch: Watch) -> None:
    free = Conversation(deed=running_deed("consultation_question", free=True))
    told = make_turn("窗口的人和我吵起来还动手打人", heard("report_emergency", 0.99), conversation=free)
    now = make_turn("快来人，有人动手打人", conversation=free)
    for turn in (told, now):
        turns.by_words(turn, watch)
    await turns.by_intent(told, watch)
    assert not told.finished and said(now)[0] == "emergency.disorder"


async def test_a_name_alone_is_no_emergency(watch: Watch) -> None:
    waiting = Conversation(deed=running_deed("rating_name"))
    name = make_turn("呼延灼灼", heard("report_emergency", 0.99), conversation=waiting)
    cue = make_turn("我有点不舒服", heard("report_emergency", 0.99), conversation=waiting)
    for turn in (name, cue):
        await turns.by_intent(turn, watch)
    assert not name.finished and said(cue)[0] == "emergency.illness"


async def test_guidance_is_given_even_if_nothing_can_be_stored(watch: Watch) -> None:
    with watch.database.transaction() as session:
        session.execute(text("drop table alarms"))
    turn = make_turn("着火了")
    turns.by_words(turn, watch)
    assert said(turn) == ["emergency.fire", "emergency.not_told"] and stored(watch) == 0
