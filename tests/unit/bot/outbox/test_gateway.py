"""The message gateway over real HTTP: signature, idempotency, and which answer means what."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.outbox.gateway import Gateway, GatewayTransport, NoGateway, gateway_of, signature
from bot.outbox.model import RecipientKind
from bot.outbox.transport import DeliveryFailed, Recipient, TryLater, Undeliverable
from bot.processes.rasa_process import free_port
from bot.settings import SettingsError
from tests.gateway import SECRET, StandInGateway, running_gateway

TO = Recipient(RecipientKind.TELEPHONE, "13800001234", about="reminder")


def now() -> datetime:
    return datetime.now(UTC)


def transport_to(url: str, secret: str = SECRET, seconds: float = 2.0) -> GatewayTransport:
    return GatewayTransport(Gateway(url, secret), seconds, now)


@pytest.fixture
def gateway() -> Iterator[StandInGateway]:
    with running_gateway() as running:
        yield running


def test_the_gateway_gets_the_message_signed(gateway: StandInGateway) -> None:
    transport_to(gateway.url).deliver("case:1", TO, "王女士您好")
    assert gateway.messages == {
        "case:1": {"key": "case:1", "kind": "reminder", "telephone": "13800001234", "text": "王女士您好"}
    }


def test_a_message_that_the_gateway_has_already_counts_as_sent(gateway: StandInGateway) -> None:
    transport = transport_to(gateway.url)
    for _ in range(2):
        transport.deliver("case:1", TO, "您好")
    assert (gateway.requests["case:1"], len(gateway.messages), gateway.clashes) == (2, 1, [])


def test_a_wrong_secret_is_undeliverable(gateway: StandInGateway) -> None:
    with pytest.raises(Undeliverable, match="gateway_401"):
        transport_to(gateway.url, "another").deliver("case:1", TO, "您好")
    assert gateway.messages == {}


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Undeliverable), (404, Undeliverable), (422, Undeliverable), (429, TryLater), (500, TryLater),
        (503, TryLater), (302, TryLater),
    ],
)  # fmt: skip
def test_what_an_answer_means(gateway: StandInGateway, status: int, failure: type[DeliveryFailed]) -> None:
    gateway.answers.append(status)
    with pytest.raises(failure) as caught:
        transport_to(gateway.url).deliver("case:1", TO, "您好")
    assert caught.value.code == f"gateway_{status}"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 409])
def test_answers_that_mean_sent(gateway: StandInGateway, status: int) -> None:
    gateway.answers.append(status)
    transport_to(gateway.url).deliver("case:1", TO, "您好")


def test_a_slow_gateway_is_tried_later(gateway: StandInGateway) -> None:
    gateway.delay = 1.0
    with pytest.raises(TryLater, match="gateway_timeout"):
        transport_to(gateway.url, seconds=0.1).deliver("case:1", TO, "您好")


def test_a_gateway_that_is_away_is_tried_later() -> None:
    with pytest.raises(TryLater, match="gateway_unreachable"):
        transport_to(f"http://127.0.0.1:{free_port()}/").deliver("case:1", TO, "您好")


def test_without_a_gateway_nothing_is_dropped_in_silence() -> None:
    with pytest.raises(Undeliverable, match="no_gateway"):
        NoGateway().deliver("case:1", TO, "您好")


def test_the_signature_is_that_of_the_documentation() -> None:
    made = signature("s3cret", "1795395600", '{"text":"您好"}'.encode())
    by_hand = hmac.new(b"s3cret", '1795395600.{"text":"您好"}'.encode(), hashlib.sha256).hexdigest()
    assert made == by_hand == "653f0287b5f727982554e8ee5c0fa20e234880c032c103632ec021c24f7fc50d"


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(Gateway("https://gateway.test", "s3cret"))


def settings(url: str | None, secret: str | None) -> Any:
    return SimpleNamespace(gateway_url=url, gateway_secret=secret)


def test_the_settings_name_a_gateway_or_none() -> None:
    assert gateway_of(settings(None, None)) is None
    assert gateway_of(settings("https://gateway.test", "s")) == Gateway("https://gateway.test", "s")


@pytest.mark.parametrize("half", [("https://gateway.test", None), (None, "s"), ("gateway.test", "s")])
def test_half_a_gateway_is_refused(half: tuple[str | None, str | None]) -> None:
    with pytest.raises(SettingsError, match="WENBAN_GATEWAY"):
        gateway_of(settings(*half))
