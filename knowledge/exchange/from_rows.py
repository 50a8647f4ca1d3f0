"""Guides and FAQ entries from the rows of a table. Rows of the same code with a 情形编号 are situations of the item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.changes import Document
from knowledge.exchange.columns import Column, ContentKind, table
from knowledge.exchange.problems import M, Origin, Reading, Refusal
from knowledge.exchange.records import Record
from knowledge.exchange.tables import Row, RowOrigin, document, rows
from knowledge.loader import Where
from knowledge.model import FaqEntry, Guide, Hall

_NO_SITUATION = "情形编号为空时不能填写，请填写情形编号，或者清空这一格"
_NO_DISCLOSURE = "情形只能改变公开内容，请清空这一格，或者写在事项自己的那一行"


@dataclass(frozen=True)
class GuideOrigin:
    """The row of a guide and the rows of its situations."""

    base: RowOrigin
    situations: Sequence[RowOrigin]

    def refusal(self, where: Where, reason: str) -> Refusal:
        if where[:1] == ("situations",) and len(where) > 1 and isinstance(where[1], int):
            within = where[2:]
            plain = within[1:] if within[:1] == ("changes",) else ("situation", *within)
            return self.situations[where[1]].refusal(plain, reason)
        return self.base.refusal(where, reason)


def read_faq(file: Path, records: Iterable[Record], hall: Hall) -> Reading[FaqEntry]:
    """FAQ entries, one a row."""
    found, refusals, notes = rows(file, ContentKind.FAQ, records)
    reading: Reading[FaqEntry] = Reading([], refusals, notes)
    for row in found:
        data, wrong = document(row, table(ContentKind.FAQ).columns, hall, "")
        _add(reading, FaqEntry, data, row.origin, wrong)
    return reading


def read_guides(file: Path, records: Iterable[Record], hall: Hall) -> Reading[Guide]:
    """Guides with their situations. A guide with a refused situation is refused itself."""
    found, refusals, notes = rows(file, ContentKind.GUIDES, records)
    reading: Reading[Guide] = Reading([], refusals, notes)
    situations: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        if row.get("situation.id"):
            situations[row.get("code")].append(row)
    bases = [row for row in found if not row.get("situation.id")]
    own = [column for column in table(ContentKind.GUIDES).columns if not column.of_situation]
    for base in bases:
        data, wrong = document(base, own, hall, _NO_SITUATION)
        of_it = situations.get(base.get("code"), [])
        variants = [_situation(row, base, hall, wrong) for row in of_it]
        data |= {"situations": variants} if variants else {}
        _add(reading, Guide, data, GuideOrigin(base.origin, [row.origin for row in of_it]), wrong + _twice(of_it))
    reading.refusals += _orphans(situations, {row.get("code") for row in bases})
    return reading


def _add(reading: Reading[M], model: type[M], data: Document, origin: Origin, wrong: list[Refusal]) -> None:
    """Validates; cells that could not be read already (`wrong`) are not told of a second time as missing."""
    checked: Reading[M] = Reading([], [], [])
    checked.add(model, data, origin)
    told = {(refusal.place, refusal.column) for refusal in wrong}
    reading.refusals += wrong + [r for r in checked.refusals if (r.place, r.column) not in told]
    if not wrong:
        reading.items += checked.items


def _situation(row: Row, base: Row, hall: Hall, refusals: list[Refusal]) -> Document:
    """The document of a situation, validated with its guide; cells that cannot be read are added to `refusals`."""
    if row.get("name") not in {"", base.get("name")}:
        refusals.append(row.origin.refusal(("name",), "与事项的名称不一致，请改成一样，或者清空这一格"))
    changing = Row({field: cell for field, cell in row.cells.items() if field not in {"code", "name"}}, row.origin)
    columns = [column for column in row.origin.columns if _belongs(column)]
    data, wrong = document(changing, columns, hall, _NO_DISCLOSURE)
    refusals += wrong
    return {**data.pop("situation", {}), "changes": data}


def _belongs(column: Column) -> bool:
    return column.of_situation or column.may_change


def _twice(situations: Sequence[Row]) -> list[Refusal]:
    ids = [row.get("situation.id") for row in situations]
    return [
        row.origin.refusal(("situation", "id"), f"情形 {id_} 已经有一行，请只保留一行")
        for number, (row, id_) in enumerate(zip(situations, ids, strict=True))
        if id_ in ids[:number]
    ]


def _orphans(situations: Mapping[str, Sequence[Row]], codes: set[str]) -> list[Refusal]:
    return [
        row.origin.refusal(("code",), f"情形所属的事项 {code} 在这个文件里没有自己的一行，请补上情形编号为空的那一行")
        for code, of_it in situations.items()
        if code not in codes
        for row in of_it
    ]
