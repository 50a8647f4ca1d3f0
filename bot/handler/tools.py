"""What the steps work with: one bundle, made at start-up."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
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


class Threads:
    """Where that runs which every message needs and which would stop the event loop. They are few, because each that
    waits for the interpreter or for a core takes time from the one that works."""

    def __init__(self) -> None:
        self.opening = ThreadPoolExecutor(os.cpu_count() or 1, "opening")  # to encode keeps a core busy
        self.recording = ThreadPoolExecutor(1, "recording")  # takes less than a millisecond, and SQLite has one writer

    def close(self) -> None:
        """Waits for what still runs."""
        self.opening.shutdown()
        self.recording.shutdown()


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
    threads: Threads
