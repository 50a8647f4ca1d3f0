"""The city's identity provider: OpenID Connect with authorization code, PKCE, state and nonce, by Authlib."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client._compat import httpx2  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.staff.access import is_loopback

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures by a key pair only, whatever the provider offers: with others, whoever knows the client secret signs."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60


class OidcFailed(Exception):
    """The provider cannot be asked, or its answer cannot be trusted; the message is for the log."""


@dataclass(frozen=True)
class OidcSettings:
    """Our registration at the provider. Raises ValueError for an issuer without TLS, unless it is on this machine."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
            raise ValueError("the issuer of OIDC must be an https address")


@dataclass(frozen=True)
class Started:
    """Secrets of one log-in that is under way. `browser` is kept in a cookie, the others in the database."""

    state: str
    browser: str
    nonce: str
    code_verifier: str


class Oidc:
    """Asks the provider anew each time: log-ins are rare, and keys may have been changed. `transport` is for tests."""

    def __init__(self, settings: OidcSettings, transport: Any = None) -> None:
        self._settings, self._transport = settings, transport

    async def authorization_url(self, started: Started) -> str:
        """Where the browser is sent; raises OidcFailed."""
        try:
            async with self._client() as client:
                metadata = await self._metadata(client)
                url, _state = client.create_authorization_url(
                    metadata["authorization_endpoint"],
                    state=started.state,
                    nonce=started.nonce,
                    code_verifier=started.code_verifier,
                )
                return str(url)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError) as error:
            raise OidcFailed(type(error).__name__) from error

    async def subject(self, code: str, nonce: str, code_verifier: str) -> str:
        """Who logged in: `sub` of an id token whose signature, iss, aud, exp and nonce are right; raises OidcFailed."""
        try:
            async with self._client() as client:
                metadata = await self._metadata(client)
                client.token_endpoint_auth_method = _method(metadata)
                token = await client.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=code_verifier
                )
                keys = await self._json(client, metadata["jwks_uri"])
            return self._verified(token, keys, nonce)
        except (httpx2.HTTPError, httpx2.InvalidURL, OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcFailed(type(error).__name__) from error

    def _verified(self, token: dict[str, Any], keys: Any, nonce: str) -> str:
        found = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        expected = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(found.claims, found.header, options, expected)
        claims.validate(leeway=LEEWAY_SECONDS)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise ValueError("sub cannot be kept")
        return subject

    def _client(self) -> Any:
        """`code_challenge_method` has to be named: without it Authlib leaves the code verifier out and says nothing."""
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            scope="openid",
            redirect_uri=self._settings.redirect_url,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
            **({"transport": self._transport} if self._transport else {}),
        )

    async def _metadata(self, client: Any) -> dict[str, Any]:
        issuer = self._settings.issuer
        metadata = await self._json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata["issuer"] != issuer:
            raise ValueError("the provider names itself otherwise")
        if not all(isinstance(metadata[name], str) for name in _ENDPOINTS):
            raise ValueError("an endpoint is no address")
        return metadata

    @staticmethod
    async def _json(client: Any, url: str) -> dict[str, Any]:
        response = await client.request("GET", url, withhold_token=True)
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return found


def _method(metadata: dict[str, Any]) -> str:
    """How the client secret is sent; a provider that says nothing takes it by Basic (OpenID Connect Discovery 3)."""
    methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_post" if "client_secret_basic" not in methods else "client_secret_basic"
