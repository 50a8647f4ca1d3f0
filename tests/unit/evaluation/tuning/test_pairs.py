"""Pairs: how they are read and put in batches; and that the real ones hold nothing that anything is measured on.

Texts of question sets are compared by program and shown nowhere: what fails names lines and ids.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.questions import DATASETS, FROZEN
from evaluation.tuning.pairs import (
    ANSWERS,
    FOLDER,
    QUESTIONS,
    SERVICES,
    VALIDATION_ANSWERS,
    VALIDATION_QUESTIONS,
    VALIDATION_SERVICES,
    Pair,
    Service,
    answers,
    batches,
    of_names,
    of_services,
    read,
    services,
)
from knowledge.text.tokens import normalise

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes lines, rows of JSON unless they are strings, into a file."""

    def lines(*rows: object) -> Path:
        path = tmp_path / "pairs.jsonl"
        texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        return path

    return lines


# Reading.


def test_pairs_are_read_normalised_in_order(write: Write) -> None:
    path = write({"query": " ＡＢ　1 ", "passage": "Ｃ卡"}, {"query": "乙", "passage": "丙"})
    assert [(p.first, p.second) for p in read(path)] == [("ab 1", "c卡"), ("乙", "丙")]


def test_pairs_of_one_passage_have_one_meaning(write: Write) -> None:
    first, second, other = read(write(*({"query": q, "passage": p} for q, p in ("甲丙", "乙丙", "甲丁"))))
    assert first.meaning == second.meaning != other.meaning


def test_an_empty_file_holds_no_pairs(write: Write) -> None:
    assert read(write()) == []


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "null", "3", '"query passage"', "[]", "{}", '{"query": "甲"}', '{"passage": "甲"}',
        '{"query": null, "passage": "甲"}', '{"query": "甲", "passage": 3}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_pair_is_named(write: Write, line: str) -> None:
    path = write({"query": "甲", "passage": "乙"}, line)
    with pytest.raises(ValueError, match=r"no JSON|expected an object with query, passage") as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_services_come_with_what_citizens_say(write: Write) -> None:
    row = {"name": "井盖报修", "materials": ["照片"], "conditions": "任何人", "queries": ["井盖坏了", "路上有个洞"]}
    (service,) = services(write(row))
    assert service == Service("井盖报修", ("照片",), "任何人", ("井盖坏了", "路上有个洞"))
    assert [(p.first, p.second, p.meaning) for p in of_services([service])] == [
        ("井盖坏了", "井盖报修", "井盖报修"), ("路上有个洞", "井盖报修", "井盖报修"),
    ]  # fmt: skip


def test_a_line_that_is_no_service_is_named(write: Write) -> None:
    path = write({"name": "井盖报修", "materials": "照片", "conditions": "", "queries": []})
    with pytest.raises(ValueError, match="expected an object with name") as caught:
        services(path)
    assert str(caught.value).startswith(f"{path}:1: ")


# Pairs of names.


def pairs_of(names: Mapping[str, Sequence[str]], each: int, seed: int = 1) -> list[Pair]:
    return list(of_names(names, each, random.Random(seed)))


