"""What differs between two versions of a guide or an FAQ entry, field by field (S27)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.model import Strict

Document = dict[str, Any]


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; `field` is a dotted path such as fees.amount_yuan; None means that it was not there."""

    field: str
    old: Any
    new: Any


def document_of(model: Strict) -> Document:
    """The plain JSON form of a model; what was left out stays out."""
    return model.model_dump(mode="json", exclude_defaults=True)


def digest(document: Document) -> str:
    """The same for the same content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> Iterator[FieldChange]:
    """The fields that differ, groups (fees, location …) taken apart; lists are one value each."""
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{within}{key}.")
        else:
            yield FieldChange(f"{within}{key}", before, after)
