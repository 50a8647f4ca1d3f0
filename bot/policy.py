"""Thresholds of the decisions, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from knowledge.loader import load_yaml

FILE = Path(__file__).parent / "policy.yaml"
Share = Annotated[float, Field(ge=0, le=1)]


class Policy(BaseModel):
    """See policy.yaml for what each figure means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_characters: Annotated[int, Field(ge=50, le=5000)]
    smalltalk: Share
    out_of_scope: Share
    surely_out_of_scope: Share
    guest_despite_out_of_scope: Share
    suspicion: Share
    nothing_near: Share
    deed: Share
    deed_beside_question: Share
    guest_beside_deed: Share
    deed_words: tuple[str, ...]
    deed_alone: Share
    topic_beside_deed: Share
    topic_beside_private: Share
    topic: Share
    elsewhere: Share
    cancel_in_form: Share
    question_in_form: Share
    item_in_form: Share
    sure_item: Share
    private: Share
    surely_private: Share
    way_words: tuple[str, ...]
    own_words: tuple[str, ...]
    hall: Share
    facility: Share
    facility_beside_deed: Share
    window_factor: Share
    several: Share
    clause_in_whole: Share
    disclosure: Share
    disclosure_shown: Share
    intent_shows: Share
    disclosure_denied: Share
    intent_denies: Share


def load_policy(path: Path = FILE) -> Policy:
    """The thresholds; raises KnowledgeError with file, line and reason."""
    return load_yaml(path, Policy)
