"""Small hand-made knowledge and turns, so that a test says only what it is about."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from bot.assembly import WORDS_FILE
from bot.conversations.model import Conversation, Deed
from bot.handler.turn import Turn
from bot.policy import load_policy
from bot.understanding.model import Intent, Understanding
from connectors.contract import Channel, Transaction, UserMessage
from knowledge.base import KnowledgeBase
from knowledge.encoder.encoder import Encoder
from knowledge.homophones import Homophones
from knowledge.labels import Labels, load_labels
from knowledge.link import Candidate, Link, Linker, LinkSettings
from knowledge.loader import DATA, load_yaml
from knowledge.model import Disclosure, Guide, Hall
from knowledge.tokens import Tokens

SESSIONS = [
    {"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "12:00"},
    {"weekdays": [1, 2, 3, 4, 5], "opens": "13:30", "closes": "17:00"},
]
# Built on the real files, so that a new figure there needs no change here.
LINKING = load_yaml(DATA / "linking.yaml", LinkSettings).model_copy(
    update={
        "depth": 10, "rrf_k": 20.0, "dense_weight": 0.7, "lexical_weight": 0.3, "cosine_low": 0.2, "cosine_high": 0.9,
        "coverage_weight": 0.5, "unknown_weight": 0.4, "floor": 0.5, "margin": 0.1,
    }
)  # fmt: skip
POLICY = load_policy().model_copy(
    update={
        "max_characters": 100, "smalltalk": 0.5, "out_of_scope": 0.5, "deed": 0.5, "cancel_in_form": 0.6,
        "question_in_form": 0.6, "item_in_form": 0.7, "sure_item": 0.75, "disclosure": 0.5, "entity_weight": 0.2,
    }
)  # fmt: skip
QUESTION_WORDS = (
    "我", "的", "了", "要", "办", "怎么", "怎么办", "什么", "多少", "多少钱", "材料", "带", "哪里", "在", "吗", "呢",
    "收费", "那", "请问", "丢", "补办",
)  # fmt: skip
SENDER_KEY = "f" * 64


def make_hall(**changes: Any) -> Hall:
    data = {
        "name": "示范大厅", "address": "中心大道1号", "telephone": "0000-12345678", "local_values_note": "演示",
        "consultation_reply_working_days": 2,
        "departments": [{"id": "GA", "name": "公安局", "telephone": "0000-10000001"}],
        "zones": [{"id": "A", "name": "公安区", "floor": 1, "windows": [
            {"id": "A01", "name": "身份证窗口", "departments": ["GA"]},
            {"id": "A02", "name": "户籍窗口", "departments": ["GA"]},
        ]}],
        "hours": SESSIONS,
    }  # fmt: skip
    return Hall.model_validate({**data, **changes})


def guide_data(**changes: Any) -> dict[str, Any]:
    """A whole and right guide as YAML would hold it."""
    data = {
        "code": "GA-003", "name": "居民身份证遗失补领", "department": "GA", "applicant": "natural_person",
        "checked_on": date(2026, 11, 1), "checked_by": "公安局身份证窗口",
        "aliases": ["身份证挂失补领"], "colloquial": ["身份证丢了", "身份证不见了", "补身份证"],
        "location": {"windows": ["A01"]},
        "legal_basis": [{"law": "中华人民共和国居民身份证法", "article": "第十一条"}],
        "conditions": ["居民身份证丢失。"],
        "materials": [{"name": "居民户口簿", "kind": "main", "form": "original", "issuer": "公安机关"}],
        "procedure": [{"name": "申请", "text": "到窗口申请。"}],
        "time_limit": {"statutory": "60日", "promised": "20个工作日"},
        "fees": {"charged": True, "amount_yuan": 40, "text": "每证工本费40元。"},
    }  # fmt: skip
    return {**data, **changes}


def make_guide(**changes: Any) -> Guide:
    return Guide.model_validate(guide_data(**changes))


def four_guides() -> dict[str, Guide]:
    """Four items whose names share few words."""
    guides = [
        make_guide(),
        make_guide(
            code="GA-008", name="普通护照换发", aliases=["护照换发"],
            colloquial=["护照过期了", "换护照", "护照到期换新的"],
        ),
        make_guide(
            code="RS-002", name="社会保障卡补领", aliases=["社保卡补领"],
            colloquial=["社保卡掉了", "社保卡不见了", "补社保卡"],
        ),
        make_guide(
            code="GJ-002", name="住房公积金提取", aliases=["公积金提取"],
            colloquial=["取公积金", "公积金怎么拿出来", "租房提公积金"],
        ),
    ]  # fmt: skip
    return {guide.code: guide for guide in guides}


@cache
def labels() -> Labels:
    return load_labels()


@cache
def tokens() -> Tokens:
    return Tokens(WORDS_FILE, QUESTION_WORDS)


def small_base(encoder: Encoder) -> KnowledgeBase:
    guides = four_guides()
    linker = Linker(guides, encoder, tokens(), LINKING)
    homophones = Homophones({"身份证", "公积金", "社保卡", "护照"}, QUESTION_WORDS)
    return KnowledgeBase(make_hall(), guides, labels(), linker, tokens(), homophones)


def candidate(code: str, confidence: float) -> Candidate:
    return Candidate(code, cosine=0.9, coverage=1.0, confidence=confidence)


def link_to(*found: tuple[str, float], names_something: bool = True) -> Link:
    return Link(tuple(candidate(*pair) for pair in found), names_something)


def heard(
    intent: str = "ask_guide", confidence: float = 0.9, asks: float | None = None, asked: Sequence[str] = ()
) -> Understanding:
    what = Intent(intent)
    disclosures = tuple(Disclosure(name) for name in asked)
    return Understanding(what, confidence, asks if asks is not None else float(what.asks), disclosures)


def make_message(text: str = "身份证丢了", **changes: Any) -> UserMessage:
    return UserMessage(**{"channel": Channel.WEB, "sender": "tester", "text": text, **changes})


def make_turn(
    text: str = "身份证丢了",
    understanding: Understanding | None = None,
    link: Link | None = None,
    conversation: Conversation | None = None,
) -> Turn:
    turn = Turn(make_message(text), SENDER_KEY)
    turn.text, turn.understanding, turn.link = text, understanding or heard(), link or link_to()
    turn.conversation = conversation or Conversation()
    return turn


def running_deed(requested: str | None = "consultation_name", **slots: str) -> Deed:
    return Deed("deed1", Transaction.CONSULTATION, "consultation_form", requested, slots)
