"""Loads the sentences and fills them in. A missing key or value is a programming error and raises KeyError."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import RootModel

from knowledge.loader import KnowledgeError, Problem, load_yaml

FOLDER = Path(__file__).parent / "sentences"


class Wording(RootModel[dict[str, str]]):
    """Sentences by key."""

    def say(self, key: str, **values: Any) -> str:
        """The sentence of that key with its blanks filled in."""
        return self.root[key].format(**values)


def load_wording(folder: Path = FOLDER) -> Wording:
    """The sentences of all files of the folder; raises KnowledgeError with file, line and reason."""
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        found = load_yaml(path, Wording).root
        twice = sorted(found.keys() & sentences.keys())
        if twice:
            raise KnowledgeError([Problem(path, 1, f"{key} 已经在另一个文件里定义，请删去一处") for key in twice])
        sentences |= found
    return Wording(sentences)
