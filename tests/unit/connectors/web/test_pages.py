"""The built chat page: what is cached, what the browser may load."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from connectors.web.pages import mount_pages


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html>问办</html>", encoding="utf-8")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc.js").write_text("1")
    app = FastAPI()
    mount_pages(app, tmp_path)
    return TestClient(app)


def test_the_page_is_asked_for_each_time_and_its_hashed_files_are_kept(client: TestClient) -> None:
    assert [client.get(path).headers["cache-control"] for path in ("/", "/favicon.svg")] == ["no-cache"] * 2
    assert "immutable" in client.get("/assets/index-abc.js").headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/assets/index-abc.js"])
def test_everything_comes_from_the_same_origin(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("path", ["/../secrets", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../x"])
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_stamp_of_the_build_is_not_served(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / ".stamp").write_text("abc")
    app = FastAPI()
    mount_pages(app, tmp_path)
    assert TestClient(app).get("/.stamp").status_code == 404


@pytest.mark.parametrize("path", ["/", "/favicon.svg"])
def test_a_wrong_method_is_told_as_such(client: TestClient, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_page_that_was_not_built_is_simply_not_there(tmp_path: Path) -> None:
    app = FastAPI()
    mount_pages(app, tmp_path / "none")
    assert TestClient(app).get("/").status_code == 404
