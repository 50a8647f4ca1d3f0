"""The FastAPI app: puts the parts together at start-up, and mounts channels, Rasa's actions and health."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.consultations.actions import CancelConsultation, SubmitConsultation, ValidateConsultationForm
from bot.db.database import Database
from bot.db.vault import Vault
from bot.handler.handler import MessageHandler
from bot.handler.policy import load_policy
from bot.handler.tools import Tools
from bot.processes.rasa_process import RasaProcess
from bot.rasa_actions import actions_router
from bot.secrets import data_key, rasa_token
from bot.settings import ROOT, Settings
from bot.understanding.keywords import load_keywords
from bot.understanding.rasa import RasaClient
from bot.wording.wording import load_wording
from connectors.messages_api import messages_router
from connectors.problems import Problem
from connectors.web.pages import mount_pages
from knowledge import base
from knowledge.encoder.encoder import load_encoder

WORDS_FILE = ROOT / "intents" / "data" / "jieba" / "hall_words.txt"


def create_app(settings: Settings) -> FastAPI:
    """The app. Knowledge is read here, so that a bad file stops the start with its line; models load later,
    while Rasa starts."""
    published = base.read(settings.knowledge)
    database, vault = Database(settings.database), Vault(data_key(settings))
    token = rasa_token(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(database.close)
            await asyncio.to_thread(database.migrate)
            rasa_url = settings.rasa_url
            if rasa_url is None:
                process = await stack.enter_async_context(RasaProcess(settings, token))
                rasa_url = process.url
            rasa = RasaClient(rasa_url, token)
            stack.push_async_callback(rasa.close)
            encoder = await asyncio.to_thread(
                load_encoder, settings.encoder, settings.encoder_folder, settings.encoder_threads
            )
            tools = Tools(
                database=database,
                vault=vault,
                encoder=encoder,
                knowledge=await asyncio.to_thread(base.build, published, encoder, WORDS_FILE),
                rasa=rasa,
                keywords=load_keywords(),
                policy=load_policy(),
                wording=load_wording(),
                context_lifetime=timedelta(minutes=settings.context_minutes),
            )
            app.state.rasa = rasa
            app.state.handle = MessageHandler(tools)
            yield

    app = FastAPI(title="问办", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.was_ready = False
    _add_errors(app)
    app.include_router(messages_router(lambda message: app.state.handle(message)))
    actions = [ValidateConsultationForm(), SubmitConsultation(database, vault, published.hall), CancelConsultation()]
    app.include_router(actions_router(actions, token))
    app.add_api_route("/healthz", _healthz, methods=["GET"], include_in_schema=False)
    mount_pages(app)
    return app


async def _healthz(request: Request) -> JSONResponse:
    """200 once questions can be answered by all parts; later on 200 with `rasa: false` while Rasa is away,
    because guide questions are still answered then."""
    state = request.app.state
    rasa = await state.rasa.ready()
    state.was_ready = state.was_ready or rasa
    return JSONResponse({"ready": state.was_ready, "rasa": rasa}, 200 if state.was_ready else 503)


def _add_errors(app: FastAPI) -> None:
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
