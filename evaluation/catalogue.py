"""Which items the names and FAQ entries in replies stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from knowledge.loader import load_faq, load_guides

_COLON = "："


@dataclass(frozen=True)
class Catalogue:
    """`codes`: item code by official name; `faq_items`: the items of each FAQ entry."""

    codes: Mapping[str, str]
    faq_items: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """From the data folder; raises KnowledgeError."""
        guides, faq = load_guides(None, folder / "guides"), load_faq(folder / "faq")
        return cls({g.name: code for code, g in guides.items()}, {id_: entry.items for id_, entry in faq.items()})

    def code_of_option(self, title: str, payload: str) -> str | None:
        """An option shows an item's name, and sends it with what was asked: "居民身份证遗失补领：申报材料"."""
        return self.codes.get(title) or self.codes.get(payload.partition(_COLON)[0])
