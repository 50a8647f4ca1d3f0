"""What counts as answered exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.wechat_standin.model import Channel, Delivery, Push
from evaluation.soak import report
from evaluation.soak.citizens import Sent, Try
from evaluation.soak.judge import Verdict, judged
from evaluation.soak.plan import Act, Repeat
from evaluation.soak.run import Soaked
from evaluation.soak.server import stamp

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
WAIT, SORRY = "请稍候", "很抱歉"
A, B = "m:1", "m:2"


def sent(key: str, openid: str, *tries: Try, repeat: Try | None = None) -> Sent:
    push = Push(1, key.removeprefix("m:"), openid, {}, AT)
    act = Act(0, "您好", Repeat.AFTER if repeat else Repeat.NONE)
    return Sent(act, push, key, 0.0, list(tries or [Try(0.1, f"{stamp(key)}好")]), repeat)


def shown(openid: str, text: str, push: str | None = None, channel: Channel | None = None) -> Delivery:
    way = channel or (Channel.PASSIVE if push else Channel.CUSTOM)
    return Delivery(1, openid, way, "text", {"content": text}, AT + timedelta(seconds=2), push)


def verdict(messages: Sequence[Sent], *seen: Delivery, taken: Sequence[str] = (A, B)) -> Verdict:
    return judged(messages, seen, set(taken), WAIT, SORRY)


def test_a_passive_reply_is_an_answer() -> None:
    found = verdict([sent(A, "o1")], shown("o1", f"{stamp(A)}好", "1"))
    assert (found.once, found.passively, found.unanswered, found.doubled, found.faults) == (1, 1, 0, 0, [])
    assert found.until_answered_seconds["p50"] == 2.0


def test_an_acknowledgement_and_its_answer_are_one_and_alone_it_is_none() -> None:
    late = sent(A, "o1", Try(3.6, WAIT))
    both = verdict([late], shown("o1", WAIT, "1"), shown("o1", f"{stamp(A)}好"))
    assert (both.once, both.acknowledged, both.doubled, both.unanswered) == (1, 1, 0, 0)
    alone = verdict([late], shown("o1", WAIT, "1"))
    assert (alone.once, alone.unanswered, alone.lost) == (0, 1, 0)


def test_passive_and_by_customer_service_is_doubled() -> None:
    found = verdict([sent(A, "o1")], shown("o1", f"{stamp(A)}好", "1"), shown("o1", f"{stamp(A)}好"))
    assert (found.once, found.doubled) == (0, 1)
    assert found.faults


def test_a_part_without_a_stamp_that_comes_twice_is_doubled() -> None:
    seen = [shown("o1", f"{stamp(A)}好", "1"), shown("o1", "其余"), shown("o1", "其余"), shown("o2", "其余")]
    assert verdict([sent(A, "o1")], *seen).doubled_parts == 1


def test_what_somebody_else_sees_is_no_answer() -> None:
    found = verdict([sent(A, "o1"), sent(B, "o2")], shown("o2", f"{stamp(A)}好"), shown("o2", f"{stamp(B)}好", "2"))
    assert (found.wrong_recipient, found.unanswered, found.once) == (1, 1, 1)


def test_the_answer_to_another_message_is_wrong() -> None:
    found = verdict([sent(A, "o1"), sent(B, "o1")], shown("o1", f"{stamp(A)}好", "2"))
    assert (found.wrong_recipient, found.unanswered) == (1, 2)


def test_what_no_app_took_is_lost() -> None:
    refused = sent(A, "o1", *[Try(0.0, None, connected=False)] * 3)
    found = verdict([refused], shown("o1", "故障", "1", Channel.SYSTEM), taken=())
    assert (found.unanswered, found.lost, found.nobody_listened, found.notices) == (1, 1, 1, 1)


@pytest.mark.parametrize(("words", "alike", "failed"), [(f"{stamp(A)}好", 1, 0), (f"{stamp(A)}坏", 0, 0), (None, 0, 1)])
def test_a_repeat_must_be_answered_alike(words: str | None, alike: int, failed: int) -> None:
    found = verdict([sent(A, "o1", repeat=Try(0.1, words))], shown("o1", f"{stamp(A)}好", "1"))
    assert (found.repeats, found.repeats_alike, found.repeats_failed) == (1, alike, failed)


def test_times_are_those_of_the_push_that_got_the_reply() -> None:
    found = verdict([sent(A, "o1", Try(5.0, None), Try(1.5, f"{stamp(A)}好"))], shown("o1", f"{stamp(A)}好", "1"))
    assert (found.passive_seconds["p99"], found.waited_seconds["p99"], found.pushed_again) == (1.5, 6.5, 1)


GOOD = Soaked(
    verdict([sent(A, "o1")], shown("o1", f"{stamp(A)}好", "1")), [], [], [], 1.0, 1.0, 1,
    {"complaints_doubled": 0, "bookings_doubled": 0, "outbox_dead": 0},
)  # fmt: skip


def test_nothing_is_missed_where_all_is_right() -> None:
    assert report.missed(GOOD) == []


@pytest.mark.parametrize("change", [{name: 1} for name in report.NONE_OF] + [{"once": 0}, {"repeats": 1}])
def test_every_fault_is_told(change: dict[str, Any]) -> None:
    assert report.missed(replace(GOOD, verdict=replace(GOOD.verdict, **change)))


@pytest.mark.parametrize("p99", [None, 3.8, 4.2])
def test_slow_replies_are_told(p99: float | None) -> None:
    slow = replace(GOOD.verdict, passive_seconds={"p99": p99})
    assert "p99" in report.missed(replace(GOOD, verdict=slow))[0]
