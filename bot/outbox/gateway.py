"""Messages to telephones, by the hall's own message gateway over HTTP. Wire format: docs/outbox.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import httpx

from bot.outbox.transport import Recipient, TryLater, Undeliverable
from bot.settings import Settings, SettingsError


@dataclass(frozen=True)
class Gateway:
    """Where the gateway takes messages, and the secret that both sides know."""

    url: str
    secret: str = field(repr=False)


def gateway_of(settings: Settings) -> Gateway | None:
    """The gateway of the settings, None if there is none; raises SettingsError when only half of it is set."""
    url, secret = settings.gateway_url, settings.gateway_secret
    if not url and not secret:
        return None
    if not url or not secret:
        raise SettingsError("WENBAN_GATEWAY_URL, WENBAN_GATEWAY_SECRET: set both or none")
    if not url.startswith(("https://", "http://")):
        raise SettingsError("WENBAN_GATEWAY_URL: must begin with https:// or http://")
    return Gateway(url, secret)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of timestamp, a full stop, and the body as it is sent."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class GatewayTransport:
    """One kept-alive client; `seconds` limits connecting and waiting for the answer, each."""

    def __init__(self, gateway: Gateway, seconds: float, clock: Callable[[], datetime]) -> None:
        self._gateway, self._clock = gateway, clock
        self._http = httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        self._http.close()

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        message = {"key": key, "kind": recipient.about, "telephone": recipient.id, "text": text}
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Wenban-Timestamp": timestamp,
            "X-Wenban-Signature": signature(self._gateway.secret, timestamp, body),
        }
        try:
            response = self._http.post(self._gateway.url, content=body, headers=headers)
        except httpx.TimeoutException as error:
            raise TryLater("gateway_timeout") from error
        except httpx.TransportError as error:
            raise TryLater("gateway_unreachable") from error
        _judge(response.status_code)


def _judge(status: int) -> None:
    """2xx and 409 (it has the key already) are sent; a redirect is not followed, because it would not be signed for."""
    if status == HTTPStatus.CONFLICT or HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status != HTTPStatus.TOO_MANY_REQUESTS and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Undeliverable(f"gateway_{status}")
    raise TryLater(f"gateway_{status}")


class NoGateway:
    """Stands where no gateway is set: messages are given up at once and seen by staff, never dropped in silence."""

    def deliver(self, key: str, recipient: Recipient, text: str) -> None:
        raise Undeliverable("no_gateway")

    def close(self) -> None:
        """Nothing to close."""
