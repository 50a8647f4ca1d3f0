"""What became of each message, from the stand-in's records, the answers to the pushes and the app's database."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from connectors.wechat_standin.model import Channel, Delivery
from evaluation.load.figures import percentile
from evaluation.soak.citizens import Sent

_STAMP = re.compile(r"〔([me]:[0-9a-f]+)〕")
PERCENTS = (50, 95, 99)


@dataclass
class Verdict:
    """Numbers of messages, but for `late_parts` (parts of long answers) and `notices`. Seconds by percentile."""

    messages: int = 0
    once: int = 0
    passively: int = 0
    acknowledged: int = 0
    doubled: int = 0
    doubled_parts: int = 0
    unanswered: int = 0
    lost: int = 0
    nobody_listened: int = 0
    wrong_recipient: int = 0
    notices: int = 0
    apologies: int = 0
    repeats: int = 0
    repeats_alike: int = 0
    repeats_failed: int = 0
    pushed_again: int = 0
    passive_seconds: dict[str, float | None] = field(default_factory=dict)
    answer_seconds: dict[str, float | None] = field(default_factory=dict)
    waited_seconds: dict[str, float | None] = field(default_factory=dict)
    until_answered_seconds: dict[str, float | None] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Keys of messages that were not answered once, the first few."""


MOST_FAULTS = 20


def judged(sent: Sequence[Sent], seen: Sequence[Delivery], taken: set[str], please_wait: str, apology: str) -> Verdict:
    """`taken`: keys of the messages in the app's database; `please_wait`, `apology`: the app's sentences for these."""
    stamps, wrong = _stamps(sent, seen)
    notices = {d.push for d in seen if d.channel is Channel.SYSTEM}
    verdict = Verdict(messages=len(sent), wrong_recipient=wrong, notices=len(notices))
    for message in sent:
        _count(verdict, message, stamps[message.key], message.key in taken, please_wait)
    verdict.doubled_parts = _doubled_parts(seen)
    verdict.apologies = sum(apology in str(d.content) for d in seen)
    _count_repeats(verdict, sent)
    _time(verdict, sent, stamps, please_wait)
    return verdict


def _stamps(sent: Sequence[Sent], seen: Sequence[Delivery]) -> tuple[dict[str, list[Delivery]], int]:
    """What its sender saw with each message's stamp, and how many things were seen by somebody else or in the place
    of another answer."""
    owners, pushes = {s.key: s.push.openid for s in sent}, {s.push.key: s.key for s in sent}
    found: dict[str, list[Delivery]] = defaultdict(list)
    wrong = 0
    for delivery in seen:
        for key in _STAMP.findall(str(dict(delivery.content))):
            right = owners.get(key) == delivery.openid and delivery.push in {None, *_push_of(pushes, key)}
            wrong += not right
            if right:
                found[key].append(delivery)
    return found, wrong


def _push_of(pushes: dict[str, str], key: str) -> Iterable[str]:
    return [key.removeprefix("m:")] if key.startswith("m:") else [push for push, of in pushes.items() if of == key]


def _count(verdict: Verdict, message: Sent, answers: list[Delivery], taken: bool, please_wait: str) -> None:
    verdict.once += len(answers) == 1
    verdict.passively += any(d.channel is Channel.PASSIVE for d in answers)
    verdict.acknowledged += any(t.words is not None and please_wait in t.words for t in message.tries)
    verdict.doubled += len(answers) > 1
    verdict.unanswered += not answers
    verdict.lost += not answers and not taken
    verdict.nobody_listened += not any(t.connected for t in message.tries)
    verdict.pushed_again += len(message.tries) > 1
    if len(answers) != 1 and len(verdict.faults) < MOST_FAULTS:
        tries = ", ".join(f"{t.seconds:.1f} s {'no answer' if t.words is None else 'answered'}" for t in message.tries)
        verdict.faults.append(f"{message.key} answers={len(answers)} taken={taken} tries=[{tries}]")


def _doubled_parts(seen: Sequence[Delivery]) -> int:
    """Equal customer-service messages to one citizen: each has a stamp, or is a part of an answer that he got once."""
    custom = Counter((d.openid, str(dict(d.content))) for d in seen if d.channel is Channel.CUSTOM)
    return sum(number - 1 for number in custom.values())


def _count_repeats(verdict: Verdict, sent: Sequence[Sent]) -> None:
    for message in sent:
        if message.repeat is None:
            continue
        words = {t.words for t in (*message.tries, message.repeat) if t.words is not None}
        verdict.repeats += 1
        verdict.repeats_alike += len(words) == 1 and message.repeat.words is not None
        verdict.repeats_failed += message.repeat.words is None


def _time(verdict: Verdict, sent: Sequence[Sent], stamps: dict[str, list[Delivery]], please_wait: str) -> None:
    replied = [(s, t) for s in sent for t in s.tries if t.words is not None]
    verdict.passive_seconds = _percentiles(t.seconds for _, t in replied)
    verdict.answer_seconds = _percentiles(t.seconds for _, t in replied if please_wait not in (t.words or ""))
    verdict.waited_seconds = _percentiles(s.waited for s in sent)
    until = ((stamps[s.key][0].at - s.push.at).total_seconds() for s in sent if stamps[s.key])
    verdict.until_answered_seconds = _percentiles(until)


def _percentiles(seconds: Iterable[float]) -> dict[str, float | None]:
    values = list(seconds)
    return {f"p{p}": _rounded(percentile(values, p)) for p in PERCENTS} | {
        "longest": _rounded(max(values, default=None))
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
