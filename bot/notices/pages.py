"""What citizens open: the download of a notice, and the page that a QR code leads to (S25)."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from bot.desk import Desk
from bot.notices import downloads, service
from bot.notices.content import Content
from bot.notices.rules import notice_rules
from bot.parameters import ThisDesk
from bot.privacy.masks import mask_name
from knowledge.calendar import CHINA

_PRIVATE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
_PAGE_HEADERS = {
    **_PRIVATE,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
}
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>文书核验</title>
<style>body{{font:18px/1.7 sans-serif;max-width:36em;margin:1.5em auto;padding:0 1em;color:#1a1a1a}}
dt{{color:#555}}dd{{margin:0 0 .8em}}</style></head>
<body><main><h1>文书核验</h1>{body}</main></body>
</html>
"""


def routes() -> APIRouter:
    """GET /d/{token} gives the PDF; GET /v/{code} tells whether a notice is ours."""
    router = APIRouter()
    router.add_api_route("/d/{token}", download, methods=["GET"], response_class=Response)
    router.add_api_route("/v/{code}", verify, methods=["GET"], response_class=HTMLResponse)
    return router


def download(token: str, desk: ThisDesk) -> Response:
    """The PDF; Refused (404, 410) becomes a problem document."""
    with desk.database.transaction() as session:
        notice_id = downloads.take(session, notice_rules(desk.rules), token, datetime.now(UTC))
    return pdf_response(*downloads.file(desk.database, desk.vault, notice_id))


def pdf_response(name: str, pdf: bytes) -> Response:
    """The Chinese name as RFC 6266 wants it, and a plain one for old browsers."""
    plain = name.rsplit("-", 1)[-1]
    disposition = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(pdf, media_type="application/pdf", headers={**_PRIVATE, "Content-Disposition": disposition})


def verify(code: str, desk: ThisDesk) -> HTMLResponse:
    """Number, day, kind, item, hall and the masked recipient; nothing else, because anybody who sees the paper can
    open it."""
    with desk.database.transaction() as session:
        row = service.by_code(session, code)
        content = service.content_of(desk.vault, row) if row else None
        recipient = desk.vault.open(row.recipient) if row else ""
    if content is None:
        body = f"<p>{escape(desk.wording.say('notice.unknown_code'))}</p>"
        return HTMLResponse(_PAGE.format(body=body), 404, headers=_PAGE_HEADERS)
    return HTMLResponse(_PAGE.format(body=_facts(desk, content, recipient)), headers=_PAGE_HEADERS)


def _facts(desk: Desk, content: Content, recipient: str) -> str:
    day = content.issued_at.astimezone(CHINA)
    facts = (
        ("编号", content.number),
        ("出具日期", f"{day:%Y年%-m月%-d日}"),
        ("文书种类", content.title),
        ("事项", content.item),
        ("出具单位", content.hall),
        ("受送达人", mask_name(recipient) or "未填写"),
    )
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return f"<p>{escape(desk.wording.say('notice.verified'))}</p><dl>{told}</dl>"
