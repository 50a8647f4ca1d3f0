"""What the rules are tried on: the small hall's publications, right in every respect but what a test changes."""

from datetime import date
from typing import Any

from knowledge.base import Published
from knowledge.model import FaqEntry, Guide
from tests.unit.helpers import four_guides, guest_guide, make_faq, make_guide, make_published

TODAY = date(2026, 11, 22)


def with_guide(**changes: Any) -> Published:
    """GA-003 changed, the other items as they are."""
    return published_with(make_guide(**changes))


def with_guest(**changes: Any) -> Published:
    """An item of another platform beside the hall's own."""
    return published_with(guest_guide(**changes))


def published_with(*guides: Guide) -> Published:
    return make_published(guides={**four_guides(), **{guide.code: guide for guide in guides}})


def with_faq(**changes: Any) -> Published:
    return published_faq(make_faq(**changes))


def published_faq(*entries: FaqEntry) -> Published:
    return make_published(faq={entry.id: entry for entry in entries})
