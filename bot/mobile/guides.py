"""`/m/guides`: an item's guide with its eight disclosures, and the way to it by name (S01, S03). Open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from bot.appointments.rules import appointment_rules
from bot.desk import Desk
from bot.errors import Refused
from bot.mobile.page import page
from bot.parameters import ThisDesk
from knowledge.base import KnowledgeBase
from knowledge.model import Disclosure, Guide
from knowledge.target import Kind
from knowledge.text.tokens import normalise

MOST_FOUND = 12
LONGEST_QUERY = 60
OPEN_AT_FIRST = (Disclosure.LOCATION, Disclosure.MATERIALS)
"""What is unfolded when nothing was asked for."""


@dataclass(frozen=True)
class Contact:
    name: str
    telephone: str


def read_guide(code: str, desk: ThisDesk, d: str = "", s: str = "") -> HTMLResponse:
    """`d`: the disclosures to unfold, with commas; `s`: a situation's id. Raises Refused (404) for an unknown or
    expired guide; a disclosure or situation that is none is left aside."""
    base = desk.library.current
    guide = current_guide(base, code)
    if guide is None:
        raise Refused("mobile.no_guide", 404, "no-guide")
    situation = next((known for known in guide.situations if known.id == s), None)
    answer = base.writer.answer(guide, (), situation)
    asked = tuple(known for known in Disclosure if known.value in d.split(","))
    return page(
        desk, "guide", public=True, guide=guide, answer=answer, situation=situation,
        asked=",".join(known.value for known in asked), unfolded=asked or OPEN_AT_FIRST,
        notes=_notes(desk, guide, answer.missing), contact=_contact(base, guide),
        bookable=appointment_rules(desk.rules).group_of(guide) is not None,
    )  # fmt: skip


def search(desk: ThisDesk, q: str = "") -> HTMLResponse:
    """Items by name, alias, or what they are about; without a query all of the hall's own, by department."""
    base = desk.library.current
    asked = "".join(c for c in q if c.isprintable()).strip()[:LONGEST_QUERY]
    found = list(_found(desk, base, asked)) if asked else []
    return page(desk, "search", public=True, query=asked, found=found, shelves=[] if asked else _shelves(base))


def current_guide(base: KnowledgeBase, code: str) -> Guide | None:
    """The guide of that code, unless its time is over."""
    guide = base.guides.get(code)
    return guide if guide and not base.is_over(guide) else None


def _notes(desk: Desk, guide: Guide, missing: tuple[str, ...]) -> Iterator[str]:
    """As in an answer: what was not checked for long, or never published, is said."""
    base = desk.library.current
    if base.is_unchecked(guide):
        yield desk.wording.say("guide.unchecked", date=guide.checked_on)
    if missing:
        yield desk.wording.say("guide.missing", fields="、".join(missing))


def _contact(base: KnowledgeBase, guide: Guide) -> Contact | None:
    """Who answers for the guide; None when no telephone of theirs is known."""
    if guide.department:
        department = base.hall.department(guide.department)
        return Contact(department.name, department.telephone)
    if guide.authority and guide.authority.telephone:
        return Contact(guide.authority.name, guide.authority.telephone)
    return None


def _found(desk: Desk, base: KnowledgeBase, asked: str) -> Iterator[Guide]:
    """Those that have the words in a name, the hall's own first; then those that the knowledge base finds."""
    text = base.read_text(asked)
    own_first = sorted(base.guides.values(), key=lambda guide: guide.origin is not None)
    codes = [guide.code for guide in own_first if any(text in normalise(name) for name in guide.names)]
    floor = base.published.confidence.thresholds.offer
    for candidate in base.linker.link(text, desk.encoder.encode_queries([text])[0]).candidates:
        if candidate.target.kind is Kind.GUIDE and candidate.confidence >= floor:
            codes.append(candidate.target.id)
    guides = [guide for code in dict.fromkeys(codes) if (guide := current_guide(base, code))]
    yield from guides[:MOST_FOUND]


def _shelves(base: KnowledgeBase) -> list[tuple[str, list[Guide]]]:
    """The hall's own items of each department that has any."""
    shelves = []
    for department in base.hall.departments:
        own = [g for g in base.guides.values() if g.department == department.id and g.origin is None]
        valid = [guide for guide in own if not base.is_over(guide)]
        if valid:
            shelves.append((department.name, valid))
    return shelves
