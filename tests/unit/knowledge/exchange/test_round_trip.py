"""What is exported and imported again is the same, whatever the texts hold."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from knowledge.changes import document_of
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.outgoing import write
from knowledge.model import FaqEntry, Guide, Text
from tests.unit.knowledge.exchange.samples import read_faq, read_guides

FORMATS = ["xlsx", "csv", "json", "jsonl"]

awkward = st.sampled_from([
    "|", "｜", "\\", "\n", "\r", "\t", ",", '"', "'", "=", "+1", "-", "@", "（清空）", "_x000D_", "\x07", "x005F_",
    "\\n", "是", "示例", "\u2028", "\x85", "2026-11-01", "1.0", "   ", "\ufeff",
])  # fmt: skip


def is_text(text: str) -> bool:
    """Whether the model takes it: something is left when white space around it is gone."""
    try:
        return bool(TypeAdapter(Text).validate_python(text).strip())
    except ValidationError:
        return False


texts = st.lists(st.one_of(st.text(max_size=6), awkward), min_size=1, max_size=4).map("".join).filter(is_text)
some = st.lists(texts, max_size=3)
maybe = st.none() | texts
days = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat)
codes = st.lists(st.from_regex(r"[A-Z]{2}-[0-9A-Za-z]{3,8}", fullmatch=True), max_size=2)


def record(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """A dict without the fields that came out as None."""
    return st.fixed_dictionaries(fields).map(lambda found: {k: v for k, v in found.items() if v is not None})


materials = st.one_of(
    record(name=texts, kind=st.just("main"), form=st.sampled_from([None, "original", "original_and_copy"]),
           count=st.integers(1, 20), issuer=maybe, required_if=maybe, note=maybe),
    record(name=texts, kind=st.just("deferrable"), defer_days=st.integers(1, 60), note=maybe),
)  # fmt: skip
location = record(
    windows=st.lists(st.sampled_from(["A01", "A02"]), min_size=1, max_size=2),
    elsewhere=st.lists(record(authority=texts, address=maybe, telephone=maybe, note=maybe), max_size=2),
    online=maybe, link=st.sampled_from([None, "https://a.example/?q=1|2\\n"]), note=maybe,
)  # fmt: skip
time_limit = record(statutory=texts, promised=texts, on_the_spot=st.booleans(), local=st.booleans(), note=maybe)
fees = st.one_of(
    record(charged=st.just(False), amount_yuan=st.sampled_from([None, 0]), text=texts, local=st.booleans()),
    record(charged=st.just(True), amount_yuan=st.none() | st.floats(0.01, 1e9), text=texts, basis=maybe),
)
disclosures = {
    "location": location, "conditions": some, "materials": st.lists(materials, max_size=3), "time_limit": time_limit,
    "legal_basis": st.lists(record(law=texts, article=maybe, gist=maybe), max_size=2), "fees": fees,
    "procedure": st.lists(record(name=texts, text=texts), max_size=2),
}  # fmt: skip
situations = st.lists(
    record(id=st.sampled_from(["minor", "agent", "lost_abroad"]), name=texts, cues=some, ask=some,
           changes=record(**{name: st.none() | field for name, field in disclosures.items()})),
    max_size=3, unique_by=lambda situation: situation["id"],
)  # fmt: skip
samples = st.lists(record(label=texts, value=texts), max_size=3)
guides = record(
    code=st.just("GA-003"), name=texts, department=st.just("GA"),
    applicant=st.sampled_from(["natural_person", "legal_person"]), checked_on=days, checked_by=texts,
    valid_until=st.none() | days, origin=maybe, aliases=some, colloquial=some, situations=situations,
    commitments=st.lists(record(replaces=texts, promise=texts, if_false=texts), max_size=2),
    forms=st.lists(record(name=texts, obtain=texts, sample=samples), max_size=2),
    refusal_reasons=some, preceding=codes, following=codes, related=codes, results=some,
    **{name: st.none() | field for name, field in disclosures.items()},
).map(Guide.model_validate)  # fmt: skip
entries = record(
    id=st.from_regex(r"[A-Z]{2,4}-[0-9A-Za-z-]{1,40}", fullmatch=True), answer=texts, owner=texts,
    questions=st.lists(texts, min_size=1, max_size=3), items=codes, valid_from=days, origin=maybe,
    sources=st.lists(record(title=texts, article=maybe), max_size=2), local=st.booleans(),
    review=st.sampled_from(["draft", "withdrawn"]), reviewed_by=maybe, reviewed_on=st.none() | days,
).map(FaqEntry.model_validate)  # fmt: skip


@pytest.mark.parametrize("suffix", FORMATS)
def test_guides_come_back_as_they_were(suffix: str) -> None:
    @settings(max_examples=40)
    @given(guides)
    def same(guide: Guide) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"guides.{suffix}")
            write(file, ContentKind.GUIDES, [guide])
            assert [document_of(g) for g in read_guides(file)] == [document_of(guide)]

    same()


@pytest.mark.parametrize("suffix", FORMATS)
def test_faq_entries_come_back_as_they_were(suffix: str) -> None:
    @settings(max_examples=40)
    @given(entries)
    def same(entry: FaqEntry) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"faq.{suffix}")
            write(file, ContentKind.FAQ, [entry])
            assert [document_of(e) for e in read_faq(file)] == [document_of(entry)]

    same()
