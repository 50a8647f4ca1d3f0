"""The app around the routes: errors as problem documents, the guarded actions, health."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot import app as module
from bot.settings import Settings


@pytest.fixture
def app(tmp_path: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """Without its lifespan: nothing is loaded or started."""
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "index.html").write_text("<html>问办</html>", encoding="utf-8")
    mount = module.mount_pages
    monkeypatch.setattr(module, "mount_pages", lambda app: mount(app, dist))
    return module.create_app(Settings(data_dir=tmp_path, knowledge_dir=knowledge_folder, rasa_token="a-token"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/api/v1/messages", 405), ("DELETE", "/healthz", 405), ("PUT", "/", 405)],
)
def test_errors_of_http_are_problem_documents_in_chinese(app: FastAPI, method: str, path: str, status: int) -> None:
    answer = TestClient(app).request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert answer.json()["title"] in {"没有这个地址", "请求方法不对"}


def test_a_bad_message_is_a_problem_document(app: FastAPI) -> None:
    answer = TestClient(app).post("/api/v1/messages", content=b"{")
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"


def test_the_page_is_served_and_there_is_no_api_page(app: FastAPI) -> None:
    client = TestClient(app)
    assert "问办" in client.get("/").text
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_actions_need_the_token(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.post("/rasa/actions", json={}).status_code == 401
    right = {"Authorization": "Bearer a-token"}
    assert client.post("/rasa/actions", json={"next_action": None}, headers=right).status_code == 200


def test_health_stays_good_when_rasa_goes_away_after_it_was_there(app: FastAPI) -> None:
    state = {"ready": False}

    async def ready() -> bool:
        return state["ready"]

    app.state.rasa = SimpleNamespace(ready=ready)
    client = TestClient(app)
    seen: list[tuple[int, Any]] = []
    for now in (False, True, False):
        state["ready"] = now
        answer = client.get("/healthz")
        seen.append((answer.status_code, answer.json()))
    assert seen == [
        (503, {"ready": False, "rasa": False}), (200, {"ready": True, "rasa": True}),
        (200, {"ready": True, "rasa": False}),
    ]  # fmt: skip
