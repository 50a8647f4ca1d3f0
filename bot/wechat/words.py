"""The words around an answer in WeChat: the hall's sentences, and labels of links and sources."""

from __future__ import annotations

from bot.wording.wording import Wording
from connectors.wechat.texts import Words

KINDS = {"faq": "常见问答", "facility": "大厅信息", "scenario": "办事引导", "topic": "其他部门事项"}
SEE_ALL = "查看全部内容"


def words_of(wording: Wording) -> Words:
    """What `connectors.wechat.render` says by itself."""
    return Words(
        reply_number=wording.say("wechat.reply_number"),
        choose=wording.say("wechat.choose"),
        tap=wording.say("wechat.tap"),
        see_all=SEE_ALL,
        rest=wording.say("wechat.rest"),
        source=wording.root["wechat.source"],
        source_checked=wording.root["wechat.source_checked"],
        kinds=KINDS,
    )
