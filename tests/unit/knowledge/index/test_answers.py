"""Answers found by their text: hubs are held back, a question can be left out, nothing of an answer is lost."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError

from knowledge.index.answers import AnswerIndex, Answers, AnswerSettings, Questions, pieces
from knowledge.loader import DATA, load_yaml

PLAIN = AnswerSettings(piece=20, step=10, directions=0, lexical_weight=0.0, neighbours=2, neighbour_weight=0.0)
WORDS = ["护照", "身份证", "社保", "公积金", "户口"]
Array = NDArray[np.float32]


def settings(**changes: Any) -> AnswerSettings:
    return AnswerSettings.model_validate({**PLAIN.model_dump(), **changes})


def unit(rows: Any) -> Array:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


# Pieces.


def test_a_short_answer_is_one_piece() -> None:
    assert pieces("到窗口申请。", PLAIN) == ["到窗口申请。"] and pieces("", PLAIN) == [""]


def test_pieces_overlap() -> None:
    assert pieces("".join(map(chr, range(65, 65 + 35))), PLAIN) == [
        "ABCDEFGHIJKLMNOPQRST", "KLMNOPQRSTUVWXYZ[\\]^", "UVWXYZ[\\]^_`abc",
    ]  # fmt: skip


@given(st.integers(0, 900), st.integers(20, 500), st.integers(10, 500))
def test_pieces_cover_the_whole_answer_in_order(length: int, piece: int, step: int) -> None:
    how = settings(piece=piece, step=min(step, piece))
    text = "".join(map(chr, range(0x4E00, 0x4E00 + length)))
    found = pieces(text, how)
    assert set("".join(found)) == set(text)
    assert all(p in text and len(p) <= piece for p in found)
    assert [text.index(p) for p in found] == sorted({text.index(p) for p in found})


def test_steps_that_leave_gaps_are_refused() -> None:
    with pytest.raises(ValidationError, match="step 不能大于 piece"):
        settings(piece=20, step=21)


def test_the_real_settings_load() -> None:
    assert load_yaml(DATA / "answers.yaml", AnswerSettings).neighbours > 0


# Hubs. Questions 0-2 are of one neighbourhood, 3-5 of another; answer 6 is near the whole first neighbourhood.


def neighbourhoods(**changes: Any) -> AnswerIndex:
    side = np.eye(8, dtype=np.float32)
    centres = [side[0]] * 3 + [side[1]] * 3
    questions = unit([centre + 0.6 * side[2 + n] for n, centre in enumerate(centres)])
    own = unit([0.7 * centre + 1.0 * side[2 + n] for n, centre in enumerate(centres)])
    answers = np.vstack([own, side[:1]])
    words = [[]] * 6
    known = Questions(questions, words, np.arange(6))
    return AnswerIndex(Answers(answers, answers, np.arange(7), [["无"]] * 7), known, settings(**changes))


def hub_and_own(weight: float) -> tuple[float, float]:
    side = np.eye(8, dtype=np.float32)
    (asked,) = unit([side[0] + 0.3 * side[2]])
    scores = neighbourhoods(neighbour_weight=weight).scores(asked, [])
    return float(scores[6]), float(scores[0])


def test_an_answer_near_to_everybodys_questions_is_held_back() -> None:
    hub, own = hub_and_own(0.0)
    assert hub > own
    hub, own = hub_and_own(1.0)
    assert own > hub


def test_questions_of_its_own_do_not_speak_against_an_answer() -> None:
    """Every question belongs to the one answer, or to the other: each is measured by those of the other only."""
    vectors = unit([[1, 0, 0], [1, 0.1, 0], [0, 1, 0]])
    answers = unit([[1, 0, 0], [0, 1, 0]])
    given_ = Answers(answers, answers, np.arange(2), [["护照"], ["社保"]])
    words = [["护照"], ["护照"], ["社保"]]

    def scores(weight: float) -> Array:
        known = Questions(vectors, words, np.array([0, 0, 1]))
        index = AnswerIndex(given_, known, settings(lexical_weight=1.0, neighbours=1, neighbour_weight=weight))
        return index.scores(vectors[0], words[0])

    bank = raw_of_bank(given_, Questions(vectors, words, np.array([0, 0, 1])), settings(lexical_weight=1.0))
    assert scores(0.0) - scores(1.0) == pytest.approx([bank[2, 0], bank[:2, 1].max()], abs=1e-5)


def raw_of_bank(answers: Answers, known: Questions, how: AnswerSettings) -> Array:
    """What each known question scores with each answer before neighbours are taken off."""
    index = AnswerIndex(answers, known, how.model_copy(update={"neighbour_weight": 0.0}))
    return np.stack([index.scores(v, w) for v, w in zip(known.vectors, known.words, strict=True)])


# A slow reference.


def made_up(seed: int, answers: int, questions: int) -> tuple[Answers, Questions]:
    random = np.random.default_rng(seed)

    def vectors(count: int) -> Array:
        return unit(random.normal(size=(count, 6)))

    def words(count: int) -> list[list[str]]:
        return [list(random.choice(WORDS, size=random.integers(1, 4))) for _ in range(count)]

    owners = np.concatenate([np.arange(answers), random.integers(0, answers, size=answers)])
    given_ = Answers(vectors(answers), vectors(len(owners)), owners, words(answers))
    return given_, Questions(vectors(questions), words(questions), random.integers(0, answers, size=questions))


def slowly_against(bank: Array, known: Questions, neighbours: int, unseen: int | None) -> list[float]:
    """The mean of the highest scores that questions of other entries have, but for `unseen`."""
    result = []
    for answer in range(bank.shape[1]):
        strangers = [q for q in range(len(bank)) if known.owners[q] != answer and q != unseen]
        best = sorted((bank[q, answer] for q in strangers), reverse=True)[:neighbours]
        result.append(sum(best) / len(best) if best else 0.0)
    return result


@given(
    st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 12), st.integers(1, 8), st.floats(0, 1), st.booleans()
)  # fmt: skip
def test_scores_are_those_of_the_slow_reference(
    seed: int, answers: int, questions: int, neighbours: int, weight: float, leave_out: bool
) -> None:
    given_, known = made_up(seed, answers, questions)
    how = settings(lexical_weight=0.3, directions=1, neighbours=neighbours, neighbour_weight=weight)
    bank = raw_of_bank(given_, known, how)
    unseen = seed % questions if leave_out else None
    asked = seed % questions
    found = AnswerIndex(given_, known, how).scores(known.vectors[asked], known.words[asked], unseen)
    expected = bank[asked] - weight * np.array(slowly_against(bank, known, neighbours, unseen))
    assert found == pytest.approx(expected, abs=1e-4)


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_an_unseen_question_counts_as_if_the_index_had_never_known_it(seed: int, neighbours: int) -> None:
    """Its vector is the mean of the others, so that the space of the questions is the same without it; its words bring
    it near to many answers."""
    answers, known = made_up(seed, 4, 8)
    middle = known.vectors[1:].mean(axis=0, keepdims=True)
    with_it = Questions(np.vstack([middle, known.vectors[1:]]), [WORDS, *known.words[1:]], known.owners)
    without = Questions(known.vectors[1:], known.words[1:], known.owners[1:])
    how = settings(lexical_weight=1.0, neighbours=neighbours, neighbour_weight=0.7)
    full, smaller = AnswerIndex(answers, with_it, how), AnswerIndex(answers, without, how)
    asked = known.vectors[3], known.words[3]
    assert full.scores(*asked, unseen=0) == pytest.approx(smaller.scores(*asked), abs=1e-4)


def test_a_question_that_is_not_left_out_counts() -> None:
    answers, known = made_up(1, 4, 8)
    index = AnswerIndex(answers, known, settings(lexical_weight=1.0, neighbours=1, neighbour_weight=0.7))
    asked = known.vectors[0], known.words[0]
    seen, unseen = index.scores(*asked), index.scores(*asked, unseen=0)
    assert (unseen >= seen).all() and (unseen > seen).any()  # a stranger less can only hold back less
    assert unseen[known.owners[0]] == seen[known.owners[0]]  # it never spoke against its own answer


def test_leaving_a_question_out_changes_nothing_afterwards() -> None:
    answers, known = made_up(1, 4, 8)
    index = AnswerIndex(answers, known, settings(neighbour_weight=0.7))
    before = index.scores(known.vectors[0], known.words[0])
    index.scores(known.vectors[0], known.words[0], unseen=0)
    assert np.array_equal(index.scores(known.vectors[0], known.words[0]), before)


def test_a_single_question_has_no_strangers_left_without_it() -> None:
    answers, _ = made_up(3, 3, 2)
    known = Questions(unit([[1, 0, 0, 0, 0, 0]]), [["护照"]], np.array([0]))
    plain, how = settings(lexical_weight=1.0), settings(lexical_weight=1.0, neighbours=10, neighbour_weight=1.0)
    expected = AnswerIndex(answers, known, plain).scores(known.vectors[0], ["护照"])
    found = AnswerIndex(answers, known, how)
    assert np.array_equal(found.scores(known.vectors[0], ["护照"], unseen=0), expected)
    assert found.scores(known.vectors[0], ["护照"])[0] == expected[0]  # its own answer


# Words.


def test_without_weight_words_change_nothing() -> None:
    answers, known = made_up(5, 4, 8)
    index = AnswerIndex(answers, known, settings(lexical_weight=0.0, neighbour_weight=0.5))
    assert np.array_equal(index.scores(known.vectors[0], ["护照"]), index.scores(known.vectors[0], ["社保", "户口"]))


def test_where_vectors_say_nothing_words_alone_decide() -> None:
    same = np.ones((3, 4), np.float32) / 2
    answers = Answers(same, same, np.arange(3), [["护照", "换发"], ["社保"], ["公积金", "提取"]])
    known = Questions(same[:2], [["社保"], ["护照"]], np.array([1, 0]))
    index = AnswerIndex(answers, known, settings(lexical_weight=1.0))
    assert index.scores(same[0], ["公积金"]) == pytest.approx([0, 0, 1])
    assert index.scores(same[0], ["没有"]) == pytest.approx([0, 0, 0])


@pytest.mark.parametrize(("weight", "best"), [(0.0, 0), (1.0, 1)])
def test_the_weight_decides_between_vector_and_words(weight: float, best: int) -> None:
    vectors = unit([[1, 0.2, 0], [1, 0, 0.2], [-1, 0.1, 0.1]])
    answers = Answers(vectors, vectors, np.arange(3), [["护照"], ["社保"], ["户口"]])
    known = Questions(vectors, [["护照"], ["社保"], ["户口"]], np.arange(3))
    index = AnswerIndex(answers, known, settings(lexical_weight=weight))
    assert int(index.scores(unit([[1, 0.1, 0.06]])[0], ["社保"]).argmax()) == best


def test_the_best_piece_counts_beside_the_whole() -> None:
    whole = unit([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    extra = np.vstack([whole, unit([[0, 1, 0]])])
    known = Questions(whole, [[]] * 3, np.arange(3))
    words = [["无"]] * 3
    alone = AnswerIndex(Answers(whole, whole, np.arange(3), words), known, settings())
    # The third answer has a piece that is just what the second question asks.
    pieced = AnswerIndex(Answers(whole, extra, np.array([0, 1, 2, 2]), words), known, settings())
    assert pieced.scores(whole[1], [])[2] > alone.scores(whole[1], [])[2] + 0.5
    assert alone.scores(whole[1], []).shape == (3,)
