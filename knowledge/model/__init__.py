"""The typed model of everything that a hall publishes: guides, FAQ entries, the hall, other authorities' topics."""

from knowledge.model.common import ItemCode, Share, Strict, Text
from knowledge.model.facility import Computed, Facilities, Facility
from knowledge.model.faq import FaqEntry, FaqSource, ReviewState
from knowledge.model.guide import (
    Applicant,
    Authority,
    Commitment,
    Disclosure,
    DisclosureSet,
    Elsewhere,
    Fees,
    Form,
    Guide,
    LegalBasis,
    Location,
    Material,
    MaterialForm,
    MaterialKind,
    SampleField,
    Situation,
    Step,
    TimeLimit,
)
from knowledge.model.hall import Department, Hall, Session, Window, Zone
from knowledge.model.scenario import Branch, Question, Scenario, Scenarios
from knowledge.model.topic import Topic, Topics

__all__ = [
    "Applicant", "Authority", "Branch", "Commitment", "Computed", "Department", "Disclosure", "DisclosureSet",
    "Elsewhere", "Facilities", "Facility", "FaqEntry", "FaqSource", "Fees", "Form", "Guide", "Hall", "ItemCode",
    "LegalBasis", "Location", "Material", "MaterialForm", "MaterialKind", "Question", "ReviewState", "SampleField",
    "Scenario", "Scenarios", "Session", "Share", "Situation", "Step", "Strict", "Text", "TimeLimit", "Topic", "Topics",
    "Window", "Zone",
]  # fmt: skip
