"""The pure parts of the load benchmark: figures, the order of the phases, replies, and the peer's project."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from evaluation.load import client, plan, report
from evaluation.load.client import Load, LoadClient, Reply
from evaluation.load.figures import Figures, figures, percentile, ratios
from evaluation.load.processes import BenchError, running
from evaluation.load.systems import System, our_body, our_kind, peer_body, peer_kind
from evaluation.peers.plain_rasa import project
from evaluation.peers.plain_rasa.project import TOPICS, load_phrasings, plain_names, project_files, utterances
from evaluation.peers.plain_rasa.training import Peer, PeerError, digest, train
from knowledge import base
from knowledge.answer import Writer
from knowledge.base import Published
from knowledge.loader import DATA
from knowledge.model import Disclosure
from knowledge.target import Kind

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def published() -> Published:
    return base.read(DATA)


@pytest.fixture(scope="module")
def files(published: Published) -> dict[str, str]:
    return project_files(published, load_phrasings(), TODAY)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7.0], 50, 7.0),
        ([7.0], 99, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([float(n) for n in range(1, 201)], 50, 100.0),
        ([float(n) for n in range(1, 201)], 99, 198.0),
        ([float(n) for n in range(1, 102)], 99, 100.0),
    ],
)
def test_percentile_is_by_nearest_rank(values: list[float], percent: float, expected: float | None) -> None:
    assert percentile(values, percent) == expected


def test_rate_counts_the_window_and_percentiles_also_what_came_later() -> None:
    replies = [Reply(1.0, 10, "a"), Reply(2.0, 20, "a"), Reply(2.5, 900, "b"), Reply(1.5, 30_000, None)]
    found = figures("x", "8 at once", 8, replies, seconds=2.0)
    assert (found.rate, found.p50_ms, found.p99_ms) == (1.0, 20, 900)
    assert (found.sent, found.errors, found.kinds) == (4, 1, {"a": 2, "b": 1})


def test_a_phase_of_fixed_count_lasts_until_its_last_reply() -> None:
    found = figures("x", "in sequence", 1, [Reply(1.0, 10, "a"), Reply(4.0, 20, "a")], seconds=None)
    assert (found.seconds, found.rate) == (4.0, 0.5)


def test_figures_without_any_good_reply() -> None:
    found = figures("x", "8 at once", 8, [Reply(0.1, 100, None)], seconds=1.0)
    assert (found.rate, found.p50_ms, found.p99_ms, found.errors) == (0.0, None, None, 1)
    none = figures("x", "in sequence", 1, [], seconds=None)
    assert (none.rate, none.sent) == (0.0, 0)


def _measured(system: str, senders: int, rate: float, p99: float | None) -> Figures:
    return Figures(system, f"{senders} at once", senders, 12.0, 9, 0, rate, 1.0, p99, {})


def test_ratios_are_ours_to_the_peer_at_eight_senders() -> None:
    measured = [
        _measured("wenban", 1, 1.0, 1.0),
        _measured("plain Rasa", 1, 9.0, 9.0),
        _measured("wenban", 8, 60.0, 50.0),
        _measured("plain Rasa", 8, 20.0, 200.0),
    ]
    found = report.compared(measured, ("wenban", "plain Rasa"))
    assert (found.rate, found.p99) == (3.0, 0.25)


def test_ratios_without_figures_of_the_peer() -> None:
    found = ratios(_measured("wenban", 8, 60.0, 50.0), _measured("plain Rasa", 8, 0.0, None))
    assert (found.rate, found.p99) == (None, None)
    assert all(": - (" in line for line in report.ratio_lines(found))


def test_the_report_can_be_read_back_whole(tmp_path: Path) -> None:
    measured = [_measured("wenban", 8, 60.0, 50.0), _measured("plain Rasa", 8, 20.0, 200.0)]
    path = tmp_path / "bench" / "latest.json"
    report.write(path, report.machine(), {"rasa": "3.6.21"}, measured, ratios(*measured))
    read = json.loads(path.read_text(encoding="utf-8"))
    assert read["ratios"] == {"phase": "8 at once", "rate": 3.0, "p99": 0.25}
    assert read["figures"][0]["senders"] == 8
    assert read["machine"]["cpu_count"] >= 1
    assert [p.name for p in path.parent.iterdir()] == ["latest.json"]


def test_no_secret_setting_is_reported() -> None:
    assert not {name for name in report.SETTINGS_SHOWN if "token" in name or "key" in name or "url" in name}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"status": "answered.guide"}, "answered.guide"),
        ({"status": "error.degraded"}, None),
        ({"status": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_our_good_replies_have_a_status(reply: Any, kind: str | None) -> None:
    assert our_kind(reply) == kind


@pytest.mark.parametrize(
    ("reply", "kind"),
    [([{"recipient_id": "s", "text": "答"}], "text"), ([], None), ([{"image": "x"}], None), ({"text": "x"}, None)],
)
def test_the_peers_good_replies_have_a_text(reply: Any, kind: str | None) -> None:
    assert peer_kind(reply) == kind


def test_both_systems_get_the_same_sender_and_text() -> None:
    assert our_body("s", "问") == {"channel": "web", "sender": "s", "text": "问"}
    assert peer_body("s", "问") == {"sender": "s", "message": "问"}


def test_phases_are_in_sequence_then_more_senders() -> None:
    found = plan.phases(2.0)
    assert [phase.load.senders for phase in found] == [1, 1, 8, 32]
    assert [phase.fixed_seconds for phase in found] == [False, True, True, True]
    assert found[0].load.messages == plan.IN_SEQUENCE
    assert {phase.load.seconds for phase in found[1:]} == {2.0}


def _system(name: str, child: Any = None) -> System:
    return System(name, "http://127.0.0.1:9/", our_body, our_kind, child, 0.0)


async def test_the_load_is_bounded_in_count_and_begins_with_the_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def ask(_self: LoadClient, _system: System, text: str) -> str:
        asked.append(text)
        await asyncio.sleep(0)
        return "a"

    monkeypatch.setattr(LoadClient, "_ask", ask)
    async with LoadClient(["一", "二", "三"]) as sender:
        replies = await sender.put(_system("x"), Load(senders=2, messages=7))
    assert len(replies) == 7
    assert Counter(asked) == {"一": 3, "二": 2, "三": 2}
    assert asked[0] == "一"


async def test_a_system_that_is_away_gives_errors_not_failures() -> None:
    async with LoadClient(["一"]) as sender:
        replies = await sender.put(_system("x"), Load(senders=1, messages=2))
    assert [reply.kind for reply in replies] == [None, None]


async def test_phases_alternate_between_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    async def put(_self: LoadClient, system: System, load: Load) -> list[Reply]:
        return [Reply(0.5, 1.0, system.name)]

    monkeypatch.setattr(client.LoadClient, "put", put)
    monkeypatch.setattr(plan, "REST_SECONDS", 0)
    alive = SimpleNamespace(check_alive=lambda: None)
    told: list[str] = []
    measured = await plan.run([_system("a", alive), _system("b", alive)], ["一"], plan.phases(1.0), told.append)
    assert [f.system for f in measured] == ["a", "b"] * 4
    assert len(told) == 2 + 8


def test_a_child_is_gone_after_its_context_even_on_failure(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(KeyboardInterrupt), running("x", sleep, tmp_path, {}, tmp_path / "x.log") as child:
        assert child.process.poll() is None
        raise KeyboardInterrupt
    assert child.process.poll() is not None


def test_a_child_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    fails = [sys.executable, "-c", "raise SystemExit('no model here')"]
    with (
        running("x", fails, tmp_path, {}, tmp_path / "x.log") as child,
        pytest.raises(BenchError, match="no model here"),
    ):
        child.wait_until_ready("http://127.0.0.1:9/", 20)


def test_utterances_pair_every_phrasing_with_another_name() -> None:
    assert utterances(("甲", "乙"), ("{item}吗", "办{item}", "{item}呢"), shift=1) == ["乙吗", "办甲", "乙呢"]


def test_names_that_are_questions_themselves_are_left_out(published: Published) -> None:
    phrasings = load_phrasings()
    for guide in published.guides.values():
        names = plain_names(guide, phrasings)
        assert names[0] == guide.name
        assert len(set(names)) == len(names) > 1
        assert not any(word in name for name in names[1:] for word in phrasings.asking_words)


def test_phrasings_are_equally_many_for_each_topic() -> None:
    assert {len(wording) for wording in load_phrasings().topics.values()} == {8}


@pytest.mark.parametrize("broken", ["topic", "item"])
def test_incomplete_phrasings_are_refused(tmp_path: Path, broken: str) -> None:
    data = yaml.safe_load((project.FOLDER / "phrasings.yaml").read_text(encoding="utf-8"))
    if broken == "topic":
        del data["topics"]["fees"]
    else:
        data["topics"]["fees"].append("收费吗")
    path = tmp_path / "phrasings.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=r"topics must be|must hold"):
        load_phrasings(path)


def test_every_item_and_topic_has_an_intent_with_eight_utterances(published: Published, files: dict[str, str]) -> None:
    nlu = {entry["intent"]: entry["examples"].splitlines() for entry in yaml.safe_load(files["data/nlu.yml"])["nlu"]}
    expected = {f"faq/{code}_{topic}" for code in published.guides for topic in TOPICS}
    others = {f"faq/{project.target_key(target)}" for target in project.other_phrases(published, TODAY)}
    assert {intent for intent in nlu if intent.startswith("faq/")} == expected | others
    assert all(len(nlu[intent]) == 8 and all(line.startswith("- ") for line in nlu[intent]) for intent in expected)
    assert set(nlu) - expected - others == set(load_phrasings().smalltalk)


def test_the_peer_answers_with_the_published_words(published: Published, files: dict[str, str]) -> None:
    responses = yaml.safe_load(files["domain.yml"])["responses"]
    for code, guide in published.guides.items():
        fees = Writer(published.hall, published.labels, published.guides).answer(guide, (Disclosure.FEES,)).fields
        (answer,) = responses[f"utter_faq/{code}_fees"]
        assert all(answer["text"].endswith(field.text) for field in fees)
        (whole,) = responses[f"utter_faq/{code}_guide"]
        assert all(label in whole["text"] for label in published.labels.disclosures.values())


def test_the_peer_knows_what_is_no_guide_too(published: Published, files: dict[str, str]) -> None:
    responses = yaml.safe_load(files["domain.yml"])["responses"]
    others = project.other_phrases(published, TODAY)
    assert {target.kind for target in others} == set(Kind) - {Kind.GUIDE}
    assert all(responses[f"utter_faq/{project.target_key(target)}"][0]["text"] for target in others)


def test_no_answer_looks_like_a_template_to_rasa(files: dict[str, str]) -> None:
    assert "{" not in files["domain.yml"]


def test_every_rule_leads_to_a_response(files: dict[str, str]) -> None:
    domain = yaml.safe_load(files["domain.yml"])
    for rule in yaml.safe_load(files["data/rules.yml"])["rules"]:
        action = rule["steps"][1]["action"]
        assert action in domain["responses"] or action == "utter_faq"


def test_the_digest_changes_with_any_file_and_with_rasa(files: dict[str, str]) -> None:
    first = digest(files, "3.6.21")
    assert first == digest(dict(reversed(files.items())), "3.6.21")
    assert first != digest(files, "3.6.20")
    assert first != digest({**files, "config.yml": files["config.yml"] + "\n"}, "3.6.21")


def _stand_in_rasa(folder: Path, does: str) -> Peer:
    """A peer whose interpreter is a shell script: `$6` is the folder that `rasa train --out` names."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    python.chmod(0o755)
    peer = Peer(folder / "peers" / "now", python, "3.6.21")
    peer.folder.mkdir(parents=True)
    return peer


def test_training_leaves_the_model_alone_and_removes_older_ones(tmp_path: Path) -> None:
    peer = _stand_in_rasa(tmp_path, 'test "$5" = --out && mkdir -p "$6" .rasa && echo model > "$6/model.tar.gz"')
    (tmp_path / "peers" / "before").mkdir()
    assert not peer.is_trained
    train(peer)
    assert peer.is_trained
    assert sorted(p.name for p in peer.folder.iterdir()) == ["model.tar.gz", "training.log"]
    assert [p.name for p in peer.folder.parent.iterdir()] == ["now"]


@pytest.mark.parametrize("does", ["echo out of memory; exit 3", "echo out of memory"])
def test_failed_training_is_told_and_counts_for_nothing(tmp_path: Path, does: str) -> None:
    peer = _stand_in_rasa(tmp_path, does)
    with pytest.raises(PeerError, match="out of memory"):
        train(peer)
    assert not peer.is_trained
