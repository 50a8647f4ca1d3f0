"""`python -m connectors.wechat_standin CALLBACK_URL`: the chat page to try the assistant out as in WeChat."""

from __future__ import annotations

import argparse
from dataclasses import fields

import uvicorn

from connectors.wechat_standin.model import Mode, StandInAccount
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.serve import create_standin


def main() -> None:
    """The bot's account settings must be the same as the ones given here."""
    parser = argparse.ArgumentParser(prog="python -m connectors.wechat_standin", description=__doc__)
    parser.add_argument("callback_url", help="for example http://127.0.0.1:8000/wechat/callback")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8600)
    defaults = StandInAccount()
    for field in fields(StandInAccount):
        kind = Mode if field.name == "mode" else str
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=getattr(defaults, field.name))
    given = vars(parser.parse_args())
    account = StandInAccount(**{f.name: given[f.name] for f in fields(StandInAccount)})
    platform = Platform(account)
    for nickname in ("王女士", "李先生", "陈阿姨"):
        platform.add_user(nickname=nickname)
    platform.oauth_user = next(iter(platform.users))
    uvicorn.run(create_standin(platform, given["callback_url"]), host=given["host"], port=given["port"])


if __name__ == "__main__":
    main()
