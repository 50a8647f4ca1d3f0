"""The hall's rules for appointments, as data: knowledge/data/deeds/appointments.yaml (S12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from knowledge.loader import load_yaml
from knowledge.model import Guide, Hall, Strict

Minutes = Annotated[int, Field(ge=0, le=14 * 24 * 60)]


class Group(Strict):
    """Windows that share their places. It serves the items it names, and those of its departments that no other group
    names. `capacity` places a slot; `letter` begins its queue numbers."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,19}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    windows: Annotated[tuple[str, ...], Field(min_length=1)]
    capacity: Annotated[int, Field(ge=1, le=200)]
    departments: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class AppointmentRules(Strict):
    """See appointments.yaml for what each figure means."""

    slot_minutes: Annotated[int, Field(ge=5, le=240)]
    days_ahead: Annotated[int, Field(ge=1, le=180)]
    hold_minutes: Annotated[int, Field(ge=1, le=60)]
    change_until_minutes: Minutes
    check_in_from_minutes: Minutes
    grace_minutes: Minutes
    reminders: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{1,10}$")], Annotated[int, Field(ge=5)]]
    failed_lookups: Annotated[int, Field(ge=1, le=100)]
    failed_lookups_minutes: Annotated[int, Field(ge=1, le=1440)]
    notes: tuple[Annotated[str, StringConstraints(pattern=r"[。！]$")], ...] = ()
    not_bookable: tuple[str, ...] = ()
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for name in ("id", "letter"):
            twice = [value for value, n in Counter(getattr(g, name) for g in self.groups).items() if n > 1]
            if twice:
                raise ValueError(f"窗口组的 {name} 重复：{'、'.join(twice)}")
        return self

    @property
    def slot(self) -> timedelta:
        return timedelta(minutes=self.slot_minutes)

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    def group(self, group_id: str) -> Group | None:
        return next((group for group in self.groups if group.id == group_id), None)

    def group_of(self, guide: Guide) -> Group | None:
        """The group that serves an item; None when it cannot be booked."""
        found = self.groups_of(guide)
        return found[0] if found and guide.code not in self.not_bookable else None

    def groups_of(self, guide: Guide) -> list[Group]:
        """Those that name the item, else those of its department; `check` demands that it is one at most."""
        named = [group for group in self.groups if guide.code in group.items]
        return named or [group for group in self.groups if guide.department and guide.department in group.departments]


@cache
def appointment_rules(folder: Path) -> AppointmentRules:
    """The rules of the folder `deeds`, read once a process; raises KnowledgeError with file, line and reason."""
    return load_yaml(folder / "appointments.yaml", AppointmentRules)


def check(rules: AppointmentRules, guides: Mapping[str, Guide], hall: Hall) -> list[str]:
    """What in the rules does not fit guides and hall; empty when all is well. Items of other platforms, which have no
    department here, cannot be booked and need no group."""
    return [*_unknown(rules, guides, hall), *_unserved(rules, guides)]


def _unknown(rules: AppointmentRules, guides: Mapping[str, Guide], hall: Hall) -> Iterator[str]:
    windows = {window.id for zone in hall.zones for window in zone.windows}
    departments = {department.id for department in hall.departments}
    for group in rules.groups:
        yield from (f"窗口组 {group.id}：hall.yaml 里没有窗口 {w}" for w in group.windows if w not in windows)
        yield from (f"窗口组 {group.id}：hall.yaml 里没有部门 {d}" for d in group.departments if d not in departments)
        yield from (f"窗口组 {group.id}：没有事项 {code}" for code in group.items if code not in guides)
    yield from (f"not_bookable：没有事项 {code}" for code in rules.not_bookable if code not in guides)


def _unserved(rules: AppointmentRules, guides: Mapping[str, Guide]) -> Iterator[str]:
    for code, guide in guides.items():
        if guide.department is None:
            continue
        groups, closed = rules.groups_of(guide), code in rules.not_bookable
        if len(groups) > 1:
            yield f"事项 {code} 属于多个窗口组：{'、'.join(group.id for group in groups)}"
        elif not groups and not closed:
            yield f"事项 {code} 没有窗口组，也不在 not_bookable 里"
        elif closed and any(code in group.items for group in groups):
            yield f"事项 {code} 既在窗口组里，又在 not_bookable 里"
