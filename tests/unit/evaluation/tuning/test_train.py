"""Training, with a BERT of two small layers: what is learnt, what stays, and what is handed back."""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from evaluation.tuning import train as training
from evaluation.tuning.pairs import Pair
from evaluation.tuning.train import KEPT, LONGEST, STEP, TEMPERATURE, Changes, LowRank, shuffled, train
from knowledge.encoder import adapter, prepare
from knowledge.encoder.adapter import Floats
from knowledge.encoder.packed_e5 import PackedModel, Shape

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 32, 2, 2, 48, 64
WORDS = "甲乙丙丁戊己庚辛子丑寅卯辰巳午未"
TOKENS = ["<s>", "<pad>", "</s>", "<unk>", "▁query:", "▁", "怎", "办", *WORDS]
MATRICES = {
    "attention.self.query": (HIDDEN, HIDDEN), "attention.self.key": (HIDDEN, HIDDEN),
    "attention.self.value": (HIDDEN, HIDDEN), "attention.output.dense": (HIDDEN, HIDDEN),
    "intermediate.dense": (WIDE, HIDDEN), "output.dense": (HIDDEN, WIDE),
}  # fmt: skip
SHAPES = {f"encoder.layer.{n}.{name}.weight": shape for n in range(LAYERS) for name, shape in MATRICES.items()}
EPOCHS, BATCH, RANK, RATE = 5, 16, 4, 0.01
PAIRS = [Pair(f"{word}怎", f"{word}办", word) for word in WORDS]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """So small a model is slower with more, and with one it is the same every time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass
class Trained:
    """What a training left behind; `loss` is of all pairs, without dropout, before and after."""

    packed: PackedModel
    model: Any
    changes: Changes
    told: list[str]
    drawn: int
    loss: tuple[float, float]

    @property
    def bert(self) -> Any:
        return self.model[0].auto_model

    def learnt(self, name: str) -> Floats:
        """What was added to the matrix that the trained model uses."""
        now: Floats = self.bert.get_submodule(name.removesuffix(".weight")).weight.detach().numpy()
        return now - self.packed.weights[name]


def tiny() -> PackedModel:
    """With weights of chance, under the names of the packed model."""
    from transformers import BertConfig, BertModel

    shape = Shape(HIDDEN, LAYERS, HEADS, WIDE, len(TOKENS), POSITIONS, 2, 1e-12, 0, 2, 1, 3)
    config = BertConfig(
        vocab_size=len(TOKENS), hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=WIDE, max_position_embeddings=POSITIONS, initializer_range=0.2,
    )  # fmt: skip
    torch.manual_seed(1)
    state = BertModel(config, add_pooling_layer=False).state_dict()
    return PackedModel(shape, [(t, -1.0) for t in TOKENS], {name: w.numpy().copy() for name, w in state.items()})


def learn(folder: Path) -> Trained:
    """A few small batches at a high rate, on a model that is written and loaded as the real one is."""
    from sentence_transformers import SentenceTransformer

    packed = tiny()
    prepare.write_sentence_transformer(packed, folder)
    model = SentenceTransformer(str(folder), device="cpu").eval()
    told: list[str] = []
    drawn: list[list[Pair]] = []
    dice = random.Random(1)

    def draw() -> list[Pair]:
        drawn.append(shuffled(PAIRS * 6, dice))
        return drawn[-1]

    def loss() -> float:
        with torch.no_grad():
            return float(training._loss(model, PAIRS))

    before = loss()
    torch.seed()  # so that training itself must see to it that it is the same every time
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"EPOCHS": EPOCHS, "BATCH": BATCH, "RANK": RANK, "RATE": RATE}.items():
            patch.setattr(training, name, value)
        changes = train(model, draw, told.append)
    return Trained(packed, model, changes, told, len(drawn), (before, loss()))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return learn(tmp_path_factory.mktemp("trained") / "model")


# What is learnt.


def test_a_few_batches_bring_the_loss_down(trained: Trained) -> None:
    before, after = trained.loss
    assert after < before / 2


def test_each_epoch_draws_anew_and_tells_its_loss(trained: Trained) -> None:
    found = [re.fullmatch(r"epoch (\d) of (\d): loss (\d+\.\d{3})", line) for line in trained.told]
    assert trained.drawn == len(found) == EPOCHS
    parts = [match.groups() for match in found if match]
    assert [(int(number), int(of)) for number, of, _ in parts] == [(n, EPOCHS) for n in range(1, EPOCHS + 1)]
    assert float(parts[-1][2]) < float(parts[0][2])


def test_learning_again_gives_the_same(trained: Trained, tmp_path: Path) -> None:
    again = learn(tmp_path / "model").changes
    for name, (down, up) in trained.changes.items():
        assert np.array_equal(again[name][0], down) and np.array_equal(again[name][1], up)


# What stays.


def test_the_weights_of_the_model_itself_are_frozen(trained: Trained) -> None:
    state = {
        name.replace("parametrizations.weight.original", "weight"): w for name, w in trained.bert.state_dict().items()
    }
    assert all(np.array_equal(state[name].numpy(), before) for name, before in trained.packed.weights.items())


def test_only_the_small_matrices_learn(trained: Trained) -> None:
    learning = {name for name, p in trained.bert.named_parameters() if p.requires_grad}
    layers = {name.removesuffix("weight") for name in SHAPES}
    assert learning == {f"{layer}parametrizations.weight.0.{part}" for layer in layers for part in ("down", "up")}


def test_the_model_is_left_ready_with_short_texts(trained: Trained) -> None:
    """Dropout is off, and in training no text was longer than LONGEST tokens."""
    assert not any(module.training for module in trained.model.modules())
    assert trained.model.max_seq_length == LONGEST


# What is handed back.


def test_every_matrix_of_the_layers_has_its_change_of_the_rank(trained: Trained) -> None:
    found = {name: (down.shape, up.shape) for name, (down, up) in trained.changes.items()}
    assert found == {name: ((RANK, columns), (rows, RANK)) for name, (rows, columns) in SHAPES.items()}
    assert {part.dtype for parts in trained.changes.values() for part in parts} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", SHAPES)
def test_of_what_was_learnt_a_share_is_kept(trained: Trained, name: str) -> None:
    down, up = trained.changes[name]
    learnt = trained.learnt(name)
    assert np.abs(learnt).max() > 0.01
    assert np.allclose(up @ down, KEPT * learnt, atol=1e-5)


def test_the_adapter_takes_the_changes_as_they_are(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names and shapes are those of the packed model; float16 rounds a little."""
    monkeypatch.setattr(adapter, "FILE", tmp_path / "adapter.npz")
    adapter.save(trained.changes, adapter.FILE)
    made = adapter.adapted(trained.packed)
    for name, before in trained.packed.weights.items():
        expected = before + KEPT * trained.learnt(name) if name in SHAPES else before
        assert np.allclose(made.weights[name], expected, atol=2e-3)


