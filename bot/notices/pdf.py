"""Renders a notice as a PDF (S03, S25): A4, a copy to serve and one to file, the same bytes for the same content."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.notices.content import Block, Content, Heading, Paragraph, Table
from bot.notices.typesetting import wrap
from knowledge.calendar import CHINA

if TYPE_CHECKING:
    from fpdf import FPDF

FONT_FILE = Path(__file__).parent / "fonts" / "WenbanNoticeSans-Regular.otf"
FAMILY = "notice"
NO_GLYPH = "〓"
"""The printers' mark for a character that is not in the font."""
LEFT, RIGHT, TOP, BOTTOM = 22.0, 188.0, 20.0, 274.0
"""The printed area of A4 in millimetres."""
LINE = RIGHT - LEFT
POINT = 25.4 / 72
BODY, SMALL, CELL = 10.5, 8.5, 9.5
LEADING = 1.5
PAD = 1.4
QR_SIZE = 22.0
SIGNATURE_HEIGHT = 47.0


@cache
def advances() -> dict[int, float]:
    """How wide the font's characters are, by code point, in units of the type size."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(FONT_FILE, lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: widths[glyph][0] / units for code, glyph in font.getBestCmap().items()}


def printable(text: str) -> str:
    """The text with "〓" for each character that the font lacks, so that none vanishes; control characters go, and
    odd spaces become plain ones."""
    known = advances()
    plain = ("".join(" " if c.isspace() and c not in "\n\u3000" else c for c in text)).replace("\ufeff", "")
    kept = (c for c in plain if c.isprintable() or c in "\n\u3000")
    return "".join(c if ord(c) in known or c == "\n" else NO_GLYPH for c in kept)


def width_of(text: str, points: float) -> float:
    """Millimetres; `text` is printable."""
    known = advances()
    return sum(known[ord(c)] for c in text) * points * POINT


def render(content: Content) -> bytes:
    """The PDF. How many pages a copy has is found out by a copy that is thrown away."""
    counted = _new(content)
    _Copy(counted, content, content.copies[0], 0).draw()
    pdf = _new(content)
    for label in content.copies:
        _Copy(pdf, content, label, len(counted.pages)).draw()
    return bytes(pdf.output())


def _new(content: Content) -> FPDF:
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_font(FAMILY, fname=FONT_FILE)
    pdf.set_title(printable(f"{content.title} {content.number}"))
    pdf.set_author(printable(content.hall))
    pdf.set_creator("问办")
    pdf.set_lang("zh-CN")
    pdf.set_creation_date(content.issued_at)
    return pdf


class _Copy:
    """One of the two copies: pages of its own, numbered from 1 to `last`."""

    def __init__(self, pdf: FPDF, content: Content, label: str, last: int) -> None:
        self.pdf, self.content, self.label, self.last = pdf, content, label, last
        self.y, self.page = TOP, 0

    def draw(self) -> None:
        self._page()
        self._head()
        for number, block in enumerate(self.content.blocks):
            following = self.content.blocks[number + 1] if number + 1 < len(self.content.blocks) else None
            if following is None:
                self._need(SIGNATURE_HEIGHT + 13)  # the signatures never stand alone on a page
            self._block(block, following)
        self._signatures()

    # Pages

    def _page(self) -> None:
        """A new page with the label of the copy and the number of the notice above, and its own number below."""
        self.pdf.add_page()
        self.y, self.page = TOP, self.page + 1
        self._text(LEFT, TOP - 10, f"【{self.label}】", SMALL)
        self._text(RIGHT, TOP - 10, f"编号：{self.content.number}", SMALL, align="R")
        below = f"{self.label} 第{self.page}页 共{self.last}页"
        self._text((LEFT + RIGHT) / 2, 284, below, SMALL, align="C")

    def _need(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self._page()

    # Texts

    def _text(self, x: float, y: float, text: str, points: float, *, align: str = "L", heavy: bool = False) -> None:
        """One line whose box begins at `y`. `heavy` draws the outline as well, for the font has one weight."""
        from fpdf.enums import TextMode

        self.pdf.set_font(FAMILY, size=points)
        shown = printable(text)
        x -= {"L": 0.0, "C": 0.5, "R": 1.0}[align] * width_of(shown, points)
        mode = TextMode.FILL_STROKE if heavy else TextMode.FILL
        with self.pdf.local_context(text_mode=mode, line_width=points * POINT * 0.028, draw_color=0):
            self.pdf.text(x, y + points * POINT * 1.1, shown)

    def _lines(self, text: str, limit: float, points: float) -> list[str]:
        return wrap(printable(text), limit, lambda part: width_of(part, points))

    def _paragraph(self, text: str, points: float = BODY, indent: bool = False) -> None:
        step = points * POINT * LEADING
        for line in self._lines(f"　　{text}" if indent else text, LINE, points):
            self._need(step)
            self._text(LEFT, self.y, line, points)
            self.y += step
        self.y += 0.8

    def _heading(self, text: str, following: float) -> None:
        """Never alone at the foot of a page: `following` is the height that must fit below it."""
        step = BODY * POINT * LEADING
        self.y += 1.2
        self._need(step + following)
        for line in self._lines(text, LINE, BODY):
            self._text(LEFT, self.y, line, BODY, heavy=True)
            self.y += step
        self.y += 0.4

    # Parts

    def _head(self) -> None:
        self._centred(self.content.hall, 13.0)
        self._centred(self.content.title, 20.0, heavy=True)
        self._centred(self.content.reference, 10.5)
        self.y += 1
        day = self.content.issued_at.astimezone(CHINA)
        rows = [*self.content.meta, ("承办部门", self.content.office), ("出具日期", f"{day:%Y年%-m月%-d日}")]
        self._table(Table(columns=(), widths=(0.2, 0.8), rows=tuple(rows)))
        self.y += 2
        self._paragraph(f"{self.content.recipient}：")

    def _centred(self, text: str, points: float, heavy: bool = False) -> None:
        for line in self._lines(text, LINE, points):
            self._text((LEFT + RIGHT) / 2, self.y, line, points, align="C", heavy=heavy)
            self.y += points * POINT * 1.5
        self.y += 1

    def _block(self, block: Block, following: Block | None) -> None:
        match block:
            case Heading():
                self._heading(block.text, 18.0 if isinstance(following, Table) else 6.0)
            case Paragraph():
                if isinstance(following, Table):
                    self._need(24)
                self._paragraph(block.text, indent=block.indent)
            case Table():
                self._table(block)
                self.y += 2

    # Tables

    def _table(self, table: Table) -> None:
        """The head comes again on every page; a row that does not fit on one page goes on on the next."""
        if table.columns:
            self._row(table.columns, table, head=True)
        for row in table.rows:
            self._row(row, table)

    def _row(self, cells: tuple[str, ...], table: Table, head: bool = False) -> None:
        step = CELL * POINT * 1.4
        wrapped = [self._lines(c, w * LINE - 2 * PAD, CELL) for c, w in zip(cells, table.widths, strict=True)]
        count = max(len(lines) for lines in wrapped)
        if self.y + (count + (2 if head else 0)) * step + 2 * PAD > BOTTOM and count * step < (BOTTOM - TOP) / 2:
            self._page_of(table, head)
        while count > 0:
            room = int((BOTTOM - self.y - 2 * PAD) // step)
            if room < 1:
                self._page_of(table, head)
                continue
            taken = min(room, count)
            self._cells([lines[:taken] for lines in wrapped], table.widths, taken * step + 2 * PAD, head)
            wrapped = [lines[taken:] for lines in wrapped]
            count -= taken

    def _page_of(self, table: Table, head: bool) -> None:
        self._page()
        if table.columns and not head:
            self._row(table.columns, table, head=True)

    def _cells(self, cells: list[list[str]], widths: tuple[float, ...], height: float, head: bool) -> None:
        x, step = LEFT, CELL * POINT * 1.4
        self.pdf.set_draw_color(120)
        self.pdf.set_line_width(0.2)
        for lines, share in zip(cells, widths, strict=True):
            width = share * LINE
            if head:
                self.pdf.set_fill_color(238)
            self.pdf.rect(x, self.y, width, height, style="DF" if head else "D")
            for number, line in enumerate(lines):
                self._text(x + PAD, self.y + PAD + number * step, line, CELL, heavy=head)
            x += width
        self.y += height

    # The end

    def _signatures(self) -> None:
        """Signatures, seal and QR code stay together."""
        self._need(SIGNATURE_HEIGHT)
        self.y += 6
        day = self.content.issued_at.astimezone(CHINA)
        self.pdf.image(_qr(self.content.verify_url), x=LEFT, y=self.y, w=QR_SIZE)
        lines = [
            ("申请人（签收）：______________", f"经办：{self.content.clerk}"),
            ("联系电话：____________________", f"{self.content.office}（盖章）"),
            ("签收日期：______年____月____日", f"{day:%Y年%-m月%-d日}"),
        ]
        right = self.y
        for number, (first, second) in enumerate(lines):
            self._text(LEFT + QR_SIZE + 5, self.y + number * 7.5, first, 10)
            right = max(right, self.y + number * 7.5)
            for line in self._lines(second, RIGHT - LEFT - 96, 10):
                self._text(LEFT + 96, right, line, 10)
                right += 4.5
        self.y = max(self.y + QR_SIZE, right) + 2
        foot = [self.content.verify_text, self.content.verify_url, self.content.two_copies]
        for text in [*foot, self.content.missing_glyph] if self._lacks() else foot:
            for line in self._lines(text, LINE, SMALL):
                self._text(LEFT, self.y, line, SMALL)
                self.y += SMALL * POINT * 1.45

    def _lacks(self) -> bool:
        """Whether a character of what is printed is not in the font."""
        shown = self.content.model_dump_json(exclude={"missing_glyph"})
        return NO_GLYPH in printable(shown)


def _qr(address: str) -> io.BytesIO:
    import segno

    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    return picture
