"""WeChat's server API, as far as the assistant uses it. Synchronous: who calls it is in a worker thread.

wechatpy has such a client, which is not used: its token cache races between processes (each would fetch a token, and
so invalidate the others'), and its retry after a refused token calls itself without end while WeChat goes on refusing.
Here a refused token is renewed once, and the call made once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.wechat.account import Account
from connectors.wechat.calls import Answer, Calls
from connectors.wechat.errors import ApiError, TokenRefused
from connectors.wechat.tokens import TokenSource

T = TypeVar("T")

LONGEST_SCENE = 64
LONGEST_QR_LIFE = 2_592_000
"""Seconds; WeChat's limit for a QR code that is not permanent."""
NO_MENU = 46003


@dataclass(frozen=True)
class QrCode:
    """`url` is what the picture of the code says (to draw it ourselves), `ticket` names WeChat's own picture."""

    ticket: str
    url: str


class WeChatClient:
    """Thread-safe. Every method raises ApiError; its subclasses say what can be done."""

    def __init__(self, account: Account, calls: Calls, tokens: TokenSource) -> None:
        self._account, self._calls, self._tokens = account, calls, tokens

    def send_custom(self, openid: str, document: Mapping[str, Any]) -> None:
        """A customer-service message: {"msgtype": …, …} without its receiver. WeChat knows no key for it, so that a
        call whose answer was lost shows it twice when it is made again."""
        self._post("/cgi-bin/message/custom/send", {"touser": openid, **document})

    def send_template(
        self, openid: str, template_id: str, url: str | None, data: Mapping[str, str], client_msg_id: str
    ) -> None:
        """A template message. The same `client_msg_id` (at most 32 characters) is shown once in ten minutes."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "client_msg_id": client_msg_id}
        if url:
            body["url"] = url
        self._post("/cgi-bin/message/template/send", {**body, "data": {k: {"value": v} for k, v in data.items()}})

    def download_media(self, media_id: str, limit_bytes: int) -> Answer:
        """What a citizen sent (voice, picture): its bytes and content type. Videos lie elsewhere: `no_file`."""
        query = {"media_id": media_id}
        return self._with_token(
            lambda token: self._calls.download("/cgi-bin/media/get", {**query, **token}, limit_bytes)
        )

    def publish_menu(self, menu: Mapping[str, Any]) -> None:
        """Replaces the menu by {"button": […]}."""
        self._post("/cgi-bin/menu/create", menu)

    def read_menu(self) -> dict[str, Any] | None:
        """The published menu as {"button": […], …}; None if there is none."""
        try:
            data = self._with_token(lambda token: self._calls.json("GET", "/cgi-bin/menu/get", token))
        except ApiError as error:
            if error.code == NO_MENU:
                return None
            raise
        menu = data.get("menu")
        return menu if isinstance(menu, dict) else None

    def create_qr_code(self, scene: str, permanent: bool = False) -> QrCode:
        """A QR code that brings `scene` (1 to 64 characters) with the subscription or scan; one that is not permanent
        lives for 30 days. An account has at most 100,000 permanent ones."""
        if not 1 <= len(scene) <= LONGEST_SCENE:
            raise ValueError("a scene has 1 to 64 characters")
        action: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if permanent:
            action["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            action |= {"action_name": "QR_STR_SCENE", "expire_seconds": LONGEST_QR_LIFE}
        path = "/cgi-bin/qrcode/create"
        data = self._post(path, action)
        return QrCode(_text(data, "ticket", path), _text(data, "url", path))

    def openid_of_code(self, code: str) -> str:
        """The openid behind the code that a page got by OAuth (snsapi_base); a code is good once, for five minutes."""
        path = "/sns/oauth2/access_token"
        query = {
            "appid": self._account.app_id,
            "secret": self._account.app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        return _text(self._calls.json("GET", path, query), "openid", path)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._with_token(lambda token: self._calls.json("POST", path, token, body))

    def _with_token(self, call: Callable[[dict[str, str]], T]) -> T:
        token = self._tokens.current()
        try:
            return call({"access_token": token})
        except TokenRefused:
            return call({"access_token": self._tokens.renew(token)})


def _text(data: Mapping[str, Any], name: str, path: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(f"no_{name}", path)
    return value
