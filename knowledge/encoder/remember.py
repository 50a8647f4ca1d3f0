"""Vectors of names, kept in memory and in a file, so that a change encodes only what is new."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.encoder.encoder import Encoder, Vectors

log = logging.getLogger(__name__)


class RememberedVectors:
    """Query vectors by text. `file` belongs to one encoder alone: another one needs another file."""

    def __init__(self, encoder: Encoder, file: Path | None = None) -> None:
        self._encoder, self._file = encoder, file
        self._known: dict[str, Vectors] = _load(file, encoder.dimension) if file else {}
        self._lock = threading.Lock()
        self._unsaved = False

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), L2-normalised."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            for text, vector in zip(new, self._encoder.encode_queries(new), strict=True):
                self._known[text] = vector
                self._unsaved = True
            if not texts:
                return np.empty((0, self._encoder.dimension), np.float32)
            return np.stack([self._known[text] for text in texts])

    def save(self) -> None:
        """Writes them for the next start, if there are new ones; a full disk costs time then, not the start."""
        if not self._file or not self._unsaved:
            return
        scratch = self._file.with_suffix(f".{os.getpid()}.npz")
        with self._lock:
            texts, vectors = np.array(list(self._known)), np.stack(list(self._known.values()))
            self._unsaved = False
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(scratch, texts=texts, vectors=vectors)
            scratch.replace(self._file)
        except OSError as error:
            log.warning("vectors_not_saved kind=%s", type(error).__name__)
            scratch.unlink(missing_ok=True)


def _load(file: Path, dimension: int) -> dict[str, Vectors]:
    """Nothing when there is no such file, or one that cannot be used."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            texts, vectors = stored["texts"], stored["vectors"].astype(np.float32)
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return {}
    if vectors.shape != (len(texts), dimension):
        return {}
    return {str(text): vector for text, vector in zip(texts, vectors, strict=True)}
