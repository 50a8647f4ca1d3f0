"""A stand-in for a city's identity provider that speaks OpenID Connect, and can be made to lie."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

ISSUER = "https://id.city.example/realms/hall"
CLIENT_ID, CLIENT_SECRET = "wenban-hall", "a-client-secret-of-the-hall-32-bytes"
REDIRECT = "http://127.0.0.1:8000/api/v1/staff/oidc/callback"


class Provider:
    """`subject` logs in. `lie` changes the claims of the next id token, `sign_with` its key, `algorithm` its alg."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.sign_with: RSAKey | OctKey = self.key
        self.algorithm, self.subject = "RS256", "sub-wang"
        self.lie: Callable[[dict[str, Any]], None] = lambda claims: None
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
        }  # fmt: skip
        self.codes: dict[str, dict[str, str]] = {}
        self.status = 200
        self.app = FastAPI()
        path = urlsplit(ISSUER).path
        self.app.add_api_route(f"{path}/.well-known/openid-configuration", self._discovery)
        self.app.add_api_route(f"{path}/jwks", lambda: {"keys": [self.key.as_dict(private=False)]})
        self.app.add_api_route(f"{path}/token", self._token, methods=["POST"])

    def log_in(self, url: str) -> str:
        """What the browser is sent back with (the query) after the person has logged in at `url`."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        assert url.startswith(f"{ISSUER}/authorize?") and asked["response_type"] == "code"
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, REDIRECT)
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return urlencode({"code": code, "state": asked["state"]})

    def _discovery(self) -> JSONResponse:
        return JSONResponse(self.metadata, self.status)

    async def _token(self, request: Request) -> JSONResponse:
        form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        if not self._is_client(request, form) or asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant", "error_description": "PKCE"}, 400)
        return JSONResponse(
            {"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)}
        )

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if "client_secret_post" in self.metadata.get("token_endpoint_auth_methods_supported", []):
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        return request.headers.get("Authorization") == f"Basic {basic}"

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER, "sub": self.subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        }  # fmt: skip
        self.lie(claims)
        header = {"alg": self.algorithm, "kid": "k1"}
        return jwt.encode(header, claims, self.sign_with, algorithms=[self.algorithm])
