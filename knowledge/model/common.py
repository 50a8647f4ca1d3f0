"""What every published model shares: immutable, no unknown keys, and the small types of their fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[0-9A-Za-z]{3,40}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Strict(BaseModel):
    """Base of what people write for us, in files or requests: immutable, no unknown keys, so that a mistyped key is an
    error (in a file: with its line)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
