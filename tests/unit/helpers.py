"""Small hand-made knowledge and turns, so that a test says only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from bot.assembly import WORDS_FILE
from bot.conversations.model import Conversation, Deed
from bot.handler.turn import Reading, Turn
from bot.policy import load_policy
from bot.understanding.model import Intent, Understanding
from connectors.contract import Channel, Transaction, UserMessage
from knowledge.base import KnowledgeBase, Published, Workshop, build
from knowledge.confidence import FEATURES, Confidence, Thresholds
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.remember import RememberedVectors
from knowledge.labels import Labels, load_labels
from knowledge.link import Candidate, Link, LinkSettings
from knowledge.loader import DATA, load_yaml
from knowledge.model import Disclosure, Facility, FaqEntry, Guide, Hall, Scenario, Topic
from knowledge.target import Kind, Target
from knowledge.text.initials import FixedInitials
from knowledge.text.tokens import Tokens
from knowledge.trees import Trees

SESSIONS = [
    {"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "12:00"},
    {"weekdays": [1, 2, 3, 4, 5], "opens": "13:30", "closes": "17:00"},
]
# Built on the real files, so that a new figure there needs no change here.
LINKING = load_yaml(DATA / "linking.yaml", LinkSettings).model_copy(
    update={"depth": 10, "wording_weight": 0.1, "unknown_weight": 0.4}
)
STEPS = 200


def rising(slopes: Mapping[str, float], low: float = 0.0, high: float = 1.0) -> Trees:
    """Trees of one question each, which add up to about the sum of slope x (figure - middle) over the features named,
    for figures from `low` to `high`."""
    step = (high - low) / STEPS
    nodes: list[tuple[int, float, int, int, float]] = []
    for name, slope in slopes.items():
        for n in range(STEPS):
            at = len(nodes)
            nodes.append((FEATURES.index(name), low + (n + 0.5) * step, at + 1, at + 2, 0.0))
            nodes += [(0, 0.0, at + 1, at + 1, 0.0), (0, 0.0, at + 2, at + 2, slope * step)]
    feature, threshold, left, right, value = zip(*nodes, strict=True)
    return Trees(
        baseline=-sum(slopes.values()) * (high - low) / 2, depth=1, roots=tuple(range(0, len(nodes), 3)),
        feature=feature, threshold=threshold, left=left, right=right, value=value,
    )  # fmt: skip


CONFIDENCE = Confidence(
    encoder="bag-of-characters", chosen_on={},
    thresholds=Thresholds(
        answer=0.6, rival=0.85, offer=0.5, found=0.5, answer_guest=0.6, rival_guest=0.85, found_guest=0.5
    ),
    features=FEATURES, trees=rising({"cosine": 8.0, "coverage": 3.0}),
)  # fmt: skip
POLICY = load_policy().model_copy(
    update={
        "max_characters": 100, "smalltalk": 0.5, "out_of_scope": 0.5, "deed": 0.5, "deed_beside_question": 0.85,
        "deed_alone": 0.3,
        "cancel_in_form": 0.6,
        "question_in_form": 0.6, "item_in_form": 0.7, "sure_item": 0.75, "disclosure": 0.5, "disclosure_shown": 0.3,
        "disclosure_denied": 0.7, "intent_shows": 0.5, "intent_denies": 0.02,
    }
)  # fmt: skip
QUESTION_WORDS = (
    "我", "的", "了", "要", "办", "怎么", "怎么办", "什么", "多少", "多少钱", "材料", "带", "哪里", "在", "吗", "呢",
    "收费", "那", "请问", "丢", "补办",
)  # fmt: skip
SENDER_KEY = "f" * 64
GUARDIAN = {"name": "监护人身份证", "kind": "main", "form": "original", "issuer": "公安机关"}
MINOR = {
    "id": "minor", "name": "未成年人", "cues": ["孩子", "未成年"], "ask": ["孩子身份证丢了"],
    "changes": {"materials": [GUARDIAN]},
}  # fmt: skip
AGENT = {
    "id": "agent", "name": "他人代办（委托）", "cues": ["代办", "帮别人"], "changes": {"conditions": ["有委托书。"]},
}  # fmt: skip


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


def guest_guide(**changes: Any) -> Guide:
    """A guide of another platform that publishes its materials only."""
    holes = dict.fromkeys(("location", "time_limit", "fees"))
    data = {
        "code": "XX-001", "name": "排水许可", "department": None, "authority": {"name": "水务局"}, "origin": "省平台",
        "aliases": [], "colloquial": ["排水证"], "legal_basis": [], "conditions": [], "procedure": [],
    }  # fmt: skip
    return make_guide(**{**data, **holes, **changes})


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


def make_faq(**changes: Any) -> FaqEntry:
    data = {
        "id": "FAQ-GA-001", "questions": ["捡到的身份证能用吗", "别人能用我的身份证吗"], "answer": "不能。",
        "owner": "GA", "items": ["GA-003"], "sources": [{"title": "《中华人民共和国居民身份证法》"}],
        "valid_from": date(2026, 1, 1), "review": "reviewed", "reviewed_by": "公安局", "reviewed_on": date(2026, 11, 1),
    }  # fmt: skip
    return FaqEntry.model_validate({**data, **changes})


def make_facility(**changes: Any) -> Facility:
    data = {"id": "restrooms", "name": "卫生间", "phrases": ["厕所位置", "洗手间", "上厕所"], "text": "每层都有。"}
    return Facility.model_validate({**data, **changes})


def make_topic(**changes: Any) -> Topic:
    data = {
        "id": "court", "name": "法院立案", "phrases": ["打官司", "起诉别人", "去法院告他"], "authority": "人民法院",
        "telephone": "12368", "path": "请到法院立案。",
    }  # fmt: skip
    return Topic.model_validate({**data, **changes})


def make_scenario(**changes: Any) -> Scenario:
    data = {
        "id": "lost_papers", "name": "钱包丢失", "phrases": ["钱包掉了", "证件全丢", "包被偷", "钱包被偷", "全部证件"],
        "start": "what",
        "questions": {
            "what": {"ask": "请问丢了哪些证件？", "branches": [
                {"title": "身份证和社保卡", "words": ["都丢了"], "items": ["GA-003", "RS-002"], "next": "abroad"},
                {"title": "只有身份证", "items": ["GA-003"], "note": "请尽快挂失。"},
            ]},
            "abroad": {"ask": "请问护照丢了吗？", "branches": [
                {"title": "护照也丢了", "items": ["GA-008"]}, {"title": "护照还在"},
            ]},
        },
    }  # fmt: skip
    return Scenario.model_validate({**data, **changes})


def make_published(**changes: Any) -> Published:
    """Four guides, one of each other kind."""
    data: dict[str, Any] = {
        "hall": make_hall(), "guides": four_guides(), "faq": {"FAQ-GA-001": make_faq()},
        "facilities": {"restrooms": make_facility()}, "scenarios": {"lost_papers": make_scenario()},
        "topics": {"court": make_topic()}, "labels": labels(), "linking": LINKING, "confidence": CONFIDENCE,
        "question_words": QUESTION_WORDS,
        "asking_words": ("材料",), "interrogatives": frozenset({"什么", "怎么", "多少", "多少钱", "吗", "怎么办"}),
        "initials": FixedInitials(words={"hz": "护照"}),
    }  # fmt: skip
    return Published(**{**data, **changes})


def small_base(encoder: Encoder, **changes: Any) -> KnowledgeBase:
    published = make_published(**changes)
    workshop = Workshop(RememberedVectors(encoder), WORDS_FILE, published.question_words)
    return build(published, workshop, date(2026, 11, 22))


def target(id_: str) -> Target:
    """The target of an id of the small base."""
    kinds = {"FAQ-GA-001": Kind.FAQ, "restrooms": Kind.FACILITY, "lost_papers": Kind.SCENARIO, "court": Kind.TOPIC}
    return Target(kinds.get(id_, Kind.GUIDE), id_)


def candidate(id_: str, confidence: float, coverage: float = 1.0) -> Candidate:
    return Candidate(target(id_), cosine=0.9, coverage=coverage, confidence=confidence)


def link_to(*found: tuple[str, float], names_something: bool = True) -> Link:
    return Link(tuple(candidate(*pair) for pair in found), words=2 if names_something else 0, known_words=1.0)


def heard(
    intent: str = "ask_guide", confidence: float = 0.9, asks: float | None = None, asked: Sequence[str] = ()
) -> Understanding:
    what = Intent(intent)
    disclosures = tuple(Disclosure(name) for name in asked)
    return Understanding(what, confidence, asks if asks is not None else float(what.asks), disclosures)


@cache
def shared_base() -> KnowledgeBase:
    """The small base with the fake encoder."""
    from tests.conftest import FakeEncoder

    return small_base(FakeEncoder())


def make_message(text: str = "身份证丢了", **changes: Any) -> UserMessage:
    return UserMessage(**{"channel": Channel.WEB, "sender": "tester", "text": text, **changes})


def make_turn(
    text: str = "身份证丢了",
    understanding: Understanding | None = None,
    link: Link | None = None,
    conversation: Conversation | None = None,
    base: KnowledgeBase | None = None,
) -> Turn:
    turn = Turn(make_message(text), SENDER_KEY, base or shared_base())
    turn.text, turn.understanding, turn.link = text, understanding or heard(), link or link_to()
    turn.conversation, turn.reading = conversation or Conversation(), Reading(text)
    return turn


def running_deed(requested: str | None = "consultation_name", free: bool = False, **slots: str) -> Deed:
    wording = f"consultation.ask_{(requested or '').removeprefix('consultation_')}"
    asked = {"wording": wording, "free": free} if requested else None
    return Deed("deed1", Transaction.CONSULTATION, "consultation_form", requested, slots, asked)
