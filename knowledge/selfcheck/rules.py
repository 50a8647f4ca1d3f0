"""The rules over one publication or over references between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from knowledge.base import Published
from knowledge.model import Disclosure, FaqEntry, Guide, ReviewState, TimeLimit
from knowledge.selfcheck.findings import Finding, error, warning
from knowledge.target import Kind

_AMOUNT = re.compile(r"[1-9]\d*(?:\.\d+)?\s*元")
_DAYS = re.compile(r"(\d+)\s*(个工作日|日|天)")


def missing_disclosures(published: Published, _today: date) -> Iterator[Finding]:
    """All eight disclosures of the hall's own guides; those of other platforms are counted by the import's report."""
    for guide in _own(published):
        for disclosure in Disclosure:
            if not getattr(guide, disclosure.value):
                yield error(Kind.GUIDE, guide.code, disclosure.value, "没有填写，八公开缺一不可，请补上")
        if len(guide.colloquial) < 3:
            yield warning(Kind.GUIDE, guide.code, "colloquial", "口语说法少于3个，群众不容易问到，请补充")


def dates(published: Published, today: date) -> Iterator[Finding]:
    """Dates that are past, or not there yet."""
    oldest = today - timedelta(days=published.hall.checked_within_days)
    for guide in _own(published):
        if guide.checked_on > today:
            yield error(Kind.GUIDE, guide.code, "checked_on", f"核对日期{guide.checked_on}在今天之后，请改正")
        elif guide.checked_on < oldest:
            yield warning(Kind.GUIDE, guide.code, "checked_on", f"上次核对是{guide.checked_on}，请重新核对")
        if guide.valid_until and guide.valid_until < today:
            yield error(Kind.GUIDE, guide.code, "valid_until", f"已于{guide.valid_until}到期，请更新或者撤下")
    for entry in published.faq.values():
        if entry.review is ReviewState.REVIEWED and entry.valid_until and entry.valid_until < today:
            reason = f"已于{entry.valid_until}到期，不再答复，请更新或者撤回"
            yield warning(Kind.FAQ, entry.id, "valid_until", reason)


def contradictions(published: Published, _today: date) -> Iterator[Finding]:
    """Values that cannot both be true."""
    for guide in published.guides.values():
        yield from _fees(guide)
        limits = [("time_limit", guide.time_limit)]
        limits += [(f"situations.{s.id}.time_limit", s.changes.time_limit) for s in guide.situations]
        for field, limit in limits:
            if limit:
                yield from _limit(guide, field, limit)


def _fees(guide: Guide) -> Iterator[Finding]:
    fees = guide.fees
    if fees is None:
        return
    if not fees.charged and _AMOUNT.search(fees.text) and "不收" not in fees.text and "免" not in fees.text:
        yield error(Kind.GUIDE, guide.code, "fees.text", "charged 是 false（不收费），说明里却有金额，请核对")
    amount = fees.amount_yuan
    if fees.charged and amount is not None and not re.search(rf"(?<!\d){amount:g}(?!\d)", fees.text):
        yield error(Kind.GUIDE, guide.code, "fees.amount_yuan", f"金额{amount:g}元没有出现在收费说明里，请核对")


def _limit(guide: Guide, field: str, limit: TimeLimit) -> Iterator[Finding]:
    """Days of one unit are compared; a statutory limit in several steps counts as their sum."""
    statutory, promised = _days(limit.statutory), _days(limit.promised)
    for unit, days in promised.items():
        if unit in statutory and max(days) > sum(statutory[unit]):
            yield error(Kind.GUIDE, guide.code, f"{field}.promised", "承诺时限比法定时限还长，请核对")
    if limit.on_the_spot and promised and "当场" not in limit.promised:
        yield error(Kind.GUIDE, guide.code, f"{field}.on_the_spot", "写了当场办结，承诺时限却没有写当场，请核对")


def _days(text: str) -> dict[str, list[int]]:
    """The numbers of days in a sentence, by working and calendar days."""
    found: dict[str, list[int]] = {}
    for days, unit in _DAYS.findall(text):
        found.setdefault("working" if unit == "个工作日" else "calendar", []).append(int(days))
    return found


def references(published: Published, _today: date) -> Iterator[Finding]:
    """Codes that lead nowhere."""
    known = published.guides.keys()
    for guide in published.guides.values():
        for field in ("preceding", "following", "related"):
            for code in getattr(guide, field):
                if code not in known:
                    yield error(Kind.GUIDE, guide.code, field, f"没有编码为 {code} 的办事指南，请改正")
                elif code == guide.code:
                    yield error(Kind.GUIDE, guide.code, field, "指向了自己，请删除")
    for entry in published.faq.values():
        for code in entry.items:
            if code not in known:
                yield error(Kind.FAQ, entry.id, "items", f"没有编码为 {code} 的办事指南，请改正")
    for scenario in published.scenarios.values():
        branches = (branch for question in scenario.questions.values() for branch in question.branches)
        for code in (*scenario.items, *(code for branch in branches for code in branch.items)):
            if code not in known:
                yield error(Kind.SCENARIO, scenario.id, "items", f"没有编码为 {code} 的办事指南，请改正")


def owners(published: Published, _today: date) -> Iterator[Finding]:
    """FAQ entries without sources, or of an owner whom the hall does not know."""
    departments = {d.id for d in published.hall.departments} | {published.hall.name}
    for entry in _own_faq(published):
        if entry.owner not in departments:
            yield warning(Kind.FAQ, entry.id, "owner", f"大厅没有部门 {entry.owner}，请核对责任部门")
        if not entry.sources and entry.review is ReviewState.REVIEWED:
            yield warning(Kind.FAQ, entry.id, "sources", "没有写明依据，请补上")


def _own(published: Published) -> Iterator[Guide]:
    return (guide for guide in published.guides.values() if guide.origin is None)


def _own_faq(published: Published) -> Iterator[FaqEntry]:
    return (entry for entry in published.faq.values() if entry.origin is None)
