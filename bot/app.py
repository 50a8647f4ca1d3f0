"""The FastAPI app: puts the parts together at start-up, and mounts channels, Rasa's actions and health."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request

from bot.assembly import Parts, open_tools
from bot.deeds.actions import actions_of
from bot.deeds.registry import FORMS
from bot.desk import Desk
from bot.errors import Refused
from bot.handler.handler import MessageHandler
from bot.rasa_actions import actions_router
from bot.routers import routers
from bot.settings import Settings
from bot.wechat.flow import Flow
from bot.wechat.opening import account_of
from bot.wechat.running import running_wechat
from bot.worker.registry import all_jobs
from bot.worker.worker import running_worker
from connectors.contract import TurnReply, UserMessage
from connectors.messages_api import clean, messages_router
from connectors.problems import Problem
from connectors.web.pages import mount_pages
from connectors.wechat.callback import Signed, callback_router
from connectors.wechat.incoming import Incoming
from connectors.wechat.outgoing import Outgoing

COMPRESS_FROM_BYTES = 20_000


def create_app(settings: Settings) -> FastAPI:
    """The app. Knowledge is read here, so that a bad file stops the start with its line; models load later,
    while Rasa starts."""
    parts = Parts.read(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_tools(parts) as tools:
            app.state.rasa = tools.rasa
            app.state.desk = Desk(settings, tools.database, tools.vault, tools.library, tools.wording, tools.encoder)
            app.state.handle = MessageHandler(tools)
            worker = running_worker(app.state.desk, all_jobs()) if settings.worker else nullcontext()
            async with worker, running_wechat(app.state.desk, app.state.handle) as wechat:
                app.state.wechat = wechat
                app.state.wechat_oauth = wechat.oauth if wechat else None
                yield

    app = FastAPI(title="问办", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.was_ready = False
    # Set when the server is told to stop, so that streams of events end.
    app.state.stopping = asyncio.Event()
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES)
    _add_errors(app)

    async def handle(message: UserMessage) -> TurnReply:
        handler: MessageHandler = app.state.handle
        return await handler(message)

    app.include_router(messages_router(handle))

    def desk() -> Desk:
        found: Desk = app.state.desk
        return found

    actions = [action for form in FORMS for action in actions_of(form, desk)]
    app.include_router(actions_router(actions, parts.rasa_token))
    for router in routers(settings):
        app.include_router(router)
    _add_wechat(app, settings)
    app.add_api_route("/healthz", _healthz, methods=["GET"], include_in_schema=False)
    mount_pages(app)
    return app


def _add_wechat(app: FastAPI, settings: Settings) -> None:
    """The callback of the official account, where one is set; raises SettingsError for half a one."""
    account = account_of(settings)
    if account is None:
        return

    async def receive(incoming: Incoming, signed: Signed) -> Outgoing | None:
        flow: Flow = app.state.wechat.flow
        return await flow.receive(incoming, signed)

    async def told(incoming: Incoming, listens: bool) -> None:
        flow: Flow = app.state.wechat.flow
        await flow.told(incoming, listens)

    app.include_router(callback_router(account, receive, told))


async def _healthz(request: Request) -> JSONResponse:
    """200 once questions can be answered by all parts; later on 200 with `rasa: false` while Rasa is away,
    because guide questions are still answered then."""
    state = request.app.state
    rasa = await state.rasa.ready()
    state.was_ready = state.was_ready or rasa
    return JSONResponse({"ready": state.was_ready, "rasa": rasa}, 200 if state.was_ready else 503)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        detail = request.app.state.desk.wording.say(error.wording, **error.values)
        return Problem(error.status, error.kind, "很抱歉，没有办成", detail, **error.extra).response()

    @app.exception_handler(RequestValidationError)
    async def wrong_request(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        fields = dict.fromkeys(clean(".".join(str(part) for part in e["loc"][1:]))[:60] for e in error.errors())
        detail = f"这些内容缺少或者不符合要求：{'、'.join(f for f in fields if f) or '请求内容'}。"
        return Problem(422, "wrong-field", "请求内容不对", detail).response()

    @app.exception_handler(Problem)
    async def problem(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return error.response()

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        titles = {404: ("没有这个地址", "请核对网址。"), 405: ("请求方法不对", "请按接口说明使用正确的请求方法。")}
        title, detail = titles.get(error.status_code, ("请求没有成功", "请稍后再试。"))
        return Problem(error.status_code, "http", title, detail).response()
