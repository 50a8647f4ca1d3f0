"""Made-up items with names that read like those of real approval lists."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from knowledge.target import Entry, Kind, Target

FILE = Path(__file__).parent / "words.yaml"
SEED = 7


class Grammar(BaseModel):
    """words.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trades: tuple[str, ...]
    matters: tuple[str, ...]
    deeds: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A message and the item that it is about."""

    text: str
    target: Target


def load_grammar(path: Path = FILE) -> Grammar:
    """Raises ValueError (pydantic's) when the file is not as described in it."""
    return Grammar.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def entries(grammar: Grammar, most: int) -> list[Entry]:
    """At most `most` names, all the names of an item one after the other, items in an order without system."""
    combinations = list(itertools.product(grammar.trades, grammar.matters, grammar.deeds))
    random.Random(SEED).shuffle(combinations)  # noqa: S311  not for secrets
    made = (
        Entry(Target(Kind.GUIDE, f"XX-{number:05d}"), name.format(trade=trade, matter=matter, deed=deed))
        for number, (trade, matter, deed) in enumerate(combinations)
        for name in grammar.names
    )
    return list(itertools.islice(made, most))


def questions(entries: list[Entry], phrasings: list[str], count: int) -> list[Asked]:
    """`count` messages: a name of some item in some phrasing, "{item}要带什么"."""
    chosen = random.Random(SEED + 1)  # noqa: S311
    drawn = ((chosen.choice(entries), chosen.choice(phrasings)) for _ in range(count))
    return [Asked(phrasing.format(item=entry.text), entry.target) for entry, phrasing in drawn]
