"""Logging: events of our packages, and warnings of everybody else's."""

from __future__ import annotations

import logging

OURS = ("bot", "knowledge", "connectors", "evaluation")


def configure(level: str) -> None:
    """Others stay at WARNING: their INFO lines can hold addresses, and some speak at DEBUG."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for name in ("jieba", "bm25s"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
