"""Publishing while the assistant runs: import and export by the command line, seen at once in every process."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.db.vault import Vault
from bot.secrets import data_key
from bot.settings import load_settings
from tests.assistant import Assistant, card, options, running_assistant, texts

CODE, QUESTION = "BD-003", "不动产权证书遗失补发要多少钱"
"""No other scenario asks about this item; the assistant is shared."""
SEEN_WITHIN_SECONDS = 1.0
GUEST = {
    "code": "XX-7001", "name": "游艇停泊备案", "applicant": "natural_person", "origin": "示范省政务服务网",
    "authority": {"name": "示范省海事局"}, "checked_on": "2026-11-01", "checked_by": "示范省政务服务网",
    "colloquial": ["游艇停在码头要备案"], "materials": [{"name": "游艇登记证书"}],
}  # fmt: skip
GUEST_QUESTION = "游艇停泊备案收费吗"


@pytest.fixture(scope="module")
def peer(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A second app process on the same database; it asks the Rasa that the first one started."""
    port = re.findall(r"rasa_started pid=\d+ port=(\d+)", assistant.log.read_text())[-1]
    shared = {
        "WENBAN_DATABASE_URL": f"sqlite:///{assistant.database}",
        "WENBAN_RASA_URL": f"http://127.0.0.1:{port}",
    }
    with running_assistant(tmp_path_factory.mktemp("peer"), **shared) as running:
        yield running


def wenban(assistant: Assistant, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`wenban …` with the database of the running assistant, in lines wide enough for any table."""
    env = {**os.environ, "WENBAN_DATABASE_URL": f"sqlite:///{assistant.database}", "COLUMNS": "400"}
    command = [sys.executable, "-m", "bot.cli.main", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


def written(folder: Path, guides: list[dict[str, Any]]) -> str:
    file = folder / "guides.json"
    file.write_text(json.dumps(guides, ensure_ascii=False), encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def exported(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The hall's guides by code, as `wenban export guides` writes them before anything is changed."""
    file = tmp_path_factory.mktemp("export") / "guides.json"
    done = wenban(assistant, "export", "guides", str(file))
    assert done.returncode == 0, done.stderr
    return {guide["code"]: guide for guide in json.loads(file.read_text(encoding="utf-8"))}


def with_fees(guide: dict[str, Any], text: str) -> dict[str, Any]:
    return {**guide, "fees": {**guide["fees"], "text": text}}


def fees(assistant: Assistant, sender: str) -> str:
    reply = assistant.say(sender, QUESTION)
    assert (reply["status"], reply["item"], reply["disclosures"]) == ("answered.guide", CODE, ["fees"])
    return card(reply)["fees"].splitlines()[0]


def published(assistant: Assistant) -> list[tuple[Any, ...]]:
    """Everything that is published, with its history."""
    with sqlite3.connect(assistant.database) as connection:
        tables = ("publications", "publication_changes", "publication_revision")
        return [row for table in tables for row in connection.execute(f"select * from {table} order by 1, 2")]


def test_an_import_is_answered_by_every_process_within_a_second(
    assistant: Assistant, peer: Assistant, exported: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    old, new = exported[CODE]["fees"]["text"], "补发证书只收工本费，每本12元；刊发声明不收费。"
    assert fees(assistant, "p1") == fees(peer, "p2") == old

    file = written(tmp_path, [with_fees(exported[CODE], new)])
    done = wenban(assistant, "import", "guides", file, "--by", "王女士")
    ended = time.monotonic()
    assert done.returncode == 0, done.stderr
    assert "变更 1 个事项" in done.stdout
    late = {assistant.url, peer.url}
    while late and time.monotonic() < ended + SEEN_WITHIN_SECONDS:
        late -= {one.url for one in (assistant, peer) if fees(one, "p3") == new}
    assert not late, f"the old fees after {SEEN_WITHIN_SECONDS} s"

    history = wenban(assistant, "history", CODE)
    assert history.returncode == 0, history.stderr
    (line,) = [line for line in history.stdout.splitlines() if "王女士" in line]
    assert old in line and new in line and "guides.json" in line


def test_a_refused_import_changes_nothing(
    assistant: Assistant, peer: Assistant, exported: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    before, told = published(assistant), fees(assistant, "p4")
    right = with_fees(exported[CODE], "每本99元。")
    wrong = {**exported["GA-003"], "department": "没有这个部门"}
    done = wenban(assistant, "import", "guides", written(tmp_path, [right, wrong]))
    assert done.returncode == 1
    assert "没有导入任何内容" in done.stderr
    assert "第 2 条" in done.stderr and "没有这个部门" in done.stderr
    assert published(assistant) == before
    time.sleep(SEEN_WITHIN_SECONDS)
    assert fees(assistant, "p4") == fees(peer, "p5") == told


def test_a_guide_without_fees_says_so_and_the_question_can_be_left(assistant: Assistant, tmp_path: Path) -> None:
    done = wenban(assistant, "import", "guides", written(tmp_path, [GUEST]))
    assert done.returncode == 0, done.stderr
    assert "新增 1 个事项" in done.stdout
    time.sleep(SEEN_WITHIN_SECONDS)

    reply = assistant.say("p6", GUEST_QUESTION)
    assert (reply["status"], reply["item"]) == ("unanswerable.incomplete_guide", GUEST["code"])
    assert "还没有公布收费标准" in texts(reply)
    (offer,) = options(reply)
    asked = assistant.say("p6", offer["payload"])
    assert (asked["status"], asked["transaction"]) == ("collecting.consultation", "consultation")
    assert "同意" in texts(asked), "the question is known already"
    assistant.say("p6", "同意")
    assistant.say("p6", "王女士")
    done_reply = assistant.say("p6", "13800001111")
    assert done_reply["status"] == "done.consultation"

    with sqlite3.connect(assistant.database) as connection:
        rows = dict(connection.execute("select number, question from consultations").fetchall())
    (sealed,) = [question for number, question in rows.items() if number in texts(done_reply)]
    assert Vault(data_key(load_settings())).open(sealed) == GUEST_QUESTION
