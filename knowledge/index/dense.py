"""Dense index: cosine similarity of normalised vectors in FAISS."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.encoder import Vectors

# A search takes milliseconds; several threads only contend with the encoder's and Rasa's for the same cores.
faiss.omp_set_num_threads(1)


class DenseIndex:
    """Exhaustive search over `vectors` of shape (entries, dimension). FAISS looks for the nearest in 16 bits, because a
    search takes as long as reading them all, and what it reads drives the encoder's weights out of the processor's
    cache; the cosines of those it finds are exact."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.ascontiguousarray(vectors)
        self._index = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._index.add(self._vectors)

    def search(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Entry numbers and cosines of the `k` nearest, best first; `vector` has shape (dimension,)."""
        _, found = self._index.search(vector.reshape(1, -1), min(k, len(self._vectors)))
        cosines = self.cosines(found[0], vector)
        order = np.argsort(-cosines, kind="stable")
        return found[0][order], cosines[order]

    def cosines(self, entries: NDArray[np.int64], vector: Vectors) -> Vectors:
        """The cosine of the vector, of shape (dimension,), with each of these entries."""
        cosines: Vectors = self._vectors[entries] @ vector
        return cosines

    def nearness(self, vectors: Vectors) -> Vectors:
        """The cosine of each vector, of shape (n, dimension), with the entry nearest to it; shape (n,)."""
        _, found = self._index.search(np.ascontiguousarray(vectors), 1)
        nearest: Vectors = np.einsum("nd,nd->n", self._vectors[found[:, 0]], vectors)
        return nearest
