"""What the self-check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.target import Kind


class Severity(StrEnum):
    """Errors make `wenban check` fail; warnings are for the next review."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: where (`field` as a dotted path) and why, with the remedy."""

    severity: Severity
    kind: Kind
    id: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.id} {self.field}: {self.reason}"


def error(kind: Kind, id_: str, field: str, reason: str) -> Finding:
    return Finding(Severity.ERROR, kind, id_, field, reason)


def warning(kind: Kind, id_: str, field: str, reason: str) -> Finding:
    return Finding(Severity.WARNING, kind, id_, field, reason)
