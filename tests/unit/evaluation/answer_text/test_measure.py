"""Recall by answer text, on a handful of made-up entries with the fake encoder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from bot.settings import Settings
from evaluation.answer_text import command, measure
from evaluation.answer_text.command import words_and_characters
from evaluation.answer_text.material import Entry, Vectors, load_entries, vectors_of
from evaluation.answer_text.measure import GRID, Found, by_answer, by_dense, by_words, chosen, paraphrases
from evaluation.order import Order
from knowledge.base import Published
from knowledge.index.answers import AnswerIndex, AnswerSettings, pieces
from knowledge.loader import DATA, load_yaml
from tests.conftest import FakeEncoder
from tests.unit.helpers import CONFIDENCE, LINKING, tokens

ENTRIES = [
    Entry("T-1", "护照过期了怎么换", "护照过期以后，请带旧护照到出入境窗口换发新的护照。"),
    Entry("T-2", "停车场几点关门", "停车场晚上十点关门，早上六点开门。"),
    Entry("T-3", "图书馆借书证怎么办", "办图书馆借书证，请到图书馆一楼服务台填写借书证申请表。"),
    Entry("T-4", "游泳池要不要预约", "游泳池周末需要预约，平日可以直接入场游泳。"),
]
SETTINGS = AnswerSettings(piece=20, step=10, directions=0, lexical_weight=0.3, neighbours=2, neighbour_weight=0.5)


@pytest.fixture
def vectors(fake_encoder: FakeEncoder, tmp_path: Path) -> Vectors:
    return vectors_of(ENTRIES, fake_encoder, SETTINGS, tmp_path)


def test_questions_that_share_words_with_their_answer_find_it(vectors: Vectors) -> None:
    assert by_answer(ENTRIES, vectors, words_and_characters, SETTINGS).share == 1
    assert by_dense(ENTRIES, vectors).share == by_words(ENTRIES, words_and_characters).share == 1


def test_questions_about_something_else_do_not(vectors: Vectors) -> None:
    turned = [Entry(e.id, other.question, e.answer) for e, other in zip(ENTRIES, ENTRIES[::-1], strict=True)]
    asked = Vectors(vectors.questions[::-1].copy(), vectors.answers, vectors.pieces)
    assert by_answer(turned, asked, words_and_characters, SETTINGS).share == 0
    assert by_dense(turned, asked).share == by_words(turned, words_and_characters).share == 0


def test_answers_of_the_same_words_are_the_same_answer(fake_encoder: FakeEncoder, tmp_path: Path) -> None:
    twins = [ENTRIES[0], Entry("T-9", ENTRIES[0].question, ENTRIES[0].answer), *ENTRIES[1:]]
    vectors = vectors_of(twins, fake_encoder, SETTINGS, tmp_path)
    assert by_answer(twins, vectors, words_and_characters, SETTINGS).right.tolist() == [True] * 5


def test_each_question_is_unknown_while_it_is_asked(monkeypatch: pytest.MonkeyPatch, vectors: Vectors) -> None:
    left_out: list[int | None] = []

    class Noting(AnswerIndex):
        def scores(self, vector: Any, words: Any, unseen: int | None = None) -> Any:
            left_out.append(unseen)
            return super().scores(vector, words, unseen)

    monkeypatch.setattr(measure, "AnswerIndex", Noting)
    by_answer(ENTRIES, vectors, words_and_characters, SETTINGS)
    assert left_out == [0, 1, 2, 3]


def test_knowing_the_question_would_have_helped() -> None:
    """The first question's words lead to the second answer. Were it known, it would speak against that answer."""
    entries = [Entry("A", "甲乙", "乙丙丙丙"), Entry("B", "丁", "甲乙")]
    same = np.ones((2, 4), np.float32) / 2
    how = SETTINGS.model_copy(update={"lexical_weight": 1.0, "neighbours": 1, "neighbour_weight": 1.0})
    found = by_answer(entries, Vectors(same, same, same), list, how)
    assert not found.right[0]
    known = measure.Questions(same, [list(e.question) for e in entries], np.arange(2))
    answers = measure.Answers(same, same, np.arange(2), [list(e.answer) for e in entries])
    seen = AnswerIndex(answers, known, how).scores(same[0], list("甲乙"))
    assert int(seen.argmax()) == 0


def test_shares_are_of_all_and_of_every_other_entry() -> None:
    found = Found(np.array([True, False, True, False, True]))
    assert found.share == 0.6
    assert found.of(slice(0, None, 2)) == 1 and found.of(command.ODD) == 0


