"""The settings with which the assistant talks to a stand-in instead of WeChat (docs/settings.md)."""

from __future__ import annotations

from connectors.wechat_standin.model import StandInAccount


def environment(account: StandInAccount, url: str) -> dict[str, str]:
    """Environment variables; `url` is the stand-in's address. WENBAN_BASE_URL is left to the caller."""
    return {
        "WENBAN_WECHAT_APP_ID": account.app_id,
        "WENBAN_WECHAT_APP_SECRET": account.secret,
        "WENBAN_WECHAT_TOKEN": account.token,
        "WENBAN_WECHAT_AES_KEY": account.aes_key,
        "WENBAN_WECHAT_MODE": account.mode.value,
        "WENBAN_WECHAT_API_URL": url,
        "WENBAN_WECHAT_OPEN_URL": url,
    }
