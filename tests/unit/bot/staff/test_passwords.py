"""Which passwords are good enough, and what their hashes are worth."""

import time
from threading import BoundedSemaphore

import pytest
from argon2 import PasswordHasher

from bot.errors import Refused
from bot.staff import passwords
from tests.unit.bot.staff.helpers import NEW_PASSWORD, PASSWORD, RULES, hash_of_password


@pytest.mark.parametrize("password", [PASSWORD, "twelve chars", "汉" * 12, "x" * 256, "correct horse battery"])
def test_a_long_password_is_good(password: str) -> None:
    passwords.check(RULES, "wang", password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 257,
        "Wang.XiaoMing",
        "ｗａｎｇ．ｘｉａｏｍｉｎｇ",
        "123456789012",
        "PassWord1234",
        "Administrator",
    ],
)
def test_a_weak_one_is_refused(password: str) -> None:
    with pytest.raises(Refused) as caught:
        passwords.check(RULES, "wang.xiaoming", password)
    assert (caught.value.wording, caught.value.status) == ("staff.weak_password", 422)
    assert caught.value.values == {"least": 12}


def test_every_common_one_would_be_long_enough() -> None:
    assert [word for word in RULES.common_passwords if len(word) < RULES.password_min_characters] == []


def test_a_hash_is_of_one_password_only_and_salted() -> None:
    assert hash_of_password().startswith("$argon2id$")
    assert passwords.matches(hash_of_password(), PASSWORD)
    assert not passwords.matches(hash_of_password(), NEW_PASSWORD)
    assert passwords.hashed(PASSWORD) != hash_of_password()


def test_how_a_keyboard_composes_characters_does_not_matter() -> None:
    assert passwords.matches(passwords.hashed("café-café-café"), "cafe\u0301-cafe\u0301-cafe\u0301")


@pytest.mark.parametrize("broken", ["", "no hash", "$argon2id$v=19$broken"])
def test_a_broken_hash_matches_nothing(broken: str) -> None:
    assert not passwords.matches(broken, PASSWORD)


def test_without_a_hash_nothing_matches_and_it_takes_as_long() -> None:
    passwords.matches(None, PASSWORD)  # makes the decoy

    def least(password_hash: str | None) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            assert not passwords.matches(password_hash, "wrong password")
            times.append(time.perf_counter() - began)
        return min(times)

    assert least(None) > least(hash_of_password()) * 0.5


def test_a_hash_of_other_parameters_is_renewed() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    fresh = passwords.renewed(old, PASSWORD)
    assert fresh != old and passwords.matches(fresh, PASSWORD)
    assert passwords.renewed(fresh, PASSWORD) == fresh


def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_AT_ONCE", BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.01)
    with passwords._slot(), pytest.raises(Refused) as caught:
        passwords.matches(hash_of_password(), PASSWORD)
    assert caught.value.status == 503
    assert passwords.matches(hash_of_password(), PASSWORD)
