"""What is printed on a notice (S02, S03, S25): read out of the guide and the hall's rules, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field

from bot.notices.model import NewNotice, NoticeKind
from bot.notices.rules import NoticeRules
from knowledge.base import KnowledgeBase
from knowledge.calendar import CHINA
from knowledge.labels import Labels
from knowledge.model import Disclosure, Guide, Material, MaterialKind, Situation, Strict

NUMERALS = "一二三四五六七八九十"


class Heading(Strict):
    type: Literal["heading"] = "heading"
    text: str


class Paragraph(Strict):
    """`indent`: the first line begins two characters in, as body text does."""

    type: Literal["paragraph"] = "paragraph"
    text: str
    indent: bool = False


class Table(Strict):
    """`widths` are shares of the line; every row has as many cells as there are columns."""

    type: Literal["table"] = "table"
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Annotated[Heading | Paragraph | Table, Field(discriminator="type")]


class Content(Strict):
    """Everything that a notice shows; rendering it needs nothing else. `meta` are labelled values above the text,
    `notes` small lines at its end; `issued_at` is aware."""

    kind: NoticeKind
    title: str
    number: str
    reference: str
    hall: str
    office: str
    item: str
    recipient: str
    clerk: str
    contact: str
    issued_at: datetime
    meta: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    copies: tuple[str, str]
    two_copies: str
    missing_glyph: str
    verify_text: str
    verify_url: str


@dataclass(frozen=True)
class Numbered:
    """What the database gave the notice."""

    number: str
    running: int
    code: str
    issued_at: datetime


@dataclass(frozen=True)
class Office:
    """Who answers for the item: department of the hall, or another authority."""

    name: str
    telephone: str


def office_of(guide: Guide, base: KnowledgeBase) -> Office:
    if guide.department:
        department = base.hall.department(guide.department)
        return Office(department.name, department.telephone)
    assert guide.authority is not None  # the model demands one of both
    return Office(guide.authority.name, guide.authority.telephone or base.hall.telephone)


def compose(base: KnowledgeBase, rules: NoticeRules, new: NewNotice, numbered: Numbered) -> Content:
    """The content of a notice about a guide that the hall has (KeyError otherwise)."""
    guide, hall, words = base.guides[new.item], base.hall, rules.words
    situation = next((s for s in guide.situations if s.id == new.situation), None)
    office, kind = office_of(guide, base), rules.kinds[new.kind]
    blanks = _blanks(base, rules, new, guide)
    day = numbered.issued_at.astimezone(CHINA)
    contact = words.contact.format(
        department=office.name, departmenttelephone=office.telephone, hall=hall.name, halltelephone=hall.telephone,
        address=hall.address,
    )  # fmt: skip
    opening = kind.opening.format_map(blanks)
    return Content(
        kind=new.kind,
        title=kind.title,
        number=numbered.number,
        reference=words.reference.format(
            office=office.name, mark=kind.mark, year=day.year, running=f"{numbered.running:05d}"
        ),
        hall=hall.name,
        office=office.name,
        item=guide.name,
        recipient=new.recipient or words.no_recipient,
        clerk=new.clerk or words.online,
        contact=contact,
        issued_at=numbered.issued_at,
        meta=_meta(rules, new, guide, situation),
        blocks=(
            Paragraph(text=opening, indent=True),
            *_middle(base, rules, new, guide, situation),
            *_closing(kind.closing, blanks),
            Paragraph(text=contact, indent=True),
        ),
        copies=(words.serve_copy, words.archive_copy),
        two_copies=words.two_copies,
        missing_glyph=words.missing_glyph,
        verify_text=words.verify.format(code=numbered.code),
        verify_url=f"{new.verify_base}/v/{numbered.code}",
    )


def _meta(rules: NoticeRules, new: NewNotice, guide: Guide, situation: Situation | None) -> tuple[tuple[str, str], ...]:
    said = situation.name if situation else ""
    if not said and guide.situations and new.kind is NoticeKind.ONE_TIME:
        said = rules.words.all_situations
    return (("事项名称", guide.name), ("事项编码", guide.code), ("办理情形", said or rules.words.general_situation))


def _blanks(base: KnowledgeBase, rules: NoticeRules, new: NewNotice, guide: Guide) -> dict[str, str]:
    told = new.details
    applied = f"{told.applied_on:%Y年%-m月%-d日}" if told.applied_on else ""
    return {
        "item": guide.name,
        "office": office_of(guide, base).name,
        "applied": applied,
        "basis": rules.words.basis.format(basis=told.legal_basis.rstrip("。")) if told.legal_basis else "",
        "days": str(told.limit_days or ""),
        "collect": told.collect_at or _place(base, guide),
        "due": f"{told.due_on:%Y年%-m月%-d日}" if told.due_on else "",
        "authority": rules.reconsideration_authority,
        "court": rules.court,
    }


def _place(base: KnowledgeBase, guide: Guide) -> str:
    """Hall and window of the item."""
    windows = guide.location.windows if guide.location else ()
    if not windows:
        return base.hall.name
    zone, window = base.hall.window(windows[0])
    return f"{base.hall.name}{zone.floor}楼{window.id}号{window.name}"


def _closing(templates: tuple[str, ...], blanks: dict[str, str]) -> list[Block]:
    """Paragraphs that speak of something nobody told are left out."""
    told = [t for t in templates if all(blanks[name] for _, name, _, _ in Formatter().parse(t) if name)]
    return [Paragraph(text=t.format_map(blanks), indent=True) for t in told]


def _middle(
    base: KnowledgeBase, rules: NoticeRules, new: NewNotice, guide: Guide, situation: Situation | None
) -> list[Block]:
    told = new.details
    missing = Table(
        columns=("序号", "材料名称", "补正要求"),
        widths=(0.08, 0.46, 0.46),
        rows=tuple((str(n), m.name, m.requirement or "提交") for n, m in enumerate(told.missing, start=1)),
    )
    match new.kind:
        case NoticeKind.ONE_TIME:
            lacking: list[Block] = [Heading(text=f"附：{rules.words.missing_title}"), missing] if told.missing else []
            return [*_disclosures(base, rules, guide, situation), *lacking]
        case NoticeKind.SUPPLEMENT:
            return [missing]
        case NoticeKind.REFUSAL:
            return [Paragraph(text=f"{n}．{reason}") for n, reason in enumerate(told.reasons, start=1)]
        case NoticeKind.ACCEPTANCE if told.received:
            rows = tuple((str(n), name) for n, name in enumerate(told.received, start=1))
            table = Table(columns=("序号", "材料名称"), widths=(0.08, 0.92), rows=rows)
            return [Heading(text=rules.words.received_title), table]
    return []


def _disclosures(base: KnowledgeBase, rules: NoticeRules, guide: Guide, situation: Situation | None) -> list[Block]:
    """The eight disclosures in the words in which the assistant answers; materials as tables."""
    told = {field.disclosure: field.text for field in base.writer.answer(guide, (), situation).fields}
    blocks: list[Block] = []
    for numeral, disclosure in zip(NUMERALS, Disclosure, strict=False):
        blocks.append(Heading(text=f"{numeral}、{base.labels.disclosures[disclosure]}"))
        if disclosure is Disclosure.MATERIALS and told.get(disclosure):
            blocks += _materials(base.labels, rules, guide, situation)
        else:
            lines = (told.get(disclosure) or rules.words.not_published).split("\n")
            blocks += [Paragraph(text=line) for line in lines if line.strip()]
    return blocks


def _materials(labels: Labels, rules: NoticeRules, guide: Guide, situation: Situation | None) -> list[Block]:
    """One table, or, with no situation known, one more for each that asks for other materials."""
    own = situation.changes.materials if situation else None
    blocks: list[Block] = [material_table(labels, own or guide.materials)] if own or guide.materials else []
    for variant in guide.situations if situation is None else ():
        if variant.changes.materials:
            blocks.append(Paragraph(text=rules.words.situation.format(name=variant.name)))
            blocks.append(material_table(labels, variant.changes.materials))
    words = rules.words
    blocks += [Paragraph(text=words.form.format(name=f.name, obtain=f.obtain)) for f in guide.forms]
    for c in guide.commitments:
        said = words.commitment.format(
            replaces=c.replaces, promise=_sentence(c.promise), if_false=_sentence(c.if_false)
        )
        blocks.append(Paragraph(text=said))
    return blocks


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "；")) else f"{text}。"


def material_table(labels: Labels, materials: tuple[Material, ...]) -> Table:
    """What to bring, in what form, from whom, and what is to be minded."""
    rows = tuple(
        (str(number), m.name, _form(labels, m), m.issuer or "—", _remarks(m))
        for number, m in enumerate(materials, start=1)
    )
    return Table(
        columns=("序号", "材料名称", "形式和份数", "来源", "说明"), widths=(0.08, 0.31, 0.16, 0.17, 0.28), rows=rows
    )


def _form(labels: Labels, material: Material) -> str:
    return f"{labels.material_forms[material.form]}{material.count}份" if material.form else f"{material.count}份"


def _remarks(material: Material) -> str:
    required = f"{material.required_if.rstrip('。')}提供。" if material.required_if else ""
    deferred = ""
    if material.kind is MaterialKind.DEFERRABLE:
        deferred = f"可以容缺，{material.defer_days}个工作日内补交。"
    return f"{required}{deferred}{material.note or ''}" or "—"
