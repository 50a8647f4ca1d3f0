"""Encryption at rest, and keys that stand for senders."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from bot.db.vault import Vault

KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize("text", ["13800001111", "张三", "", "问题 😀\n第二行", "x" * 10_000])
def test_what_is_sealed_opens_again_and_is_not_readable(text: str) -> None:
    sealed = Vault(KEY).seal(text)
    assert Vault(KEY).open(sealed) == text
    assert not text or text not in sealed


def test_sealing_twice_does_not_show_that_it_is_the_same() -> None:
    vault = Vault(KEY)
    assert vault.seal("张三") != vault.seal("张三")


def test_what_is_not_kept_opens_as_nothing() -> None:
    vault = Vault(KEY)
    assert vault.open_or_empty(vault.seal("张三")) == "张三"
    assert vault.open_or_empty(None) == vault.open_or_empty("") == ""


def test_what_is_kept_but_broken_does_not_pass_for_nothing() -> None:
    with pytest.raises(InvalidToken):
        Vault(KEY).open_or_empty("not a seal")


def test_json_keeps_its_types() -> None:
    value = {"name": "王女士", "slots": {"a": None, "b": [1, 2.5, True]}}
    assert Vault(KEY).open_json(Vault(KEY).seal_json(value)) == value


def test_another_key_cannot_open() -> None:
    other = Vault(Fernet.generate_key().decode())
    with pytest.raises(InvalidToken):
        other.open(Vault(KEY).seal("张三"))


def test_a_changed_seal_is_refused() -> None:
    sealed = Vault(KEY).seal("张三")
    changed = sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:]
    with pytest.raises(InvalidToken):
        Vault(KEY).open(changed)


@pytest.mark.parametrize("key", ["", "short", "!" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"Fernet key|base64|padding"):
        Vault(key)


def test_a_sender_has_one_key_on_each_channel_and_installation() -> None:
    vault, other = Vault(KEY), Vault(Fernet.generate_key().decode())
    key = vault.sender_key("wechat", "openid-1")
    assert key == Vault(KEY).sender_key("wechat", "openid-1")
    assert len(key) == 64 and set(key) <= set("0123456789abcdef")
    others = {
        vault.sender_key("web", "openid-1"), vault.sender_key("wechat", "openid-2"),
        other.sender_key("wechat", "openid-1"),
    }  # fmt: skip
    assert key not in others and len(others) == 3


def test_channel_and_sender_cannot_run_into_each_other() -> None:
    vault = Vault(KEY)
    assert vault.sender_key("web", "x") != vault.sender_key("we", "bx")
