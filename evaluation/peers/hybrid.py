"""Hybrid retrieval by Haystack: BM25 and embeddings, joined by reciprocal rank fusion."""

from __future__ import annotations

import os
from collections.abc import Sequence

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when haystack is imported

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from evaluation.peers.bm25 import JiebaWords
from evaluation.peers.dense import Encode
from knowledge.encoder.encoder import Vectors
from knowledge.target import Entry
from knowledge.text.tokens import normalise

_JIEBAS_WORDS = r"(?u)\S+"
"""The texts are given cut into words, with spaces between; Haystack by itself cuts Chinese into characters."""


class HybridSearch:
    """Haystack's own pipeline: its store, retrievers and joiner with their defaults, embeddings given by us."""

    name = "haystack hybrid"

    def __init__(self, entries: Sequence[Entry], words: JiebaWords, vectors: Vectors, encode: Encode) -> None:
        """`vectors` are those of the phrases; `encode` is for messages."""
        self._words, self._encode = words, encode
        store = InMemoryDocumentStore(
            bm25_tokenization_regex=_JIEBAS_WORDS, embedding_similarity_function="cosine", shared=False
        )
        store.write_documents(
            [
                Document(id=str(n), content=" ".join(words(entry.text)), embedding=vector.tolist())
                for n, (entry, vector) in enumerate(zip(entries, vectors, strict=True))
            ]
        )
        self._pipeline = _pipeline(store)

    def search(self, text: str, k: int) -> list[tuple[int, float]]:
        words = " ".join(self._words(text))
        if not words:
            return []  # Haystack raises for an empty query
        query = {"query": words, "top_k": k}
        embedded = {"query_embedding": self._encode([normalise(text)])[0].tolist(), "top_k": k}
        found = self._pipeline.run({"bm25": query, "dense": embedded, "joiner": {"top_k": k}})
        return [(int(d.id), float(d.score or 0.0)) for d in found["joiner"]["documents"]]


def _pipeline(store: InMemoryDocumentStore) -> Pipeline:
    pipeline = Pipeline()
    pipeline.add_component("bm25", InMemoryBM25Retriever(store))
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("bm25.documents", "joiner.documents")
    pipeline.connect("dense.documents", "joiner.documents")
    return pipeline