# The parts.


def test_a_change_is_none_at_first_and_then_the_product() -> None:
    matrix = torch.randn(6, 4)
    change = LowRank(matrix)
    assert torch.equal(change(matrix), matrix)
    assert change.down.shape == (training.RANK, 4) and change.up.shape == (6, training.RANK)
    with torch.no_grad():
        change.up.normal_()
    assert torch.allclose(change(matrix), matrix + STEP * change.up @ change.down)


class ByHand:
    """Stands for a SentenceTransformer of which every vector is known."""

    def __init__(self, vectors: dict[str, list[float]]) -> None:
        self._vectors = vectors

    def preprocess(self, texts: Sequence[str]) -> dict[str, list[str]]:
        return {"texts": list(texts)}

    def __call__(self, given: dict[str, list[str]]) -> dict[str, Tensor]:
        return {"sentence_embedding": torch.tensor([self._vectors[text] for text in given["texts"]])}


def test_vectors_are_of_length_one() -> None:
    model = ByHand({"甲": [3, 4], "乙": [0, -2]})
    assert training._vectors(model, ["乙", "甲"]).tolist() == [[0, -1], [pytest.approx(0.6), pytest.approx(0.8)]]


def test_the_second_of_a_passage_is_encoded_as_one() -> None:
    model = ByHand({"query: a": [1, 0], "query: b": [0, 1], "passage: a": [1, 0], "passage: b": [0, 1]})
    pairs = [Pair("a", "a", "a", passage=True), Pair("b", "b", "b", passage=True)]
    assert float(training._loss(model, pairs)) < 1e-6


def test_pairs_of_a_theme_stand_together_and_the_order_is_drawn() -> None:
    pairs = [Pair(str(n), "x", str(n), theme=f"t{n % 3}" if n < 9 else "") for n in range(30)]
    orders = [training.shuffled(pairs, random.Random(seed)) for seed in (1, 2)]
    assert orders[0] != orders[1] and all(sorted(o, key=lambda p: int(p.first)) == pairs for o in orders)
    for order in orders:
        for theme in ("t0", "t1", "t2"):
            places = [i for i, p in enumerate(order) if p.theme == theme]
            assert places[-1] - places[0] == 2


def test_the_loss_is_that_of_the_right_partner_among_all_both_ways() -> None:
    """In the last case the seconds are alike: to each first a guess, and of the seconds one is right and one wrong."""
    model = ByHand({"query: a": [1, 0], "query: b": [0, 1], "query: c": [5, 0]})
    right = math.log(1 + math.exp(-1 / TEMPERATURE))
    wrong = 1 / TEMPERATURE + right

    def loss(*texts: tuple[str, str]) -> float:
        return float(training._loss(model, [Pair(first, second, first) for first, second in texts]))

    assert loss(("a", "a"), ("b", "b")) == pytest.approx(right, abs=1e-6)
    assert loss(("a", "b"), ("b", "a")) == pytest.approx(wrong)
    firsts, seconds = math.log(2), (right + wrong) / 2
    assert loss(("a", "a"), ("b", "c")) == pytest.approx((firsts + seconds) / 2)


def test_shuffling_keeps_all_pairs_and_leaves_the_given_list_alone() -> None:
    pairs = list(PAIRS)
    found = shuffled(pairs, random.Random(1))
    assert pairs == PAIRS != found and sorted(found, key=PAIRS.index) == PAIRS
    assert found == shuffled(pairs, random.Random(1)) != shuffled(pairs, random.Random(2))
