"""How often the right text is found among all of its kind, for pairs that were not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evaluation.tuning.pairs import Pair
from knowledge.encoder.encoder import Vectors

Encode = Callable[[Sequence[str]], Vectors]


def recall(
    encode: Encode,
    asked: Sequence[Pair],
    others: Sequence[Pair],
    ranks: Sequence[int],
    encode_second: Encode | None = None,
) -> list[float]:
    """The share of `asked` whose second text is among the nearest `ranks` of all second texts, those of `others`
    too. `encode_second`, if given, encodes the second texts."""
    texts = list(dict.fromkeys(p.second for p in (*asked, *others)))
    place = {text: i for i, text in enumerate(texts)}
    cosines = encode([p.first for p in asked]) @ (encode_second or encode)(texts).T
    own = cosines[np.arange(len(asked)), [place[p.second] for p in asked]]
    nearer = (cosines > own[:, None]).sum(axis=1)
    return [float((nearer < rank).mean()) for rank in ranks]
