"""The server API: what is sent and read, and that a refused token is renewed once."""

import pytest

from connectors.wechat.client import QrCode, WeChatClient
from connectors.wechat.errors import ApiError, Misconfigured, OutsideWindow, TokenRefused, TryAgain
from connectors.wechat.tokens import Tokens
from tests.unit.connectors.wechat_client.platform import (
    ACCOUNT,
    CUSTOM,
    OPENID,
    TOKEN_PATH,
    Clock,
    MemoryStore,
    Platform,
    calls_of,
)

TEMPLATE = "/cgi-bin/message/template/send"
MEDIA = "/cgi-bin/media/get"
OAUTH = "/sns/oauth2/access_token"
QR = "/cgi-bin/qrcode/create"
HELLO = {"msgtype": "text", "text": {"content": "您好"}}


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def client(platform: Platform) -> WeChatClient:
    clock = Clock()
    calls = calls_of(platform, clock)
    return WeChatClient(ACCOUNT, calls, Tokens(ACCOUNT, MemoryStore(clock), calls, clock, clock.sleep))


def test_a_customer_service_message(platform: Platform, client: WeChatClient) -> None:
    client.send_custom(OPENID, HELLO)
    assert platform.requests[-1] == ("POST", CUSTOM, {"access_token": "token-1"}, {"touser": OPENID, **HELLO})


def test_a_template_message(platform: Platform, client: WeChatClient) -> None:
    client.send_template(OPENID, "template-1", "https://hall.example/m/cases", {"thing1": "预约"}, "key")
    client.send_template(OPENID, "template-1", None, {"thing1": "预约"}, "key")
    whole = {
        "touser": OPENID,
        "template_id": "template-1",
        "client_msg_id": "key",
        "data": {"thing1": {"value": "预约"}},
    }
    assert platform.bodies(TEMPLATE) == [{**whole, "url": "https://hall.example/m/cases"}, whole]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_renewed_and_the_call_made_once_more(
    platform: Platform, client: WeChatClient, code: int
) -> None:
    client.send_custom(OPENID, HELLO)
    platform.issue()
    platform.fail(CUSTOM, code)
    client.send_custom(OPENID, HELLO)
    assert [query["access_token"] for _, path, query, _ in platform.requests if path == CUSTOM] == [
        "token-1", "token-1", "token-2",
    ]  # fmt: skip
    client.send_custom(OPENID, HELLO)
    assert platform.count(TOKEN_PATH) == 2


def test_a_platform_that_refuses_every_token_is_left_alone(platform: Platform, client: WeChatClient) -> None:
    platform.fail(CUSTOM, *[40001] * 100)
    with pytest.raises(TokenRefused):
        client.send_custom(OPENID, HELLO)
    assert platform.count(CUSTOM) == 2
    assert platform.count(TOKEN_PATH) == 3  # the first; the same again; a forced one


def test_busy_twice_then_well(platform: Platform, client: WeChatClient) -> None:
    platform.fail(CUSTOM, -1, -1)
    client.send_custom(OPENID, HELLO)
    assert platform.count(CUSTOM) == 3


def test_refused_in_the_midst_of_busy(platform: Platform, client: WeChatClient) -> None:
    client.send_custom(OPENID, HELLO)
    platform.issue()
    platform.fail(CUSTOM, -1, 42001, -1, "timeout")
    client.send_custom(OPENID, HELLO)
    assert platform.count(CUSTOM) == 6
    platform.fail(CUSTOM, *[-1, 42001] * 50)
    with pytest.raises(TryAgain):
        client.send_custom(OPENID, HELLO)
    assert platform.count(CUSTOM) <= 12


def test_other_errors_are_raised_as_they_are(platform: Platform, client: WeChatClient) -> None:
    platform.fail(CUSTOM, 45015)
    with pytest.raises(OutsideWindow):
        client.send_custom(OPENID, HELLO)
    assert platform.count(CUSTOM) == 1


