"""What differs between two versions, field by field."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Published
from knowledge.changes import Document, FieldChange, differences, digest, document_of
from knowledge.model import Guide
from tests.unit.helpers import MINOR, make_guide

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=3)
KEYS = st.sampled_from(["name", "fees", "location", "materials", "text", "windows"])
DOCUMENTS = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=5), max_size=5
)


def applied(changes: list[FieldChange], old: Document) -> Document:
    """The old document with the changes made: the reference that differences must satisfy."""
    new: Document = {key: applied([], value) if isinstance(value, dict) else value for key, value in old.items()}
    for change in changes:
        *path, last = change.field.split(".")
        at: Any = new
        for key in path:
            at = at[key]
        assert at.get(last) == change.old
        if change.new is None:
            del at[last]
        else:
            at[last] = change.new
    return new


def without_nothing(value: Any) -> Any:
    """None in a document is as good as nothing: documents hold only what was filled in."""
    if not isinstance(value, dict):
        return value
    return {key: without_nothing(inner) for key, inner in value.items() if inner is not None}


@given(DOCUMENTS.map(without_nothing), DOCUMENTS.map(without_nothing))
def test_applying_the_differences_turns_old_into_new(old: Document, new: Document) -> None:
    assert applied(list(differences(old, new)), old) == new


@given(DOCUMENTS)
def test_there_is_no_difference_to_oneself(document: Document) -> None:
    assert list(differences(document, document)) == []


@given(DOCUMENTS.map(without_nothing), DOCUMENTS.map(without_nothing))
def test_the_way_back_is_the_same_turned_round(old: Document, new: Document) -> None:
    there = {(c.field, repr(c.old), repr(c.new)) for c in differences(old, new)}
    back = {(c.field, repr(c.new), repr(c.old)) for c in differences(new, old)}
    assert there == back


def changes_of(old: Guide, new: Guide) -> list[FieldChange]:
    return list(differences(document_of(old), document_of(new)))


def test_a_group_is_taken_apart_and_a_list_is_one_value() -> None:
    fees = {"charged": True, "amount_yuan": 20, "text": "每证工本费20元。"}
    changed = make_guide(fees=fees, conditions=["居民身份证丢失。", "本人到场。"])
    assert changes_of(make_guide(), changed) == [
        FieldChange("conditions", ["居民身份证丢失。"], ["居民身份证丢失。", "本人到场。"]),
        FieldChange("fees.amount_yuan", 40.0, 20.0),
        FieldChange("fees.text", "每证工本费40元。", "每证工本费20元。"),
    ]


def test_what_was_not_there_before_was_nothing() -> None:
    note = {"windows": ["A01"], "note": "带小孩的走二号门。"}
    assert changes_of(make_guide(), make_guide(location=note)) == [
        FieldChange("location.note", None, "带小孩的走二号门。")
    ]
    assert changes_of(make_guide(location=note), make_guide()) == [
        FieldChange("location.note", "带小孩的走二号门。", None)
    ]


def test_a_document_reads_back_as_its_model(published: Published) -> None:
    for guide in published.guides.values():
        assert Guide.model_validate(document_of(guide)) == guide
    assert Guide.model_validate(document_of(make_guide(situations=[MINOR]))) == make_guide(situations=[MINOR])


def test_the_digest_is_of_the_content_and_not_of_its_order() -> None:
    assert digest({"a": 1, "b": {"c": 2, "d": 3}}) == digest({"b": {"d": 3, "c": 2}, "a": 1})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})
    assert len({digest(document_of(guide)) for guide in (make_guide(), make_guide(conditions=["别的。"]))}) == 2
