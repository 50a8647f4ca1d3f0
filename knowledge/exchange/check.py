"""What a file must not do to what is published already: codes, names, windows and departments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from knowledge.exchange.columns import ContentKind, table
from knowledge.exchange.problems import Item, Note, Refusal
from knowledge.loader import Where, dangling, shared_names
from knowledge.model import FaqEntry, Guide, Hall


def key_of(model: Guide | FaqEntry) -> str:
    """The code of a guide, the id of an FAQ entry."""
    return model.code if isinstance(model, Guide) else model.id


def check_guides(items: Sequence[Item[Guide]], published: Mapping[str, Guide], hall: Hall) -> list[Refusal]:
    """Codes that come twice or belong to another platform, what the hall does not have, names that clash. Guides of
    another platform may be called as the hall's own, and as those of a third platform."""
    refusals = [*_codes("code", items, {code: guide.origin for code, guide in published.items()})]
    for item in items:
        for where, reason in dangling(item.model, hall):
            refusals.append(item.origin.refusal(where, f"{reason}，请对照大厅资料改正"))
    return refusals or list(_clashes(items, published))


def check_faq(items: Sequence[Item[FaqEntry]], published: Mapping[str, FaqEntry]) -> list[Refusal]:
    """Ids that come twice or belong to another platform."""
    return list(_codes("id", items, {id_: entry.origin for id_, entry in published.items()}))


def unknown_items(items: Sequence[Item[FaqEntry]], guides: Mapping[str, Guide]) -> list[Note]:
    """Items of FAQ entries that have no guide (yet); the entry answers all the same."""
    return [
        Note(key_of(item.model), "相关事项", f"事项 {code} 没有发布")
        for item in items
        for code in item.model.items
        if code not in guides
    ]


def missing(kind: ContentKind, models: Sequence[Guide | FaqEntry]) -> dict[str, int]:
    """How many guides or entries lack each of the fields that are counted (columns.yaml), by its Chinese label. A
    field of a group counts only where there is the group: the hall's own guides have no authority."""
    return {label: sum(_lacks(model, field) for model in models) for label, field in table(kind).missing.items()}


def _lacks(model: object, field: str) -> bool:
    *groups, last = field.split(".")
    for group in groups:
        model = getattr(model, group)
    return model is not None and not getattr(model, last)


def _codes(
    field: str, items: Sequence[Item[Guide]] | Sequence[Item[FaqEntry]], published: Mapping[str, str | None]
) -> Iterator[Refusal]:
    seen: set[str] = set()
    for item in items:
        key = key_of(item.model)
        if key in seen:
            yield item.origin.refusal((field,), f"{key} 在这个文件里出现了不止一次，请只保留一个")
        elif key in published and published[key] != item.model.origin:
            owner = published[key] or "本大厅"
            yield item.origin.refusal((field,), f"{key} 已经是{owner}的编号，请换一个编号，或者改成一样的来源平台")
        seen.add(key)


def _clashes(items: Sequence[Item[Guide]], published: Mapping[str, Guide]) -> Iterator[Refusal]:
    incoming = {item.model.code: item for item in items}
    for origin in {item.model.origin for item in items}:
        before = {c: g for c, g in published.items() if c not in incoming and g.origin == origin}
        coming = {c: item.model for c, item in incoming.items() if item.model.origin == origin}
        for code, name, owner in shared_names({**before, **coming}):
            if code in coming:
                reason = f"名称“{name}”已经属于 {owner}，请换一个说法"
                yield incoming[code].origin.refusal(_where(coming[code], name), reason)


def _where(guide: Guide, name: str) -> Where:
    """The field in which a guide has that name."""
    for field in ("aliases", "colloquial"):
        names: tuple[str, ...] = getattr(guide, field)
        if name in names:
            return (field, names.index(name))
    for number, situation in enumerate(guide.situations):
        if name in situation.ask:
            return ("situations", number, "ask", situation.ask.index(name))
    return ("name",)
