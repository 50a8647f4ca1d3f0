"""What a soak makes for itself, settings of the app and its knowledge, and what it finds in the app's database."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from sqlalchemy import func, select

from bot.appointments.model import AppointmentRow, State
from bot.cases.model import CaseRow
from bot.db.database import Database
from bot.outbox.model import OutboxRow, OutboxState
from bot.settings import Settings
from bot.wechat.messages import OPEN
from bot.wechat.model import MessageRow
from bot.wechat.transport import REPLY
from connectors.wechat_standin.environment import environment as of_standin
from connectors.wechat_standin.serve import StandIn
from knowledge.loader import load_guides, load_hall

END_SECONDS, LOOK_SECONDS = 120.0, 0.5


def item_names(settings: Settings) -> list[str]:
    """What citizens may ask for."""
    folder = settings.knowledge
    return [guide.name for guide in load_guides(load_hall(folder / "hall.yaml"), folder / "guides").values()]


def until_quiet(database: Database) -> float:
    """Seconds until every message is answered and every answer sent; gives up after END_SECONDS."""
    began = time.monotonic()
    unanswered = select(func.count()).where(MessageRow.state.in_(OPEN))
    unsent = select(func.count()).where(OutboxRow.kind == REPLY, OutboxRow.state == OutboxState.WAITING.value)
    while time.monotonic() - began < END_SECONDS:
        with database.transaction() as session:
            if not session.scalar(unanswered) and not session.scalar(unsent):
                break
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def stored(database: Database) -> tuple[set[str], dict[str, int]]:
    """Keys of the messages that the app took, and counts of what it stored."""
    with database.transaction() as session:
        taken = set(session.scalars(select(MessageRow.key)))
        cases = session.scalars(select(CaseRow.sender_key)).all()
        booked = select(AppointmentRow.sender_key).where(AppointmentRow.state == State.BOOKED)
        bookings = session.scalars(booked).all()
        letters = dict(session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).tuples().all())
        tried = session.scalar(select(func.count()).where(MessageRow.tries > 1)) or 0
    counts = {"messages": len(taken), "taken_up_again": tried}
    for name, senders in (("complaints", cases), ("bookings", bookings)):  # nobody wishes for more than one
        counts |= {name: len(senders), f"{name}_doubled": len(senders) - len(set(senders))}
    counts["outbox_dead"], counts["outbox_sent"] = letters.get("dead", 0), letters.get("sent", 0)
    return taken, counts


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'soak.sqlite3'}"


def environment(standin: StandIn, folder: Path) -> dict[str, str]:
    return {"WENBAN_DATABASE_URL": url(folder), **of_standin(standin.platform.account, standin.url)}


def knowledge(settings: Settings, within: float | None, folder: Path) -> dict[str, str]:
    """A copy of the knowledge with another `answer_within`, where one is wished."""
    if within is None:
        return {}
    copy = folder / "knowledge"
    shutil.copytree(settings.knowledge, copy)
    rules = copy / "deeds" / "wechat.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(re.sub(r"(?m)^answer_within:.*$", f"answer_within: {within}", text), encoding="utf-8")
    return {"WENBAN_KNOWLEDGE_DIR": str(copy)}
