"""`wenban purge` and `wenban privacy export|delete`: personal data from the command line (S24)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.audit.service import record
from bot.cli.console import console, fail, settings_or_exit
from bot.cli.opening import opened_database, told_plainly
from bot.db.database import Database
from bot.db.opening import open_vault
from bot.db.vault import Vault
from bot.deeds.fields import telephone_in
from bot.errors import Refused
from bot.privacy import citizen as citizens
from bot.privacy.citizen import Citizen, Deletion
from bot.privacy.purge import due
from bot.privacy.purge import purge as purge_all
from bot.privacy.retention import Retention, retention_rules

privacy = typer.Typer(help="Personal data of one citizen.", no_args_is_help=True)

Telephone = Annotated[str | None, typer.Option("--telephone", help="群众留下的电话")]
SenderKey = Annotated[str | None, typer.Option("--sender-key", help="渠道用户的标识（64位十六进制）")]


@dataclass(frozen=True)
class _Office:
    database: Database
    vault: Vault
    rules: Mapping[str, Retention]


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只统计，不删除")] = False,
) -> None:
    """Delete or empty what has been kept long enough (retention.yaml)."""
    now = datetime.now(UTC)
    with _opened() as office:
        if dry_run:
            with office.database.transaction() as session:
                counts = due(session, office.rules, now)
        else:
            counts = purge_all(office.database, office.rules, now)
    for name, count in counts.items():
        console.print(f"{name}: {count}", highlight=False)
    console.print(f"{'将处理' if dry_run else '已处理'} {sum(counts.values())} 条。", highlight=False)


@privacy.command("export")
def export(
    telephone: Telephone = None,
    sender_key: SenderKey = None,
    output: Annotated[Path | None, typer.Option("--output", help="写入文件，只有本人可读；不填则显示")] = None,
) -> None:
    """Everything that is kept about one citizen, as JSON."""
    now = datetime.now(UTC)
    with _opened() as office, office.database.transaction() as session:
        citizen = _citizen(telephone, sender_key)
        data = citizens.export(session, office.vault, citizen)
        counts = {table: len(rows) for table, rows in data.items()}
        record(session, None, "privacy.export", citizen.subject(office.vault), now, rows=counts)
    text = json.dumps({"exported_at": now.isoformat(), "data": data}, ensure_ascii=False, indent=2)
    if output is None:
        typer.echo(text)
        return
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise fail(f"文件写不了（已有的文件不会覆盖）：{error}") from error
    console.print(f"已导出 {sum(counts.values())} 条：{output}", highlight=False, markup=False)


@privacy.command("delete")
def delete(
    telephone: Telephone = None,
    sender_key: SenderKey = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """Delete what may be deleted about one citizen; says what stays, and why."""
    with _opened() as office:
        citizen = _citizen(telephone, sender_key)
        if not yes:
            typer.confirm("删除以后不能恢复，确定吗？", abort=True)
        with office.database.transaction() as session:
            done = citizens.erase(session, office.vault, office.rules, citizen)
            subject = citizen.subject(office.vault)
            record(session, None, "privacy.delete", subject, datetime.now(UTC), **asdict(done))
    _tell(done)


def _tell(done: Deletion) -> None:
    for name, count in (*done.deleted.items(), *done.blanked.items()):
        console.print(f"已删除 {name}: {count}", highlight=False)
    for kept in done.kept:
        console.print(f"保留 {kept.holding}: {kept.rows}（{kept.reason}）", highlight=False, markup=False)
    if not (done.deleted or done.blanked or done.kept):
        console.print("没有找到这位群众的个人信息。")


def _citizen(telephone: str | None, sender_key: str | None) -> Citizen:
    """Raises Refused for anything but one telephone or one sender key."""
    if (telephone is None) == (sender_key is None):
        raise Refused("privacy.one_of_two")
    if telephone is not None:
        number = telephone_in(telephone)
        if number is None:
            raise Refused("privacy.bad_telephone")
        return Citizen(telephone=number)
    if not re.fullmatch("[0-9a-f]{64}", sender_key or ""):
        raise Refused("privacy.bad_sender")
    return Citizen(sender_key=sender_key)


@contextmanager
def _opened() -> Iterator[_Office]:
    """Database, key and rules; what goes wrong is told plainly."""
    settings = settings_or_exit()
    with told_plainly("规则文件有误，请先修改", "数据库不能使用"):
        rules, vault = retention_rules(settings.rules), open_vault(settings)
        with opened_database(settings) as database:
            yield _Office(database, vault, rules)
