"""A small hall and plain guides and FAQ entries, and the reading of a file that must be right."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.exchange.incoming import incoming_faq, incoming_guides
from knowledge.exchange.problems import Refused
from knowledge.model import FaqEntry, Guide, Hall

HALL = Hall.model_validate(
    {
        "name": "示范大厅", "address": "中心大道1号", "telephone": "0000-12345678", "local_values_note": "演示",
        "consultation_reply_working_days": 2,
        "departments": [{"id": "GA", "name": "公安局", "telephone": "0000-10000001"}],
        "zones": [{"id": "A", "name": "公安区", "floor": 1, "windows": [
            {"id": "A01", "name": "身份证窗口", "departments": ["GA"]},
            {"id": "A02", "name": "户籍窗口", "departments": ["GA"]},
            {"id": "A03", "name": "综合窗口", "departments": ["GA"]},
            {"id": "A04", "name": "综合窗口", "departments": ["GA"]},
        ]}],
        "hours": [{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}],
    }
)  # fmt: skip


def guide(**changes: Any) -> Guide:
    data = {
        "code": "GA-003", "name": "甲证补领", "department": "GA", "applicant": "natural_person",
        "checked_on": "2026-11-01", "checked_by": "甲窗口", "aliases": ["甲证挂失"], "colloquial": ["甲证丢了"],
        "location": {"windows": ["A01"]}, "materials": [{"name": "户口簿", "form": "original", "issuer": "公安机关"}],
        "time_limit": {"statutory": "60日", "promised": "20个工作日"},
        "fees": {"charged": True, "amount_yuan": 40, "text": "每证40元。"},
    }  # fmt: skip
    return Guide.model_validate({**data, **changes})


def entry(**changes: Any) -> FaqEntry:
    data = {
        "id": "FAQ-GA-001", "questions": ["几天能拿"], "answer": "二十个工作日。", "owner": "GA",
        "valid_from": "2026-11-01", "review": "reviewed", "reviewed_by": "甲科", "reviewed_on": "2026-11-15",
    }  # fmt: skip
    return FaqEntry.model_validate({**data, **changes})


def read_guides(file: Path, published: Mapping[str, Guide] | None = None) -> list[Guide]:
    items, _ = incoming_guides(file, None, published or {}, HALL)
    return [item.model for item in items]


def read_faq(file: Path) -> list[FaqEntry]:
    items, _ = incoming_faq(file, None, {}, {}, HALL)
    return [item.model for item in items]


def refusals(file: Path, published: Mapping[str, Guide] | None = None) -> list[str]:
    """What a file of guides is refused for, one sentence each; fails when it is taken in."""
    try:
        read_guides(file, published)
    except Refused as refused:
        return [str(refusal) for refusal in refused.refusals]
    raise AssertionError("the file was not refused")
