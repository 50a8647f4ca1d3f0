"""What the hall sends later appears on the chat page by itself: outbox, worker, inbox and page together (S26)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Page, expect, sync_playwright

from bot.db.database import Database
from bot.db.vault import Vault
from bot.outbox.service import Outgoing, enqueue
from tests.assistant import Assistant, running_assistant
from tests.browser.test_chat_page import CHROMIUM, PHONE, QUIET, SECONDS, say

KEY = Fernet.generate_key().decode()
VAULT = Vault(KEY)
LONGEST_PAUSE = 40_000
"""More than the 30 seconds after which a page asks on which nothing was said."""

Send = Callable[..., None]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running_assistant(tmp_path_factory.mktemp("inbox"), WENBAN_DATA_KEY=KEY) as running:
        yield running


@pytest.fixture
def page(assistant: Assistant) -> Iterator[Page]:
    assert CHROMIUM, "Chromium is missing: run the tests with `make test`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport=PHONE, locale="zh-CN")
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.goto(assistant.url)
        yield page
        browser.close()
        assert not problems


@pytest.fixture
def send(assistant: Assistant) -> Iterator[Send]:
    """Puts messages for a page's sender into the assistant's outbox, in one transaction, as a deed does."""
    database = Database(f"sqlite:///{assistant.database}")

    def put(sender: str, *texts: str) -> None:
        now = datetime.now(UTC)
        with database.transaction() as session:
            for number, text in enumerate(texts):
                key = f"test:{sender}:{number}"
                enqueue(session, VAULT, Outgoing(key, text, sender_key=VAULT.sender_key("web", sender)), now)

    yield put
    database.close()


def sender_of(page: Page) -> str:
    sender = page.evaluate("localStorage.getItem('wenban.sender')")
    assert isinstance(sender, str)
    return sender


def greet(page: Page) -> None:
    say(page, "你好")
    expect(page.get_by_test_id("bubble-bot")).to_contain_text("问办", timeout=SECONDS)


def test_a_message_appears_by_itself_and_outlives_a_reload(page: Page, send: Send) -> None:
    greet(page)
    send(sender_of(page), "提醒：您预约了明天9:00办理业务，请准时到大厅，谢谢。")
    message = page.get_by_test_id("hall-message")
    expect(message).to_contain_text("您预约了明天9:00办理业务", timeout=SECONDS)
    expect(message).to_contain_text("大厅消息 · ")
    expect(page.get_by_role("log")).to_contain_text("您预约了明天9:00办理业务")
    expect(message).to_be_in_viewport()
    page.reload()
    expect(page.get_by_test_id("hall-message")).to_contain_text("您预约了明天9:00办理业务", timeout=SECONDS)
    expect(page.get_by_test_id("bubble-user")).to_have_text("你好")


def test_a_page_on_which_nothing_was_said_shows_it_too(page: Page, send: Send) -> None:
    send(sender_of(page), "您的咨询有回复了。")
    expect(page.get_by_test_id("bubble-hall")).to_have_text("您的咨询有回复了。", timeout=LONGEST_PAUSE)


def test_an_address_in_it_opens_beside_the_conversation(page: Page, send: Send, assistant: Assistant) -> None:
    greet(page)
    address = f"{assistant.url}/d/aB-9_x"
    send(sender_of(page), f"您的告知书已经出具，请打开{address}查看。<b>谢谢</b>")
    link = page.get_by_test_id("text-link")
    expect(link).to_have_text(address, timeout=SECONDS)
    assert (link.get_attribute("href"), link.get_attribute("target")) == (address, "_blank")
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(page.get_by_test_id("bubble-hall")).to_contain_text("<b>谢谢</b>")


def test_the_next_person_does_not_see_it(page: Page, send: Send) -> None:
    greet(page)
    before = sender_of(page)
    page.get_by_test_id("clear-button").click()
    page.get_by_test_id("confirm-yes").click()
    assert sender_of(page) != before
    send(before, "前一位的提醒。")
    send(sender_of(page), "这一位的提醒。")
    greet(page)
    expect(page.get_by_test_id("bubble-hall")).to_have_text("这一位的提醒。", timeout=SECONDS)
