"""The hall's knowledge with guides of another platform beside it, and questions about those guides.

The guides are made up for this purpose (services_validation.jsonl of the encoder's pairs, and every other name of its
training services around them), because a hall may import such guides any day and the confidence must know what a guest
looks like. The rest of those names stay what they are in the hall's own list: services of elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.assembly import WORDS_FILE
from bot.handler.tools import Tools
from bot.settings import Settings
from evaluation.questions import Question
from evaluation.tuning.pairs import SERVICES, Service, read, services
from knowledge import base
from knowledge.base import KnowledgeBase, Workshop
from knowledge.encoder.remember import RememberedVectors
from knowledge.model import Guide, Material
from knowledge.model.guide import Applicant, Authority

PREFIX = "XX"
"""Of codes that no catalogue has."""


def beside_guests(tools: Tools, settings: Settings) -> KnowledgeBase:
    """The snapshot in use, with the guests."""
    current = tools.library.current
    published = current.published
    known = services()
    around = [Service(name) for name in list(dict.fromkeys(pair.second for pair in read(SERVICES)))[::2]]
    guests = {_code(n): _guide(n, service) for n, service in enumerate([*known, *around])}
    vectors = RememberedVectors(tools.encoder, settings.vectors_file)
    workshop = Workshop(vectors, WORDS_FILE, published.question_words)
    return base.build(replace(published, guides={**published.guides, **guests}), workshop, current.as_of)


def guest_questions() -> list[Question]:
    """What citizens say who need one of the guests; the encoder has not learnt from them."""
    return [
        Question(f"{_code(n)}-{m}", query, "guide", (_code(n),), (), "colloquial")
        for n, service in enumerate(services())
        for m, query in enumerate(service.queries)
    ]


def _code(number: int) -> str:
    return f"{PREFIX}-{number:03d}"


def _guide(number: int, service: Service) -> Guide:
    return Guide(
        code=_code(number),
        name=service.name,
        authority=Authority(name="省级部门"),
        origin="示例平台",
        applicant=Applicant.NATURAL_PERSON,
        checked_on=date(2026, 1, 1),
        checked_by="评测",
        materials=tuple(Material(name=name) for name in service.materials),
        conditions=(service.conditions,) if service.conditions else (),
    )
