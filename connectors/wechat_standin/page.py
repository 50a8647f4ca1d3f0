"""The chat page to try the stand-in out: a static page, its state, and what the chosen citizen does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from connectors.wechat_standin.model import Delivery, Push
from connectors.wechat_standin.oauth import USER_COOKIE
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.push import Pusher

PAGE = Path(__file__).with_name("page.html")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
SHOWN_CALLS = 12

Kind = Literal["text", "voice", "click", "view", "location", "scan", "subscribe", "unsubscribe"]


class Act(BaseModel):
    """What the citizen does; `text` is the words, key, address, label or scene, by `kind`."""

    model_config = ConfigDict(extra="forbid")

    openid: str
    kind: Kind
    text: Annotated[str, Field(max_length=4000)] = ""
    menu_id: str | None = None
    latitude: float = 0
    longitude: float = 0


class NewUser(BaseModel):
    model_config = ConfigDict(extra="forbid")

    nickname: Annotated[str, Field(min_length=1, max_length=20)]


class NewFault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str
    errcode: int | None = None
    drop: bool = False
    times: Annotated[int, Field(ge=1, le=100)] = 1


def page_router(platform: Platform, pusher: Pusher) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGE, headers=_HEADERS)

    @router.get("/standin/state")
    def state(response: Response, openid: str = "", after: int = 0) -> dict[str, Any]:
        """Users, menu, tokens, faults, last calls, and what was said in this conversation after number `after`."""
        if openid in platform.users:
            response.set_cookie(USER_COOKIE, openid, httponly=True, samesite="lax")
        with platform.lock:
            return _state(platform, openid, after)

    @router.post("/standin/act")
    async def act(wish: Act) -> dict[str, Any]:
        if wish.openid not in platform.users:
            raise HTTPException(404)
        result = await _do(pusher, wish)
        return {"tries": result.tries, "seconds": round(result.seconds, 2), "problem": result.problem}

    @router.post("/standin/users")
    def add_user(new: NewUser) -> dict[str, str]:
        return {"openid": platform.add_user(nickname=new.nickname).openid}

    @router.post("/standin/faults")
    def add_fault(new: NewFault) -> dict[str, Any]:
        platform.add_fault(new.path, new.errcode, new.times, drop=new.drop)
        return {}

    @router.get("/standin/media")
    def media(media_id: str) -> Response:
        """Where `media/get` sends those who want a video."""
        found = platform.media.get(media_id)
        return Response(found.data, media_type=found.content_type) if found else Response(status_code=404)

    return router


async def _do(pusher: Pusher, wish: Act) -> Any:
    if wish.kind == "text":
        return await pusher.text(wish.openid, wish.text, menu_id=wish.menu_id)
    if wish.kind == "location":
        return await pusher.location(wish.openid, wish.latitude, wish.longitude, wish.text)
    if wish.kind in {"subscribe", "unsubscribe"}:
        return await getattr(pusher, wish.kind)(wish.openid)
    return await getattr(pusher, wish.kind)(wish.openid, wish.text)


def _state(platform: Platform, openid: str, after: int) -> dict[str, Any]:
    both: list[Push | Delivery] = [*platform.pushes, *platform.deliveries]
    own = [e for e in both if e.openid == openid and e.number > after]
    current = platform.tokens.current
    return {
        "account": {"id": platform.account.original_id, "mode": platform.account.mode.value},
        "callback": platform.callback_url,
        "users": [
            {"openid": u.openid, "nickname": u.nickname, "subscribed": u.subscribed, "typing": u.typing}
            for u in platform.users.values()
        ],
        "menu": platform.menu,
        "scenes": [code.scene for code in platform.qr_codes.values()],
        "token": {
            "refreshes": platform.tokens.refreshes,
            "requests": platform.tokens.requests,
            "seconds": max(0, int((current.ends_at - platform.now()).total_seconds())) if current else None,
        },
        "faults": [
            {"path": f.path, "errcode": f.errcode, "drop": f.drop, "times": f.times} for f in platform.faults.waiting
        ],
        "calls": [
            {"path": c.path, "errcode": c.errcode, "at": c.at.isoformat()} for c in platform.calls[-SHOWN_CALLS:]
        ],
        "entries": [_entry(e) for e in sorted(own, key=lambda e: e.number)],
    }


def _entry(entry: Push | Delivery) -> dict[str, Any]:
    common = {"number": entry.number, "at": entry.at.isoformat()}
    if isinstance(entry, Push):
        return {**common, "from": "user", "fields": {k: str(v) for k, v in entry.fields.items()}}
    return {**common, "from": entry.channel.value, "msgtype": entry.msgtype, "content": dict(entry.content)}
