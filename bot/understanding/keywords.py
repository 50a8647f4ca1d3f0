"""Understanding without Rasa: disclosures by a keyword table, so that guide questions are still answered."""

from __future__ import annotations

from pathlib import Path

from bot.understanding.model import SMALLTALK, Intent, Understanding
from knowledge.loader import load_yaml
from knowledge.model import Disclosure, Strict

FILE = Path(__file__).parent / "keywords.yaml"


class Keywords(Strict):
    """Of keywords.yaml: words that show a disclosure, and whole messages that are small talk or deeds."""

    disclosures: dict[Disclosure, tuple[str, ...]]
    messages: dict[Intent, tuple[str, ...]]

    def understand(self, text: str) -> Understanding:
        """A rough understanding, marked as degraded."""
        bare = text.strip(" 。！!？?，,~")
        for intent, phrases in self.messages.items():
            if bare in phrases:
                asks = 0.0 if intent in SMALLTALK else 0.5
                return Understanding(intent, 1.0, asks, (), degraded=True)
        found = self.named(text)
        intent = Intent(f"ask_{found[0].value}") if found else Intent.ASK_GUIDE
        return Understanding(intent, 0.5, 1.0 if found else 0.5, found, degraded=True)

    def named(self, text: str) -> tuple[Disclosure, ...]:
        """The disclosures that one of their words shows, in the order of the guide."""
        return tuple(d for d in Disclosure if any(word in text for word in self.disclosures.get(d, ())))


def load_keywords(path: Path = FILE) -> Keywords:
    """The table; raises KnowledgeError with file, line and reason."""
    return load_yaml(path, Keywords)
