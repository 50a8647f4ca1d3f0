"""What the services of the deeds work with: one bundle, made at start-up, for routes, actions and jobs alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from bot.db.database import Database
from bot.db.vault import Vault
from bot.publishing.library import Library
from bot.settings import Settings
from bot.wording.wording import Wording
from knowledge.encoder.encoder import Encoder
from knowledge.model import Hall


@dataclass(frozen=True)
class Desk:
    """`rules` is the folder of the hall's own rules for deeds (`knowledge/data/deeds`)."""

    settings: Settings
    database: Database
    vault: Vault
    library: Library
    wording: Wording
    encoder: Encoder

    @property
    def hall(self) -> Hall:
        return self.library.current.hall

    @property
    def rules(self) -> Path:
        return self.settings.rules


def desk_of(request: Request) -> Desk:
    """The desk of the running app (a FastAPI dependency)."""
    desk: Desk = request.app.state.desk
    return desk
