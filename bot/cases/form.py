"""The dialogues of cases."""

from __future__ import annotations

from bot.cases.complaint_form import COMPLAINT
from bot.cases.fallback_form import FALLBACK_REQUEST
from bot.cases.query_form import CASE_QUERY

__all__ = ["CASE_QUERY", "COMPLAINT", "FALLBACK_REQUEST"]
