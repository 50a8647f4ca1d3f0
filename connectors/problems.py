"""Problem documents (RFC 9457) in Chinese for everything that is no message."""

from __future__ import annotations

from fastapi.responses import JSONResponse


class Problem(Exception):
    """Raised by routes; rendered by the app's one handler."""

    def __init__(self, status: int, kind: str, title: str, detail: str) -> None:
        super().__init__(title)
        self.status, self.kind, self.title, self.detail = status, kind, title, detail

    def response(self) -> JSONResponse:
        body = {"type": f"/problems/{self.kind}", "title": self.title, "status": self.status, "detail": self.detail}
        return JSONResponse(body, self.status, media_type="application/problem+json")
