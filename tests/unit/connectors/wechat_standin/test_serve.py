"""The whole stand-in: web authorisation, the chat page, and template messages that are reported back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from connectors.wechat_standin.model import Limits
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.serve import StandIn, running_standin
from tests.unit.connectors.wechat_standin.callback import OPENID, Callback, reply, running_callback

OTHER = "oAnother_citizen_00000000002"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    platform = Platform(limits=Limits(answer_seconds=2))
    platform.add_user(OPENID, "王女士")
    platform.add_user(OTHER, "李先生")
    with running_standin(platform=platform) as running:
        yield running


@pytest_asyncio.fixture
async def http(standin: StandIn) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=standin.url, trust_env=False) as client:
        yield client


def authorize(standin: StandIn, **changed: str) -> dict[str, str]:
    query = {"appid": standin.platform.account.app_id, "redirect_uri": "https://hall.example.cn/m/oauth?from=menu"}
    return {**query, "response_type": "code", "scope": "snsapi_base", "state": "a1B2", **changed}


async def exchange(standin: StandIn, http: httpx.AsyncClient, code: str, **changed: str) -> dict[str, object]:
    account = standin.platform.account
    query = {"appid": account.app_id, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    return (await http.get("/sns/oauth2/access_token", params={**query, **changed})).json()


async def code_of(standin: StandIn, http: httpx.AsyncClient, **changed: str) -> str:
    response = await http.get("/connect/oauth2/authorize", params=authorize(standin, **changed))
    assert response.status_code == 302
    target = urlsplit(response.headers["location"])
    query = parse_qs(target.query)
    assert (target.netloc, target.path) == ("hall.example.cn", "/m/oauth")
    assert (query["from"], query["state"]) == (["menu"], ["a1B2"])
    return query["code"][0]


async def test_a_code_gives_the_openid_once(standin: StandIn, http: httpx.AsyncClient) -> None:
    code = await code_of(standin, http, openid=OTHER)
    assert (await exchange(standin, http, code, secret="x"))["errcode"] == 40125
    answer = await exchange(standin, http, code)
    assert (answer["openid"], answer["scope"]) == (OTHER, "snsapi_base")
    assert (await exchange(standin, http, code))["errcode"] == 40163
    assert (await exchange(standin, http, "made up"))["errcode"] == 40029
    standin.platform.limits.code_seconds = -1
    assert (await exchange(standin, http, await code_of(standin, http, openid=OTHER)))["errcode"] == 42003


async def test_who_opens_the_page(standin: StandIn, http: httpx.AsyncClient) -> None:
    assert (await http.get("/connect/oauth2/authorize", params=authorize(standin))).status_code == 400
    standin.platform.oauth_user = OTHER
    assert (await exchange(standin, http, await code_of(standin, http)))["openid"] == OTHER
    await http.get("/standin/state", params={"openid": OPENID})  # the chat page's choice is kept in a cookie
    assert (await exchange(standin, http, await code_of(standin, http)))["openid"] == OPENID


@pytest.mark.parametrize(
    "changed",
    [
        {"appid": "wx0"},
        {"redirect_uri": "javascript:alert(1)"},
        {"scope": "everything"},
        {"response_type": "token"},
        {"state": "with.dots"},
        {"state": "x" * 129},
        {"openid": "oNobody"},
    ],
)
async def test_refused_authorisations(standin: StandIn, http: httpx.AsyncClient, changed: dict[str, str]) -> None:
    query = {**authorize(standin), "openid": OPENID, **changed}
    assert (await http.get("/connect/oauth2/authorize", params=query)).status_code == 400


async def test_a_template_message_is_reported_back(standin: StandIn, http: httpx.AsyncClient) -> None:
    async with running_callback() as callback:
        standin.platform.callback_url = callback.url
        token, _ = standin.platform.tokens.get()
        body = {"touser": OPENID, "template_id": "T", "data": {"thing1": {"value": "X"}}}
        answer = (await http.post("/cgi-bin/message/template/send", params={"access_token": token}, json=body)).json()
        await until(callback)
    (push,) = standin.platform.pushes
    assert push.fields["Event"] == "TEMPLATESENDJOBFINISH"
    assert push.fields["MsgID"] == answer["msgid"]


async def until(callback: Callback) -> None:
    for _ in range(500):
        if callback.requests:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nothing was pushed")


async def test_the_page_and_its_state(standin: StandIn, http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text.replace("http://127", "")
    async with running_callback() as callback:
        standin.platform.callback_url = callback.url
        callback.plan.append(reply(standin.platform.account))
        result = (await http.post("/standin/act", json={"openid": OPENID, "kind": "text", "text": "您好"})).json()
        assert (result["tries"], result["problem"]) == (1, None)
        for kind in ("voice", "click", "view", "location", "scan", "unsubscribe", "subscribe"):
            wish = {"openid": OPENID, "kind": kind, "text": "x"}
            assert (await http.post("/standin/act", json=wish)).status_code == 200
        assert len(callback.requests) == 8
    state = (await http.get("/standin/state", params={"openid": OPENID})).json()
    said, seen = state["entries"][:2]
    assert (said["from"], said["fields"]["Content"]) == ("user", "您好")
    assert (seen["from"], seen["content"]["content"]) == ("passive", "您好")
    assert len(state["entries"]) == 9
    later = (await http.get("/standin/state", params={"openid": OPENID, "after": seen["number"]})).json()
    assert len(later["entries"]) == 7


async def test_users_and_faults_of_the_page(standin: StandIn, http: httpx.AsyncClient) -> None:
    openid = (await http.post("/standin/users", json={"nickname": "赵先生"})).json()["openid"]
    assert standin.platform.users[openid].subscribed
    path = "/cgi-bin/message/custom/send"
    await http.post("/standin/faults", json={"path": path, "errcode": 45015})
    state = (await http.get("/standin/state")).json()
    assert state["faults"] == [{"path": path, "errcode": 45015, "drop": False, "times": 1}]
    assert (await http.post("/standin/act", json={"openid": "oNobody", "kind": "text"})).status_code == 404
    assert (await http.post("/standin/act", json={"openid": openid, "kind": "template_sent"})).status_code == 422
