"""What an option sends when it is tapped: the official name and the asked disclosures, in plain Chinese.

Plain text works on every channel (a button, a numbered list, a voice menu) and needs no state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.labels import Labels
from knowledge.model import Disclosure, Guide

_COLON, _COMMA = "：", "、"


def write(guide: Guide, disclosures: Sequence[Disclosure], labels: Labels) -> str:
    """For example "居民身份证遗失补领：申报材料、收费标准"; the bare name asks for the whole guide."""
    if not disclosures:
        return guide.name
    return guide.name + _COLON + _COMMA.join(labels.disclosures[d] for d in disclosures)


def read(text: str, guides: Mapping[str, Guide], labels: Labels) -> tuple[str, tuple[Disclosure, ...]] | None:
    """Item code and disclosures of a text that `write` made; None for any other text."""
    name, _, rest = text.strip().partition(_COLON)
    code = next((g.code for g in guides.values() if g.name == name), None)
    known = {label: disclosure for disclosure, label in labels.disclosures.items()}
    asked = rest.split(_COMMA) if rest else []
    if code is None or any(label not in known for label in asked):
        return None
    return code, tuple(known[label] for label in asked)
