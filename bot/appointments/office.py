"""What the services of appointments work with, and their words for times, places and materials (S12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.appointments.rules import AppointmentRules, Group, appointment_rules
from bot.db.vault import Vault
from bot.desk import Desk
from bot.errors import Refused
from bot.wording.wording import Wording
from knowledge.calendar import CHINA, HallCalendar
from knowledge.clock import spoken_day
from knowledge.model import Guide, Hall, MaterialKind

MOST_MATERIALS = 6


@dataclass(frozen=True)
class Office:
    """One snapshot of what the hall publishes and rules."""

    vault: Vault
    wording: Wording
    rules: AppointmentRules
    calendar: HallCalendar
    guides: Mapping[str, Guide]

    @property
    def hall(self) -> Hall:
        return self.calendar.hall

    def group_of(self, item: str) -> Group:
        """The group that serves an item; Refused when there is no such item, or it cannot be booked."""
        guide = self.guides.get(item)
        group = self.rules.group_of(guide) if guide else None
        if group is None:
            raise Refused("appointment.not_bookable", 404, "not-bookable", telephone=self.hall.telephone)
        return group

    def title(self, item: str) -> str:
        """The item's name; its code once the guide is gone."""
        guide = self.guides.get(item)
        return guide.name if guide else item

    def place(self, item: str, group: Group | None) -> str:
        """Floor, zone and windows: those of the guide that belong to the group, else all of the group."""
        guide = self.guides.get(item)
        of_guide = guide.location.windows if guide and guide.location else ()
        of_group = group.windows if group else ()
        windows = [w for w in of_guide if w in of_group] or list(of_group) or list(of_guide)
        return "、".join(self._window(window) for window in windows) or self.hall.name

    def _window(self, window_id: str) -> str:
        zone, window = self.hall.window(window_id)
        return f"{zone.floor}楼{zone.id}区{zone.name}{window.id}号{window.name}"

    def materials(self, item: str) -> str:
        """Names of the main materials, the first of them when there are many; "" when none are published."""
        guide = self.guides.get(item)
        names = [m.name for m in guide.materials if m.kind is MaterialKind.MAIN] if guide else []
        return "、".join(names[:MOST_MATERIALS]) + ("等" if len(names) > MOST_MATERIALS else "")


def office_of(desk: Desk) -> Office:
    """The office of the running app, as it is now."""
    base = desk.library.current
    return Office(desk.vault, desk.wording, appointment_rules(desk.rules), base.calendar, base.guides)


def told_time(moment: datetime) -> str:
    """In China's time, as in "11月24日（周二）09:30"."""
    here = moment.astimezone(CHINA)
    return f"{spoken_day(here)}{here:%H:%M}"
