"""Loads the sentences and fills them in. A missing key or value is a programming error and raises KeyError."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import RootModel

from knowledge.loader import load_yaml

FILE = Path(__file__).parent / "wording.yaml"


class Wording(RootModel[dict[str, str]]):
    """Sentences by key."""

    def say(self, key: str, **values: Any) -> str:
        """The sentence of that key with its blanks filled in."""
        return self.root[key].format(**values)


def load_wording(path: Path = FILE) -> Wording:
    """The sentences; raises KnowledgeError with file, line and reason."""
    return load_yaml(path, Wording)
