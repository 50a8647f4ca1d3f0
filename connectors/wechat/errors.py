"""What WeChat's server API answers when it does not do what it is asked: its errcode, sorted by what can be done."""

from __future__ import annotations

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The access token is wrong, not the newest, or expired."""
BUSY = frozenset({-1, 44990, 45009, 45011})
"""Busy; too many calls a second, a day, a minute."""
TOO_MANY = 45047
OUTSIDE_WINDOW = frozenset({45015, TOO_MANY})
"""More than 48 hours since the citizen's last message; too many messages since then."""
UNREACHABLE = frozenset({40003, 43004, 43019, 45002, 46004, 48002})
"""No such openid; not subscribed; on the black list; text too long; no such user; the citizen refuses messages."""
MISCONFIGURED = frozenset({
    40002, 40013, 40036, 40037, 40125, 40164, 40243, 41002, 41004, 43003, 45035, 48001, 48004, 50007, 61004, 89501,
    89503, 89506, 89507,
})  # fmt: skip
"""App id, secret, template id, list of allowed IP addresses, permissions of the account."""
NOT_SUBSCRIBED = 43004


class ApiError(Exception):
    """`code` is WeChat's errcode, or ours where no answer of WeChat came (timeout, unreachable, http_502, no_json,
    too_large, no_token); `path` that of the call, without its query. Neither holds a secret or personal data."""

    def __init__(self, code: int | str, path: str) -> None:
        super().__init__(f"{path}: {code}")
        self.code, self.path = code, path


class TryAgain(ApiError):
    """Busy, rate limited, or not to be reached: the same call may succeed later."""


class TokenRefused(TryAgain):
    """The access token is not good any more: the same call may succeed with a new one."""


class OutsideWindow(ApiError):
    """A customer-service message is not allowed now; a template message may be."""


class Unreachable(ApiError):
    """The citizen cannot be told it."""


class Misconfigured(ApiError):
    """Nothing of the kind will succeed until somebody mends the account or the settings."""


def error_of(code: int, path: str, with_token: bool = True) -> ApiError:
    """The error for an errcode. `with_token` tells that the call carried an access token: without one, 40001 means a
    wrong app secret."""
    if code in STALE_TOKEN:
        return TokenRefused(code, path) if with_token else Misconfigured(code, path)
    for codes, error in (
        (BUSY, TryAgain), (OUTSIDE_WINDOW, OutsideWindow), (UNREACHABLE, Unreachable), (MISCONFIGURED, Misconfigured),
    ):  # fmt: skip
        if code in codes:
            return error(code, path)
    return ApiError(code, path)