@given(st.dictionaries(st.sampled_from("abc"), st.sets(st.text(max_size=3), max_size=7)), st.integers(0, 4))
def test_names_are_paired_once_each_with_another_of_the_same_thing(names: dict[str, set[str]], each: int) -> None:
    found = pairs_of({thing: sorted(texts) for thing, texts in names.items()}, each)
    for thing, texts in names.items():
        drawn = [text for p in found if p.meaning == thing for text in (p.first, p.second)]
        assert len(drawn) == len(set(drawn)) == 2 * min(each, len(texts) // 2)
        assert set(drawn) <= texts
    assert {p.meaning for p in found} <= set(names)


def test_a_thing_of_one_name_gives_no_pair() -> None:
    assert pairs_of({"a": ["甲"], "b": []}, 3) == []


def test_other_dice_draw_other_names_and_the_same_dice_the_same() -> None:
    names = {"a": [str(n) for n in range(20)]}
    assert pairs_of(names, 3) == pairs_of(names, 3) != pairs_of(names, 3, seed=2)


# Batches.


MANY = st.lists(st.builds(Pair, st.sampled_from("甲乙丙"), st.sampled_from("丁戊"), st.sampled_from("abcdefghij")))
SIZES = st.integers(1, 12)


@given(MANY, SIZES)
def test_no_meaning_is_twice_in_a_batch(pairs: list[Pair], size: int) -> None:
    for batch in batches(pairs, size):
        assert len({p.meaning for p in batch}) == len(batch)
        assert max(1, size // 4) <= len(batch) <= size


@given(MANY, SIZES)
def test_only_a_rest_of_few_meanings_is_lost_and_nothing_comes_twice(pairs: list[Pair], size: int) -> None:
    given_out = Counter(p for batch in batches(pairs, size) for p in batch)
    rest = Counter(pairs) - given_out
    assert given_out + rest == Counter(pairs)
    assert not rest or len({p.meaning for p in rest}) < size // 4


@given(MANY, SIZES)
def test_a_batch_is_full_unless_meanings_run_out(pairs: list[Pair], size: int) -> None:
    waiting = Counter(pairs)
    for batch in batches(pairs, size):
        assert len(batch) == size or {p.meaning for p in waiting} == {p.meaning for p in batch}
        waiting -= Counter(batch)


@given(st.integers(0, 40), SIZES)
def test_different_meanings_are_handed_out_in_order(count: int, size: int) -> None:
    pairs = [Pair(f"甲{n}", f"乙{n}", str(n)) for n in range(count)]
    found = list(batches(pairs, size))
    assert [p for batch in found for p in batch] == pairs[: sum(map(len, found))]
    assert [len(batch) for batch in found[:-1]] == [size] * (len(found) - 1)
    assert count - sum(map(len, found)) < max(1, size // 4)


def test_batches_are_made_only_as_they_are_asked_for() -> None:
    first, second = islice(batches([Pair(f"甲{n}", f"乙{n}", str(n)) for n in range(5)], 2), 2)
    assert [p.meaning for p in (*first, *second)] == ["0", "1", "2", "3"]


# The real pairs.


FILES = (SERVICES, QUESTIONS, ANSWERS, VALIDATION_SERVICES, VALIDATION_QUESTIONS, VALIDATION_ANSWERS)
SETS = (
    DATASETS / "acceptance.jsonl", DATASETS / "development.jsonl", DATASETS / "development2.jsonl",
    DATASETS / "development3.jsonl",
    DATASETS / "guangdong_questions.jsonl", DATASETS / "taipei_paraphrases.jsonl", DATASETS / f"{FROZEN}.jsonl",
    DATASETS / "development_deeds.jsonl", DATASETS / f"{FROZEN}_deeds.jsonl",
)  # fmt: skip


def plain(text: str) -> str:
    """Without case, width, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", normalise(text))


@cache
def texts(path: Path) -> list[tuple[str, str]]:
    """Query and passage of each line."""
    if path in (ANSWERS, VALIDATION_ANSWERS):
        pairs = list(answers(path))
    else:
        pairs = of_services(services()) if path == VALIDATION_SERVICES else read(path)
    return [(plain(p.first), plain(p.second)) for p in pairs]


def stem(path: Path) -> str:
    return path.stem


def test_all_files_of_pairs_and_all_sets_are_compared() -> None:
    assert sorted(FOLDER.glob("*.jsonl")) == sorted(FILES)
    assert sorted(DATASETS.glob("*.jsonl")) == sorted(SETS)


@pytest.mark.parametrize("path", FILES, ids=stem)
def test_there_are_pairs_of_two_different_texts(path: Path) -> None:
    count = len(texts(path))
    assert count > 100
    alike = [n for n, (query, passage) in enumerate(texts(path), start=1) if not query or query == passage]
    assert alike == []


@pytest.mark.parametrize(("one", "other"), combinations(FILES, 2), ids=stem)
def test_no_passage_is_in_two_of_the_files(one: Path, other: Path) -> None:
    known = {passage for _, passage in texts(one)}
    both = [n for n, (_, passage) in enumerate(texts(other), start=1) if passage in known]
    assert both == []


@pytest.mark.parametrize("path", FILES, ids=stem)
@pytest.mark.parametrize("questions", SETS, ids=stem)
def test_no_text_is_a_question_of_a_set(path: Path, questions: Path) -> None:
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    count = len(rows)
    assert count > 0
    known = {text for pair in texts(path) for text in pair}
    equal = [number for number, row in enumerate(rows, start=1) if plain(row["text"]) in known]
    assert equal == []
