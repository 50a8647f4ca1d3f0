"""The dialogue of leaving a question (S13): question, consent, name, telephone."""

from __future__ import annotations

import re

from bot.consultations import service
from bot.consultations.model import NewConsultation
from bot.consultations.rules import consultation_rules
from bot.deeds import fields
from bot.deeds.form import Context, Done, Field, Form, Line
from connectors.contract import Phase, Transaction
from knowledge.target import Kind

LEAST_CHARACTERS, MOST_CHARACTERS = 2, 500
LEAST_CONTENT = 4
"""So many characters besides the wish itself make an opening message a question."""
_CONTACT = re.compile(
    r"\+?\d[\d\s-]{5,}\d|(我叫|我姓|我是|本人叫?|姓名|联系人|称呼我)[是:：]?[一-鿿]{1,4}"
    r"|(我的)?(联系)?(电话|手机号?|号码)(是)?"
)
_WISH = re.compile(
    r"您好|你好|请问|麻烦|可不可以|可以|能不能|帮忙|帮我|替我|给我|想要|需要|"
    r"留[个下]?一?[个条下]?(言|话|问题|消息|联系方式)|(留下)?问题和联系方式|登记|咨询|提交|记录?[一个]?下来?|写下来|转告|"
    r"(把|将)?(这|那)个?问题|没人答|查清楚|问清楚|研究好|回头|工作人员|懂的人|找个?人|有人|你们|他们|窗口|部门|"
    r"答复|回复|回电话?|回个?电话?|回个?话|打给|打电话|联系|告诉|通知|安排|问题|一下|人工|再|"
    r"[我俺咱要想请让把将给帮您你能吧吗呢啊呀了个条这那就先也都好的人就是不上来答\W_]"
)


def _question(text: str, context: Context) -> str | None:
    """The question that the opening message tells, else the one that could not be answered just before."""
    told = text.strip()
    content = _WISH.sub("", _CONTACT.sub("", told))
    if len(content) >= LEAST_CONTENT and len(told) <= MOST_CHARACTERS:
        return told
    return context.pending_question


def _agreed(context: Context) -> bool:
    """Nothing more is asked of who does not want his contact kept."""
    return context.values.get("consent") is not False


def _ask_consent(context: Context) -> Line:
    return Line("consultation.ask_consent", options=(("同意", "同意"), ("不同意", "不同意")))


def _consent(text: str, context: Context) -> bool:
    plain = text.strip().rstrip("。.!！，,了")
    if plain in {"不同意", "我不同意", "不愿意", "我不愿意", "不想留", "不留", "我不想留", "不想"}:
        return False
    if plain in {"我同意", "我愿意", "同意登记"}:
        return True
    return fields.yes_or_no(text, context)


def _submit(context: Context) -> Done:
    desk, values = context.desk, context.values
    if not values["consent"]:
        return Done((Line("consultation.no_consent", {"telephone": desk.hall.telephone}),), Phase.CANCELLED)
    owner, item = _owner(context, values["question"])
    new = NewConsultation(
        deed_id=context.deed_id,
        channel=context.channel,
        sender_key=context.sender_key,
        question=values["question"],
        name=values["name"],
        telephone=values["telephone"],
        owner=owner,
        item=item,
    )
    calendar = desk.library.current.calendar
    with desk.database.transaction() as session:
        row = service.open_consultation(session, desk.vault, desk.wording, calendar, new, context.now)
    return Done((Line("consultation.done", {"number": row.number, "promised": service.clock(row.promised_by)}),))


def _owner(context: Context, question: str) -> tuple[str | None, str | None]:
    """Department and item: of what is nearest to the question, else of the item that was talked about, else the
    default of the rules."""
    base = context.desk.library.current
    departments = {d.id for d in base.hall.departments}
    text = base.read_text(question)
    link = base.linker.link(text, context.desk.encoder.encode_queries([text])[0])
    likely = base.published.confidence.thresholds.offer
    for candidate in link.candidates:
        if candidate.confidence < likely:
            break
        if candidate.target.kind is Kind.FAQ and base.published.faq[candidate.target.id].owner in departments:
            return base.published.faq[candidate.target.id].owner, None
        if candidate.target.kind is Kind.GUIDE and base.guides[candidate.target.id].department in departments:
            return base.guides[candidate.target.id].department, candidate.target.id
    for code in (*context.items, *((context.item,) if context.item else ())):
        guide = base.guides.get(code)
        if guide and guide.department in departments:
            return guide.department, code
    return consultation_rules(context.desk.rules).default_owner, None


CONSULTATION = Form(
    name="consultation",
    transaction=Transaction.CONSULTATION,
    fields=(
        Field(
            "question",
            fields.words(LEAST_CHARACTERS, MOST_CHARACTERS, "consultation.bad_question"),
            _question,
            free=True,
        ),
        Field("consent", _consent, ask=_ask_consent),
        Field("name", fields.name, fields.name_in, when=_agreed, called=("称呼", "姓名", "名字")),
        Field("telephone", fields.telephone, fields.telephone_in, when=_agreed, called=("电话", "手机", "号码")),
    ),
    submit=_submit,
)