def test_settings_are_chosen_on_the_even_entries(monkeypatch: pytest.MonkeyPatch, vectors: Vectors) -> None:
    """Of two that differ, one is right on all the odd entries, the other on all the even ones."""

    def made_up(_entries: Any, _vectors: Any, _cut: Any, how: AnswerSettings) -> Found:
        even = how.directions == 3 and how.lexical_weight == 0.4 and how.neighbour_weight == 0.0
        return Found(np.array([even, not even, even, not even]))

    monkeypatch.setattr(measure, "by_answer", made_up)
    best = chosen(ENTRIES, vectors, words_and_characters, SETTINGS)
    assert (best.directions, best.lexical_weight, best.neighbour_weight) == (3, 0.4, 0.0)
    assert best.model_dump(exclude=set(GRID)) == SETTINGS.model_dump(exclude=set(GRID))


def test_the_grid_holds_the_settings_in_use() -> None:
    used = load_yaml(DATA / "answers.yaml", AnswerSettings).model_dump()
    assert all(used[name] in values for name, values in GRID.items())


# Paraphrases.


def rows(folder: Path, *lines: dict[str, str]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_a_paraphrase_finds_the_question_that_it_means(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    path = rows(
        tmp_path,
        {"id": "T-1", "text": "我的护照过期了"},
        {"id": "T-2", "text": "停車場關門是幾點"},  # traditional characters are read as simplified ones
        {"id": "T-3", "text": "游泳池预约"},  # means another entry than it says
        {"id": "T-4", "text": "游泳池预约"},
    )
    found = paraphrases(ENTRIES, path, fake_encoder, tokens(), settings=LINKING, confidence=CONFIDENCE)
    assert (found.total, found.ours, found.dense) == (4, 0.75, 0.75)


# The set and its vectors.


class Counting(FakeEncoder):
    def __init__(self) -> None:
        self.calls = 0

    def encode_queries(self, texts: Any) -> Any:
        self.calls += 1
        return super().encode_queries(texts)

    def encode_passages(self, texts: Any) -> Any:
        self.calls += 1
        return super().encode_queries(texts)


def test_vectors_are_kept_until_something_changes(tmp_path: Path) -> None:
    encoder = Counting()
    first = vectors_of(ENTRIES, encoder, SETTINGS, tmp_path)
    calls = encoder.calls
    again = vectors_of(ENTRIES, encoder, SETTINGS, tmp_path)
    assert encoder.calls == calls and np.array_equal(first.questions, again.questions)
    assert len(first.pieces) == sum(len(pieces(e.answer, SETTINGS)) for e in ENTRIES) > len(first.answers) == 4
    vectors_of(ENTRIES[:2], encoder, SETTINGS, tmp_path)
    vectors_of(ENTRIES, encoder, SETTINGS.model_copy(update={"piece": 25}), tmp_path)
    assert encoder.calls > calls + 2 and len(list(tmp_path.iterdir())) == 3


def as_row(entry: Entry) -> dict[str, str]:
    return {"id": entry.id, "question": entry.question, "answer": entry.answer}


def test_the_set_is_read_line_by_line(tmp_path: Path) -> None:
    assert load_entries(rows(tmp_path, *map(as_row, ENTRIES))) == ENTRIES
    with pytest.raises(KeyError):
        load_entries(rows(tmp_path, {"id": "T-1", "question": "甲"}))
    with pytest.raises(OSError):
        load_entries(tmp_path / "none.jsonl")


def test_words_come_with_their_characters() -> None:
    assert words_and_characters("护照，A1") == ["护照", "，", "A1", "护", "照", "A", "1"]


def test_the_command_writes_all_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: Published, fake_encoder: FakeEncoder
) -> None:
    (tmp_path / "p").mkdir()
    monkeypatch.setattr(command, "SET", rows(tmp_path, *map(as_row, ENTRIES)))
    monkeypatch.setattr(command, "PARAPHRASES", rows(tmp_path / "p", {"id": "T-1", "text": "我的护照过期了"}))
    monkeypatch.setattr(command, "load_encoder", lambda *_given: fake_encoder)
    monkeypatch.setattr(command.base, "read", lambda _folder: published)
    command.run(Settings(data_dir=tmp_path / "var"), Order((), out=tmp_path / "out"), Console(quiet=True))
    report = json.loads((tmp_path / "out" / "answers.json").read_text(encoding="utf-8"))
    assert report["question → answer text, ours"]["all"] >= 0.5
    assert report["1 paraphrases → question, ours"] == {"all": 1.0, "odd_entries": None}
    assert report["settings"] == load_yaml(DATA / "answers.yaml", AnswerSettings).model_dump()
    assert set(report["best_on_even_entries"]) == set(report["settings"])
