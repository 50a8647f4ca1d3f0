"""What an option sends when it is tapped: the official name and the asked disclosures, in plain Chinese.

Plain text works on every channel (a button, a numbered list, a voice menu) and needs no state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.labels import Labels
from knowledge.model import Disclosure, Guide
from knowledge.tokens import normalise

_COLON, _COMMA = "：", "、"


def write(guide: Guide, disclosures: Sequence[Disclosure], labels: Labels) -> str:
    """For example "居民身份证遗失补领：申报材料、收费标准"; the bare name asks for the whole guide."""
    if not disclosures:
        return guide.name
    return guide.name + _COLON + _COMMA.join(labels.disclosures[d] for d in disclosures)


def read(text: str, guides: Mapping[str, Guide], labels: Labels) -> tuple[str, tuple[Disclosure, ...]] | None:
    """Item code and disclosures of a text that `write` made; None for any other text."""
    # The message may have been normalised on its way, which makes the full-width colon a plain one.
    name, _, rest = normalise(text).partition(normalise(_COLON))
    code = next((g.code for g in guides.values() if normalise(g.name) == name), None)
    known = {label: disclosure for disclosure, label in labels.disclosures.items()}
    asked = rest.split(_COMMA) if rest else []
    if code is None or any(label not in known for label in asked):
        return None
    return code, tuple(known[label] for label in asked)
