"""`wenban import`, `wenban export`, `wenban template`, `wenban history`: guides and FAQ entries in and out of files."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import console, errors, fail, settings_or_exit
from bot.cli.opening import opened_database, told_plainly
from bot.db.database import Database
from bot.settings import Settings
from knowledge.base import Published
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.mapping import Mapping
from knowledge.loader import KnowledgeError

imports = typer.Typer(help="Check a file and publish it: all of it, or nothing.", no_args_is_help=True)
exports = typer.Typer(help="Write what is published into a file; imported again, it changes nothing.")
templates = typer.Typer(help="Write an empty table to fill in, with examples and instructions.")


class Whose(StrEnum):
    """Which guides and entries are exported: the hall's own, or those of other platforms as well."""

    OWN = "own"
    ALL = "all"


ImportFile = Annotated[
    Path, typer.Argument(metavar="FILE", help=".xlsx .csv .json .jsonl .yaml", exists=True, dir_okay=False)
]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx .csv .json .jsonl")]
BlankFile = Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx .csv")]
MappingName = Annotated[str | None, typer.Option("--mapping", help="映射文件，或者自带映射的名称：guangdong、taipei")]
By = Annotated[str | None, typer.Option("--by", help="导入人姓名，记入修改记录；不填为系统登录名")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查和报告，不发布")]
Origin = Annotated[Whose, typer.Option("--origin", help="own：本大厅的；all：包括其他平台的")]


@imports.command("guides")
def import_guides(file: ImportFile, mapping: MappingName = None, by: By = None, dry_run: DryRun = False) -> None:
    """Publish the guides of a file."""
    _import(ContentKind.GUIDES, file, mapping, by, dry_run=dry_run)


@imports.command("faq")
def import_faq(file: ImportFile, mapping: MappingName = None, by: By = None, dry_run: DryRun = False) -> None:
    """Publish the FAQ entries of a file."""
    _import(ContentKind.FAQ, file, mapping, by, dry_run=dry_run)


@exports.command("guides")
def export_guides(file: NewFile, origin: Origin = Whose.OWN) -> None:
    """Write the published guides into a file."""
    _export(ContentKind.GUIDES, file, origin)


@exports.command("faq")
def export_faq(file: NewFile, origin: Origin = Whose.OWN) -> None:
    """Write the published FAQ entries into a file."""
    _export(ContentKind.FAQ, file, origin)


@templates.command("guides")
def template_guides(file: BlankFile) -> None:
    """An empty table of guides."""
    _template(ContentKind.GUIDES, file)


@templates.command("faq")
def template_faq(file: BlankFile) -> None:
    """An empty table of FAQ entries."""
    _template(ContentKind.FAQ, file)


def history(code: Annotated[str, typer.Argument(metavar="CODE", help="事项编码或者问答编号")]) -> None:
    """Who changed a guide or an FAQ entry: when, from which file, which field, old and new."""
    from bot.cli.exchange_report import print_history
    from bot.publishing import repository
    from bot.publishing.importing import KINDS

    with _opened(settings_or_exit()) as (database, _published), database.transaction() as session:
        for kind in ContentKind:
            if rows := repository.history(session, KINDS[kind], code):
                return print_history(console, kind, rows)
    raise fail(f"没有编号为 {code} 的事项或者问答，请检查编号。")


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Database, Published]]:
    """The database, with the data folder brought in first; what goes wrong with either is told plainly."""
    from bot.publishing.start import bring_in
    from knowledge import base

    with told_plainly():
        published = base.read(settings.knowledge)
        with opened_database(settings) as database:
            bring_in(database, published)
            yield database, published


def _import(kind: ContentKind, file: Path, mapping: str | None, by: str | None, *, dry_run: bool) -> None:
    from bot.cli.exchange_report import print_imported, print_refusals
    from bot.publishing.importing import import_file
    from bot.publishing.model import Author
    from knowledge.exchange.problems import Refused

    settings = settings_or_exit()
    chosen = _mapping(mapping, settings)
    author = Author((by or _login_name())[:64], file.name[:200])
    now = datetime.now(UTC)
    with _opened(settings) as (database, published), console.status("正在导入 …"):
        try:
            imported = import_file(
                database, kind, file, mapping=chosen, hall=published.hall, author=author, now=now, dry_run=dry_run
            )
        except Refused as refused:
            print_refusals(errors, refused.refusals)
            told = f"{file.name} 有 {len(refused.refusals)} 处问题，没有导入任何内容。请修改后再导入。"
            raise fail(told) from refused
    print_imported(console, kind, imported, dry_run=dry_run)


def _mapping(name: str | None, settings: Settings) -> Mapping | None:
    from knowledge.exchange.mapping import load_mapping

    try:
        return load_mapping(name, settings.knowledge) if name else None
    except KnowledgeError as error:
        raise fail(f"映射文件有误，没有导入任何内容：\n{error}") from error


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "命令行"


def _export(kind: ContentKind, file: Path, origin: Whose) -> None:
    from bot.cli.exchange_report import UNITS
    from bot.publishing.importing import published_faq, published_guides
    from knowledge.exchange.outgoing import write

    with _opened(settings_or_exit()) as (database, _published):
        with database.transaction() as session:
            found = published_guides(session) if kind is ContentKind.GUIDES else published_faq(session)
        models = [model for model in found.values() if origin is Whose.ALL or model.origin is None]
        with _writing(file):
            count = write(file, kind, models)
    console.print(f"已导出 {count} {UNITS[kind]}：{escape(str(file))}", highlight=False, soft_wrap=True)


def _template(kind: ContentKind, file: Path) -> None:
    from knowledge.exchange.outgoing import write_blank

    with _writing(file):
        write_blank(file, kind)
    console.print(f"已写好模板：{escape(str(file))}", highlight=False, soft_wrap=True)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    from knowledge.exchange.problems import Refused

    try:
        yield
    except Refused as refused:
        raise fail(str(refused)) from refused
    except OSError as error:
        raise fail(f"{file} 写不进去：{error.strerror or error}") from error
