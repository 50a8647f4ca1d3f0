"""How a citizen chooses a time in a dialogue: from what was offered, or in his own words (S12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.appointments.model import OfferRow
from bot.appointments.office import Office, told_time
from bot.appointments.rules import Group
from bot.appointments.slots import ALTERNATIVES, Slot, alternatives, bookable_days, find_slot, free_slots
from bot.deeds.fields import chosen
from bot.deeds.form import FieldError, Narrowed
from bot.senders.insert import insert_missing
from knowledge.times import TimeWish, time_wish


def remember(session: Session, sender_key: str, offered: Sequence[str], now: datetime) -> None:
    """Keeps what was offered last, so that its number is understood."""
    row = {"sender_key": sender_key, "offered": list(offered), "offered_at": now}
    if not insert_missing(session, OfferRow, row):
        kept = session.get_one(OfferRow, sender_key)
        kept.offered, kept.offered_at = list(offered), now


def offered_to(session: Session, sender_key: str) -> list[str]:
    """What was offered last; nothing when there was nothing."""
    row = session.get(OfferRow, sender_key)
    return list(row.offered) if row else []


def offer(
    session: Session, office: Office, group: Group, text: str, now: datetime, besides: str | None = None
) -> list[Slot]:
    """Up to four free slots: those that the text wishes for, else the nearest to them; none that is `besides`."""
    wish = time_wish(text, now) or TimeWish()
    fitting = [s for s in _fitting(free_slots(session, office, group, now), wish) if s.id != besides]
    if fitting:
        return fitting[:ALTERNATIVES]
    return [s for s in alternatives(session, office, group, wish.moment(now), now) if s.id != besides]


def choose(
    session: Session, office: Office, group: Group, text: str, now: datetime, offered: Sequence[str]
) -> Slot:  # fmt: skip
    """The one free slot that the text names. Raises FieldError when it names none, several, or one that cannot be had;
    the question that follows offers the nearest."""
    known = [slot for slot in (find_slot(office, id_, now) for id_ in offered) if slot and slot.group == group.id]
    index = chosen(text, [told_time(slot.starts_at) for slot in known])
    if index is not None:
        return known[index]
    wish = time_wish(text, now)
    if wish is None:
        raise FieldError("appointment.bad_time")
    return _wished(office, wish, free_slots(session, office, group, now), known, now)


def _wished(office: Office, wish: TimeWish, free: list[Slot], offered: list[Slot], now: datetime) -> Slot:
    if wish.over(now):
        raise FieldError("appointment.past_time")
    if wish.first and wish.first > bookable_days(office, now)[1]:
        raise FieldError("appointment.too_far", days=office.rules.days_ahead)
    if wish.first is None and wish.clock:
        of_offered = _fitting([slot for slot in free if slot.id in {o.id for o in offered}], wish)
        if len(of_offered) == 1:
            return of_offered[0]
    fitting = _fitting(free, wish)
    if not fitting:
        raise Narrowed("appointment.not_free")
    if wish.soonest or (len(fitting) == 1 and wish.first is not None):
        return fitting[0]
    raise Narrowed("appointment.choose_time")


def _fitting(free: Sequence[Slot], wish: TimeWish) -> list[Slot]:
    """The free slots of the wished days and part of the day, or in which the wished time by the clock lies."""
    fitting = [slot for slot in free if wish.fits(slot.starts_at)]
    clock = wish.clock
    if clock is None:
        return fitting
    return [slot for slot in fitting if slot.starts_at.time() <= clock < slot.ends_at.time()]
