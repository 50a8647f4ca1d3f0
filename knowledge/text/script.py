"""Traditional characters become simplified ones (OpenCC, t2s): some citizens write them, the guides do not."""

from __future__ import annotations

from functools import cache

import opencc


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


_LOOK_ALIKE = str.maketrans({"囗": "口", "刅": "办"})
"""Characters that keyboards of strokes offer first, and nobody means."""


def simplified(text: str) -> str:
    """The text in simplified characters; simplified text comes back as it is."""
    converted: str = _converter().convert(text)
    return converted.translate(_LOOK_ALIKE)
