"""The soak of `wenban soak wechat` in short: many messages, some repeated, some slow, and the app is killed once.

Without Rasa, which takes longest to start: the app then answers guide questions by its keywords, and deeds with a
request to wait. What is answered here is the same; how often is what counts."""

from __future__ import annotations

from pathlib import Path

from bot.settings import load_settings
from evaluation.soak import report
from evaluation.soak.plan import Wish
from evaluation.soak.run import soak
from evaluation.soak.supervisor import Listening

NO_RASA = {"WENBAN_RASA_URL": "http://127.0.0.1:9"}


def test_each_message_is_answered_exactly_once_though_the_app_is_killed(tmp_path: Path) -> None:
    wish = Wish(messages=150, rate=15, app_kills=1, rasa_kills=0)
    done = soak(load_settings(), wish, Listening(), 3.5, tmp_path, lambda _doing: None, NO_RASA)
    print(done)  # noqa: T201
    late = [line for line in report.missed(done) if line.startswith("p99")]
    assert report.missed(done) == late, (done, "a slow machine may answer late, but not twice or never")
    assert done.verdict.once == done.verdict.messages == done.database["messages"] == 150
    assert len(done.restart_seconds) == 1 and done.verdict.repeats == 15 and done.verdict.acknowledged >= 3
    assert done.token_refreshes == 1
