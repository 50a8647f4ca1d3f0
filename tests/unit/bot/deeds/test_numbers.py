"""Receipt numbers: read out without mistakes, found again as they are given."""

import re
from datetime import UTC, datetime

import pytest

from bot.deeds.numbers import number_in, receipt_number

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # one o'clock on the 21st in China


def test_a_number_has_kind_day_in_china_and_clear_characters() -> None:
    assert re.fullmatch(r"ZX20261121[2-9A-HJ-NP-Z]{6}", receipt_number("ZX", NOW))


def test_numbers_differ() -> None:
    assert len({receipt_number("ZX", NOW) for _ in range(500)}) == 500


@pytest.mark.parametrize(
    "said",
    ["编号ZX20261121ABC234", "zx20261121abc234", "ZX 2026 1121 ABC 234", "ZX-20261121-ABC234，帮我查一下"],
)
def test_a_number_is_found_however_it_is_written(said: str) -> None:
    assert number_in(said) == "ZX20261121ABC234"


@pytest.mark.parametrize(
    "said", ["", "ZX2026112", "ZX20261121ABC2345", "ZX20261121ABCIO1", "13800001111", "AZX20261121ABC234"]
)
def test_what_is_no_number_is_not_found(said: str) -> None:
    assert number_in(said) is None


def test_every_number_that_is_given_is_found() -> None:
    for _ in range(50):
        number = receipt_number("YY", NOW)
        assert number_in(f"我的编号是{number}。") == number
