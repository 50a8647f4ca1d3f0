from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.wechat.signatures import is_fresh, is_right, message_signature, signature

NOW = datetime.fromtimestamp(1714037059, UTC)


def test_the_example_of_the_documentation() -> None:
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_a_message_signature_covers_the_body() -> None:
    first = message_signature("AAAAA", "1714037059", "486452656", "abc")
    assert first != message_signature("AAAAA", "1714037059", "486452656", "abd")
    assert len(first) == 40


@pytest.mark.parametrize("told", ["", "abd", "ABC", "abcd", "ä", "\ud800"])
def test_only_the_same_is_right(told: str) -> None:
    assert is_right("abc", "abc") and not is_right(told, "abc")


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_before_and_after(seconds: int, fresh: bool) -> None:
    assert is_fresh("1714037059", NOW + timedelta(seconds=seconds)) is fresh


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "１７１４０３７０５９", "1714037059.0", "9" * 400, " 1714037059"]
)
def test_what_is_no_timestamp_is_not_fresh(timestamp: str) -> None:
    assert not is_fresh(timestamp, NOW)
