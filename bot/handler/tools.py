"""What the steps work with: one bundle, made at start-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.db.database import Database
from bot.db.vault import Vault
from bot.emergencies.service import Watch
from bot.policy import Policy
from bot.publishing.library import Library
from bot.understanding.keywords import Keywords
from bot.understanding.rasa import RasaClient
from bot.wording.wording import Wording
from knowledge.encoder.encoder import Encoder

if TYPE_CHECKING:
    from bot.handoff.turns import Counter  # which knows the turn


@dataclass(frozen=True)
class Tools:
    database: Database
    vault: Vault
    encoder: Encoder
    library: Library
    rasa: RasaClient
    keywords: Keywords
    policy: Policy
    wording: Wording
    watch: Watch
    counter: Counter
    context_lifetime: timedelta
