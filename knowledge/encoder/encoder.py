"""The one way to turn text into vectors, shared by training, index and every message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import prepare
from knowledge.encoder.prepare import DEFAULT
from knowledge.encoder.quiet import quiet_libraries
from knowledge.encoder.smoothing import inputs_of

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Vectors are float32, L2-normalised, of shape (len(texts), dimension)."""

    name: str
    dimension: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


class _OneByOne:
    """Texts through the ONNX session, each alone: without padding, mean pooling is a plain mean. The model computes in
    8 bits with one scale for all it is given, so only so is a text's vector the same whatever stands beside it. And
    `SentenceTransformer.encode` costs more than a millisecond of Python, beside four of the model."""

    def __init__(self, model: Any) -> None:
        self._tokenizer = model.tokenizer.backend_tokenizer
        self._session = model[0].auto_model.model
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._longest = model.max_seq_length

    def encode(self, text: str) -> Vectors:
        """Shape (1, dimension)."""
        ids = self._tokenizer.encode(text).ids
        if len(ids) > self._longest:
            ids = [*ids[: self._longest - 1], ids[-1]]
        given = inputs_of(ids)
        hidden = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        vector: Vectors = hidden.mean(axis=1)
        vector /= np.linalg.norm(vector, axis=1, keepdims=True)
        return vector


class SentenceTransformerEncoder:
    """Any SentenceTransformer; the packed default runs by ONNX Runtime, others by their own backend.

    Models with "query" and "passage" prompts (the e5 family) get them; others are encoded plain.
    """

    def __init__(self, name: str, folder: str, onnx: bool, threads: int) -> None:
        quiet_libraries()
        from sentence_transformers import SentenceTransformer

        self.name = name
        if onnx:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            # Threads that wait must not spin: Rasa needs the other core.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            # The fused kernel is slower than the two it stands for: a fifth of the whole.
            options.add_session_config_entry("optimization.disable_specified_optimizers", "SkipLayerNormFusion")
            kwargs = {"provider": "CPUExecutionProvider", "session_options": options, "file_name": "onnx/model.onnx"}
            self._model = SentenceTransformer(folder, backend="onnx", device="cpu", model_kwargs=kwargs)
            self._one_by_one: _OneByOne | None = _OneByOne(self._model)
        else:
            self._model = SentenceTransformer(folder)
            self._one_by_one = None
        self.dimension = int(self.encode_queries(["尺寸"]).shape[1])

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        if self._one_by_one:
            before = self._model.prompts.get(prompt, "")
            return np.vstack([self._one_by_one.encode(before + text) for text in texts])
        vectors = self._model.encode(
            list(texts),
            prompt_name=prompt if prompt in self._model.prompts else None,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "query")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "passage")


def load_encoder(setting: str, folder: Path, threads: int = 1) -> SentenceTransformerEncoder:
    """The encoder of the setting: `packed-e5`, or any hub id or local SentenceTransformer folder.

    `folder` is where the packed default was prepared; it is made now if it is not there.
    """
    if setting != DEFAULT:
        return SentenceTransformerEncoder(setting, setting, onnx=False, threads=threads)
    if not prepare.is_ready(folder):
        prepare.prepare(folder)
    return SentenceTransformerEncoder(DEFAULT, str(folder), onnx=True, threads=threads)
