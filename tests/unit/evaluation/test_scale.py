"""The scale test: made-up names, vectors near real ones, measures of all parts."""

import numpy as np
import pytest

from bot.assembly import WORDS_FILE
from evaluation.scale import measure
from evaluation.scale.names import entries, load_grammar, questions
from knowledge.base import Published
from knowledge.text.tokens import Tokens
from tests.conftest import FakeEncoder


def test_there_are_a_hundred_thousand_different_names() -> None:
    made = entries(load_grammar(), 100_000)
    assert len(made) == len({entry.text for entry in made}) == 100_000
    assert len({entry.target for entry in made}) == 33_334


def test_names_and_questions_are_the_same_in_every_run() -> None:
    grammar = load_grammar()
    assert entries(grammar, 50) == entries(grammar, 50)
    made = entries(grammar, 300)
    asked = questions(made, ["{item}多少钱", "办{item}"], 20)
    assert asked == questions(made, ["{item}多少钱", "办{item}"], 20) and len(asked) == 20
    assert all(any(e.text in a.text for e in made if e.target == a.target) for a in asked)


def test_vectors_are_near_the_real_ones_they_are_made_of(fake_encoder: FakeEncoder) -> None:
    real = fake_encoder.encode_queries(["居民身份证遗失补领", "普通护照换发"])
    made = measure.perturbed(real, 7)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert np.einsum("ij,ij->i", made, real[np.arange(7) % 2]) == pytest.approx(0.94, abs=0.03)
    assert len(np.unique(made, axis=0)) == 7


def test_each_text_is_encoded_alone_and_timed(fake_encoder: FakeEncoder) -> None:
    vectors, told = measure.encoding(fake_encoder.encode_queries, ["甲", "乙", "丙"])
    assert vectors.shape == (3, fake_encoder.dimension)
    assert told["texts"] == 3 and told["ms"]["p50"] <= told["ms"]["p99"]


def test_the_index_is_measured_whole_and_in_parts(published: Published, fake_encoder: FakeEncoder) -> None:
    made = entries(load_grammar(), 600)
    asked = questions(made, ["{item}多少钱"], 10)
    vectors = fake_encoder.encode_queries([e.text for e in made])
    queries = fake_encoder.encode_queries([a.text for a in asked])
    tokens = Tokens(WORDS_FILE, published.question_words)
    found = measure.measure(made, vectors, asked, queries, tokens=tokens, settings=published.linking)
    assert (found["entries"], found["items"], found["queries"]) == (600, 200, 10)
    assert found["search_ms"]["p50"] > 0 and set(found["parts_ms"]) == {"words", "dense", "wording"}
