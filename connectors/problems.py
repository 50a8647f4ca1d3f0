"""Problem documents (RFC 9457) in Chinese for everything that is no message."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse


class Problem(Exception):
    """Raised by routes; rendered by the app's one handler. `extra`: more members of the document."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **extra: Any) -> None:
        super().__init__(title)
        self.status, self.kind, self.title, self.detail, self.extra = status, kind, title, detail, extra

    def response(self) -> JSONResponse:
        body = {"type": f"/problems/{self.kind}", "title": self.title, "status": self.status, "detail": self.detail}
        return JSONResponse({**self.extra, **body}, self.status, media_type="application/problem+json")
