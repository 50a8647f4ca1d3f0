"""Rasa's custom actions over HTTP (`POST /rasa/actions`), run by rasa-sdk's executor inside the app."""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from connectors.problems import Problem


def actions_router(actions: list[Action], token: str) -> APIRouter:
    """The route; only Rasa knows the token. Actions that use the database do so in a thread."""
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)
    router = APIRouter(include_in_schema=False)

    @router.post("/rasa/actions")
    async def run(request: Request, authorization: str = Header(default="")) -> JSONResponse:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise Problem(401, "unauthorised", "没有权限", "这个地址只供对话服务内部使用。")
        call: dict[str, Any] = await request.json()
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"error": rejection.message, "action_name": rejection.action_name}, 400)
        except ActionNotFoundException as missing:
            return JSONResponse({"error": missing.message, "action_name": missing.action_name}, 404)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return router
