"""Trains low-rank changes of the encoder's matrices, so that what means the same lies nearer than what does not.

The loss is the cross-entropy of the right partner among all of a batch, both ways (InfoNCE: van den Oord et al. 2018,
arXiv:1807.03748). Of the change learnt a share is kept, which keeps what the model knew and still gains (WiSE-FT:
Wortsman et al., CVPR 2022).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import parametrize

from evaluation.tuning.pairs import Pair, batches
from knowledge.encoder.prepare import PROMPTS

RANK = 16
EPOCHS = 3
BATCH = 64
RATE = 3e-4
WARM_UP = 0.1
TEMPERATURE = 0.05
KEPT = 0.5
"""Chosen on the validation pairs; figures are in docs/decisions/0009-adapted-encoder.md."""
STEP = 2.0
"""How much a step of the small matrices moves the large ones (LoRA's alpha over rank)."""
LONGEST = 128

Changes = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


class LowRank(nn.Module):
    """Adds B A to a matrix of shape (rows, columns); nothing at first."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        rows, columns = matrix.shape
        self.down = nn.Parameter(torch.randn(RANK, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, matrix: Tensor) -> Tensor:
        return matrix + STEP * (self.up @ self.down)


def train(model: Any, draw: Callable[[], Sequence[Pair]], tell: Callable[[str], None]) -> Changes:
    """(A, B) for each matrix of the SentenceTransformer's layers; `draw` gives the pairs of an epoch. The model is left
    as it was trained, with the whole change."""
    torch.manual_seed(1)
    model.max_seq_length = LONGEST
    bert = model[0].auto_model
    bert.requires_grad_(False)
    changes = {}
    for name, module in bert.encoder.named_modules():
        if isinstance(module, nn.Linear):
            changes[f"encoder.{name}.weight"] = LowRank(module.weight)
    for name, change in changes.items():
        matrix = bert.get_submodule(name.removesuffix(".weight"))
        parametrize.register_parametrization(matrix, "weight", change)
    parameters = [p for p in bert.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01)
    epochs = [list(batches(draw(), BATCH)) for _ in range(EPOCHS)]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, RATE, total_steps=sum(map(len, epochs)), pct_start=WARM_UP, anneal_strategy="linear"
    )
    model.train()
    for number, epoch in enumerate(epochs, start=1):
        losses = []
        for batch in epoch:
            loss = _loss(model, batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        tell(f"epoch {number} of {EPOCHS}: loss {np.mean(losses):.3f}")
    model.eval()
    return {name: _kept(change) for name, change in changes.items()}


def _loss(model: Any, batch: Sequence[Pair]) -> Tensor:
    first = _vectors(model, [PROMPTS["query"] + p.first for p in batch])
    second = _vectors(model, [PROMPTS["passage" if p.passage else "query"] + p.second for p in batch])
    cosines = first @ second.T / TEMPERATURE
    right = torch.arange(len(batch))
    return (cross_entropy(cosines, right) + cross_entropy(cosines.T, right)) / 2


def _vectors(model: Any, texts: Sequence[str]) -> Tensor:
    """L2-normalised vectors, of shape (texts, dimension)."""
    given = model.preprocess(list(texts))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = model(given)["sentence_embedding"]
    return torch.nn.functional.normalize(vectors.float(), dim=1)


def _kept(change: LowRank) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return change.down.detach().numpy(), (KEPT * STEP * change.up.detach()).numpy()


def shuffled(pairs: Sequence[Pair], dice: random.Random) -> list[Pair]:
    """In a new order, in which pairs of one theme stand together: what is easily taken for one another has to be told
    apart in one batch."""
    places: dict[str, float] = {}
    mixed = dice.sample(list(pairs), len(pairs))
    return sorted(mixed, key=lambda pair: places.setdefault(pair.theme, dice.random()) if pair.theme else dice.random())