def test_media_come_with_their_type(platform: Platform, client: WeChatClient) -> None:
    platform.answers[MEDIA] = (200, "audio/amr; charset=binary", b"#!AMR\n\x00\xff")
    assert client.download_media("media-1", 100) == (b"#!AMR\n\x00\xff", "audio/amr")
    assert platform.requests[-1] == ("GET", MEDIA, {"media_id": "media-1", "access_token": "token-1"}, None)


def test_media_over_the_limit_are_refused(platform: Platform, client: WeChatClient) -> None:
    platform.answers[MEDIA] = (200, "image/jpeg", b"x" * 101)
    with pytest.raises(ApiError, match="too_large"):
        client.download_media("media-1", 100)


@pytest.mark.parametrize("kind", ["application/json; encoding=utf-8", "text/plain"])
def test_media_that_are_no_more_are_an_error(platform: Platform, client: WeChatClient, kind: str) -> None:
    platform.answers[MEDIA] = (200, kind, b'{"errcode":40007,"errmsg":"invalid media_id"}')
    with pytest.raises(ApiError, match="40007"):
        client.download_media("media-1", 100)


def test_a_video_is_no_file(platform: Platform, client: WeChatClient) -> None:
    platform.answers[MEDIA] = {"video_url": "http://example.invalid/v"}
    with pytest.raises(ApiError, match="no_file"):
        client.download_media("media-1", 100)


def test_media_with_a_refused_token(platform: Platform, client: WeChatClient) -> None:
    client.send_custom(OPENID, HELLO)
    platform.issue()
    platform.answers[MEDIA] = (200, "audio/amr", b"voice")
    assert client.download_media("media-1", 100) == (b"voice", "audio/amr")


def test_the_menu_is_published_and_read(platform: Platform, client: WeChatClient) -> None:
    menu = {"button": [{"type": "click", "name": "我要预约", "key": "appointment"}]}
    client.publish_menu(menu)
    assert platform.bodies("/cgi-bin/menu/create") == [menu]
    platform.answers["/cgi-bin/menu/get"] = {"menu": menu}
    assert client.read_menu() == menu
    platform.fail("/cgi-bin/menu/get", 46003)
    assert client.read_menu() is None
    platform.fail("/cgi-bin/menu/get", 48001)
    with pytest.raises(Misconfigured):
        client.read_menu()


def test_qr_codes(platform: Platform, client: WeChatClient) -> None:
    platform.answers[QR] = {"ticket": "gQ==", "url": "http://weixin.qq.com/q/kZgfwMTm", "expire_seconds": 2592000}
    assert client.create_qr_code("window:A01") == QrCode("gQ==", "http://weixin.qq.com/q/kZgfwMTm")
    client.create_qr_code("window:A01", permanent=True)
    info = {"scene": {"scene_str": "window:A01"}}
    assert platform.bodies(QR) == [
        {"expire_seconds": 2592000, "action_name": "QR_STR_SCENE", "action_info": info},
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info},
    ]


@pytest.mark.parametrize("scene", ["", "x" * 65])
def test_a_scene_has_a_length(client: WeChatClient, scene: str) -> None:
    with pytest.raises(ValueError, match="scene"):
        client.create_qr_code(scene)


def test_who_came_by_oauth(platform: Platform, client: WeChatClient) -> None:
    platform.answers[OAUTH] = {"access_token": "another kind", "openid": OPENID, "scope": "snsapi_base"}
    assert client.openid_of_code("c1") == OPENID
    assert platform.requests == [
        ("GET", OAUTH, {
            "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret, "code": "c1", "grant_type": "authorization_code",
        }, None),
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "error"), [(40029, ApiError), (40163, ApiError), (40001, Misconfigured)])
def test_an_oauth_code_that_is_none(platform: Platform, client: WeChatClient, code: int, error: type[ApiError]) -> None:
    platform.fail(OAUTH, code)
    with pytest.raises(ApiError) as caught:
        client.openid_of_code("c1")
    assert type(caught.value) is error and platform.count(OAUTH) == 1


def test_an_oauth_answer_without_an_openid(platform: Platform, client: WeChatClient) -> None:
    platform.answers[OAUTH] = {"errmsg": "ok"}
    with pytest.raises(ApiError, match="no_openid"):
        client.openid_of_code("c1")
