"""The chat page in a real browser, against the real assistant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.assistant import Assistant, running_assistant

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE = {"width": 390, "height": 844}
SECONDS = 15_000
OFFLINE = "net::ERR_FAILED"  # what the browser itself says of the connection that a test cuts


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running_assistant(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def page(assistant: Assistant) -> Iterator[Page]:
    assert CHROMIUM, "Chromium is missing: run the tests with `make test`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport=PHONE, locale="zh-CN")
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" and OFFLINE not in m.text else None)
        page.goto(assistant.url)
        yield page
        browser.close()
        assert not problems


def say(page: Page, text: str) -> None:
    page.get_by_test_id("message-input").fill(text)
    page.get_by_test_id("send-button").click()


def test_a_question_gets_its_card_with_source(page: Page) -> None:
    say(page, "我身份证丢了，补一个要带什么、多少钱")
    card = page.get_by_test_id("guide-card")
    expect(card).to_be_visible(timeout=SECONDS)
    expect(card).to_contain_text("居民户口簿")
    expect(card).to_contain_text("40元")
    expect(page.get_by_test_id("sources")).to_contain_text("居民身份证遗失补领")
    assert page.get_by_test_id("card-field").count() == 2


def test_a_tapped_option_answers_and_reads_as_its_title(page: Page) -> None:
    say(page, "身份证要多少钱")
    option = page.get_by_test_id("option-button").filter(has_text="居民身份证遗失补领")
    option.click(timeout=SECONDS)
    expect(page.get_by_test_id("bubble-user").last).to_have_text("居民身份证遗失补领")
    expect(page.get_by_test_id("guide-card")).to_contain_text("40元", timeout=SECONDS)


def test_a_consultation_can_be_left_on_the_page(page: Page) -> None:
    say(page, "农村盖房批宅基地要啥手续")
    page.get_by_test_id("option-button").click(timeout=SECONDS)
    expect(page.get_by_test_id("bubble-bot").last).to_contain_text("请问您同意吗", timeout=SECONDS)
    page.get_by_test_id("option-button").filter(has_text="同意").first.click()
    expect(page.get_by_test_id("bubble-bot").last).to_contain_text("称呼您", timeout=SECONDS)
    say(page, "王女士")
    expect(page.get_by_test_id("bubble-bot").last).to_contain_text("电话", timeout=SECONDS)
    say(page, "13800001111")
    expect(page.get_by_test_id("bubble-bot").last).to_contain_text("受理编号", timeout=SECONDS)


def test_the_whole_guide_fits_a_phone(page: Page) -> None:
    say(page, "社保卡丢了怎么补办")
    expect(page.get_by_test_id("card-field")).to_have_count(8, timeout=SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_chinese_is_drawn_by_the_bundled_font(page: Page) -> None:
    say(page, "你好")
    expect(page.get_by_test_id("bubble-bot")).to_contain_text("问办", timeout=SECONDS)
    page.wait_for_function("document.fonts.check('16px \"Noto Sans SC\"', '政务服务')", timeout=SECONDS)
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Noto Sans SC"')


def test_markup_in_a_message_stays_text(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)>身份证丢了多少钱")
    expect(page.get_by_test_id("bubble-user")).to_contain_text("<img src=x")
    assert page.locator("[data-testid=bubble-user] img").count() == 0


def test_a_lost_connection_is_told_and_retried(page: Page) -> None:
    page.route("**/api/v1/messages", lambda route: route.abort())
    say(page, "你好")
    expect(page.get_by_test_id("retry-button")).to_be_visible(timeout=SECONDS)
    page.unroute("**/api/v1/messages")
    page.get_by_test_id("retry-button").click()
    expect(page.get_by_test_id("bubble-bot")).to_contain_text("问办", timeout=SECONDS)
