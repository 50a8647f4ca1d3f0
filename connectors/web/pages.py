"""Serves the built chat page. Everything comes from the same origin, which the content policy enforces."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent / "dist"

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ALWAYS_ASK = {**_HEADERS, "Cache-Control": "no-cache"}
# The names of built files hold a hash of their content, so they never change.
_LASTING = {**_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}


class _Folder(StaticFiles):
    def __init__(self, folder: Path, headers: dict[str, str]) -> None:
        super().__init__(directory=folder)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


def mount_pages(app: FastAPI, dist: Path = DIST) -> None:
    """Adds the page at `/` and the files and folders that it loads; a page not built yet is simply not there.

    Each has a route of its own: one mount at `/` would turn every wrong method into "not found".
    """
    for entry in sorted(dist.iterdir()) if dist.is_dir() else ():
        if entry.is_dir():
            headers = _LASTING if entry.name == "assets" else _ALWAYS_ASK
            app.mount(f"/{entry.name}", _Folder(entry, headers), name=entry.name)
        elif not entry.name.startswith("."):
            _add_file(app, entry)


def _add_file(app: FastAPI, file: Path) -> None:
    async def send() -> FileResponse:
        return FileResponse(file, headers=_ALWAYS_ASK)

    address = "/" if file.name == "index.html" else f"/{file.name}"
    app.add_api_route(address, send, methods=["GET"], include_in_schema=False, response_model=None)
