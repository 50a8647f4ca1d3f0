"""What holds for every page."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.desk import Desk
from bot.mobile.page import STYLE
from tests.unit.bot.mobile.helpers import book, enter, tags
from tests.unit.bot.mobile.test_cases import complain, request_all


@pytest.fixture
def pages(client: TestClient, desk: Desk) -> list[tuple[str, str]]:
    """Every page with its address, refusals too."""
    row = book(desk)
    complain(desk), request_all(desk)
    paths = [
        "/m/guides", "/m/guides?q=身份证", "/m/guides/GA-003", "/m/guides/GA-999", "/m/appointments", "/m/cases",
        "/m/rating?code=GA-003", f"/m/appointments/{row.number}/cancel", "/m/appointments/nothing/cancel", "/m/oauth",
    ]  # fmt: skip
    found = [("stranger", client.get("/m/cases"))]
    enter(client)
    found += [(path, client.get(path)) for path in paths]
    for _path, answer in found:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    return [(path, answer.text) for path, answer in found]


def test_pages_need_no_script_and_nothing_from_elsewhere(pages: list[tuple[str, str]]) -> None:
    for path, html in pages:
        for tag, attributes in tags(html):
            assert tag not in {"script", "style", "iframe", "object", "img"}, path
            assert not any(name == "style" or name.startswith("on") for name in attributes), path
            if tag == "link":
                assert attributes["href"].startswith("/m/style/")
    assert "url(" not in STYLE and "@import" not in STYLE


def test_pages_are_chinese_respectful_and_fit_a_telephone(pages: list[tuple[str, str]]) -> None:
    for path, html in pages:
        found = tags(html)
        assert ("html", {"lang": "zh-CN"}) in found and "width=device-width" in html, path
        assert "你" not in html, path
        assert sum(tag == "h1" for tag, _ in found) == 1 and sum(tag == "main" for tag, _ in found) == 1
        labelled = {a.get("for") for tag, a in found if tag == "label"}
        typed = [a for tag, a in found if tag in {"input", "textarea"}]
        hidden = {"hidden", "radio", "checkbox"}
        assert all(a.get("id") in labelled for a in typed if a.get("type") not in hidden), path


def test_a_session_stays_out_of_pages(client: TestClient, pages: list[tuple[str, str]]) -> None:
    assert all(client.cookies["wenban_m"] not in html for _, html in pages)


def test_they_are_no_part_of_the_interface_for_clients(app: FastAPI) -> None:
    assert not [path for path in app.openapi()["paths"] if path.startswith("/m/")]
