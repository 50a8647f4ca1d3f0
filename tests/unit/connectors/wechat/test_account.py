from __future__ import annotations

import pytest

from connectors.wechat.account import Account, BadAccount, Mode
from tests.unit.connectors.wechat.platform_side import AES_KEY, account


def test_secrets_are_not_shown() -> None:
    shown = repr(Account("wx1", "geheim", "tok-tok", AES_KEY))
    assert "geheim" not in shown and "tok-tok" not in shown and AES_KEY not in shown


def test_the_key_has_32_bytes() -> None:
    assert len(account().key) == 32


@pytest.mark.parametrize(
    ("app_id", "token", "key", "mode"),
    [
        ("", "token", AES_KEY, Mode.ENCRYPTED),
        ("wx1", "", AES_KEY, Mode.ENCRYPTED),
        ("wx1", "token", None, Mode.ENCRYPTED),
        ("wx1", "token", None, Mode.COMPATIBLE),
        ("wx1", "token", AES_KEY[:-1], Mode.ENCRYPTED),
        ("wx1", "token", AES_KEY[:-1] + "!", Mode.PLAIN),
    ],
)
def test_what_cannot_work_is_refused(app_id: str, token: str, key: str | None, mode: Mode) -> None:
    with pytest.raises(BadAccount) as refused:
        Account(app_id, "secret", token, key, mode)
    assert key is None or key not in str(refused.value)


def test_plain_mode_needs_no_key_and_has_none() -> None:
    with pytest.raises(BadAccount):
        _ = account(Mode.PLAIN).key
