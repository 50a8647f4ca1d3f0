"""How pages are made: templates with everything escaped, strict headers, and refusals that are pages themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from bot.cases.office import spoken_with_year
from bot.desk import Desk
from bot.errors import Refused
from bot.mobile.paragraphs import blocks, linked

PATH = "/m"
FOLDER = Path(__file__).parent / "templates"
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")
STYLE_MARK = hashlib.sha256(STYLE.encode()).hexdigest()[:16]
_TITLES = {
    "not-known": "请从对话中打开",
    "no-guide": "没有找到这份指南",
    "not-found": "没有找到",
    "unavailable": "请稍后再试",
}
_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
PUBLIC = {**_ALWAYS, "Cache-Control": "no-cache"}
PRIVATE = {**_ALWAYS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters |= {"blocks": blocks, "linked": linked, "moment": spoken_with_year}
_TEMPLATES.globals |= {"style": f"{PATH}/style/{STYLE_MARK}.css"}


class Away(Exception):
    """Raised by a dependency that answers the request itself, by a redirection."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered already")
        self.response = response


class PageRoute(APIRoute):
    """A citizen's browser gets a page, whatever happens; problem documents are for clients."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Away as away:
                return away.response
            except Refused as refused:
                return refusal(request.app.state.desk, refused)
            except RequestValidationError:
                return refusal(request.app.state.desk, Refused("mobile.bad_input", 422, "invalid"))

        return answer


def page(desk: Desk, template: str, status: int = 200, *, public: bool = False, **values: Any) -> HTMLResponse:
    """The page of that template (without ".html"). A personal one is kept nowhere."""
    html = _TEMPLATES.get_template(f"{template}.html").render(hall=desk.hall, here=template, **values)
    return HTMLResponse(html, status, headers=PUBLIC if public else PRIVATE)


def refusal(desk: Desk, refused: Refused) -> HTMLResponse:
    """The page for a wish that cannot be granted, with the same sentence as in a dialogue."""
    values = {"telephone": desk.hall.telephone, **refused.values}
    text = desk.wording.say(refused.wording, **values)
    title = _TITLES.get(refused.kind, "很抱歉，没有办成")
    return page(desk, "refusal", refused.status, title=title, text=text, kind=refused.kind)


def style(mark: str) -> Response:
    """The one style sheet; under its own mark it never changes."""
    lasting = "public, max-age=31536000, immutable" if mark == STYLE_MARK else "no-cache"
    headers = {"Cache-Control": lasting, "X-Content-Type-Options": "nosniff"}
    return Response(STYLE, media_type="text/css", headers=headers)
