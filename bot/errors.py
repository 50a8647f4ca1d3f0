"""What a service raises when it cannot grant a wish. Pure; dialogue and routes render it, each in its way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


class Refused(Exception):
    """`wording` names the sentence that tells the person what to do, filled in with `values`; `status` is the HTTP
    status of a route that meets it, `kind` the last part of its problem type, `extra` more members of the problem
    document (RFC 9457)."""

    extra: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, wording: str, status: int = 422, kind: str = "refused", **values: Any) -> None:
        super().__init__(wording)
        self.wording, self.status, self.kind, self.values = wording, status, kind, values
