"""The adapter: low-rank changes of the default encoder's matrices, learnt from how citizens ask for services.

W + B A, with A of shape (rank, columns) and B of shape (rows, rank): LoRA (Hu et al., ICLR 2022). `wenban tune` writes
the file; docs/decisions/0009-adapted-encoder.md says from what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.packed_e5 import PackedModel, PackedModelError

FILE = Path(__file__).parent / "adapter.npz"
DOWN, UP = ".down", ".up"
"""What is put behind the name of a matrix for A and for B."""

Floats = NDArray[np.float32]


@cache
def sha256() -> str:
    """Of the file's bytes."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


def adapted(packed: PackedModel) -> PackedModel:
    """The model with its matrices changed; raises PackedModelError when the adapter was made for another model."""
    with np.load(FILE) as stored:
        changes = {name: stored[name].astype(np.float32) for name in stored.files}
    weights = dict(packed.weights)
    for name in {key.removesuffix(DOWN).removesuffix(UP) for key in changes}:
        down, up = changes[name + DOWN], changes[name + UP]
        if name not in weights or weights[name].shape != (len(up), down.shape[1]):
            raise PackedModelError(f"{FILE}: made for another model ({name}): run `wenban tune`, or restore the file")
        weights[name] = weights[name] + up @ down
    return replace(packed, weights=weights)


def save(changes: Mapping[str, tuple[Floats, Floats]], file: Path = FILE) -> None:
    """Writes (A, B) for each matrix name, as float16."""
    arrays: dict[str, Any] = {}
    for name, (down, up) in changes.items():
        arrays[name + DOWN], arrays[name + UP] = down.astype(np.float16), up.astype(np.float16)
    np.savez_compressed(file, **arrays)
