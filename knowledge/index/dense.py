"""Dense index: cosine similarity of normalised vectors in FAISS."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.encoder import Vectors

# A search takes milliseconds; several threads only contend with the encoder's and Rasa's for the same cores.
faiss.omp_set_num_threads(1)


class DenseIndex:
    """Exact search over `vectors` of shape (entries, dimension)."""

    def __init__(self, vectors: Vectors) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))
        self._vectors: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), vectors.size).reshape(vectors.shape)

    def search(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Entry numbers and cosines of the `k` nearest, best first; `vector` has shape (dimension,)."""
        k = min(k, self._index.ntotal)
        cosines, entries = self._index.search(vector.reshape(1, -1), k)
        return entries[0], cosines[0]

    def cosines(self, entries: Sequence[int], vector: Vectors) -> Vectors:
        """The cosine of the vector, of shape (dimension,), with each of these entries."""
        cosines: Vectors = self._vectors[entries] @ vector
        return cosines

    def nearness(self, vectors: Vectors) -> Vectors:
        """The cosine of each vector, of shape (n, dimension), with the entry nearest to it; shape (n,)."""
        cosines, _ = self._index.search(np.ascontiguousarray(vectors), 1)
        nearest: Vectors = cosines[:, 0]
        return nearest
