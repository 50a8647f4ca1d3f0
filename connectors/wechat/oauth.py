"""Where a citizen's WeChat is sent so that it tells us who he is (网页授权, snsapi_base: it asks him nothing)."""

from __future__ import annotations

from urllib.parse import urlencode


def authorize_url(open_url: str, app_id: str, redirect_uri: str, state: str) -> str:
    """`state`: letters and digits, 128 at most. The order of the parameters and the fragment are the platform's."""
    query = urlencode(
        {
            "appid": app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{open_url.rstrip('/')}/connect/oauth2/authorize?{query}#wechat_redirect"
