"""The frozen set judges and nothing else: what trains or tunes neither names nor reads it, nor holds its texts.

Its texts are compared by program and shown nowhere: what fails names ids.
"""

import ast
import builtins
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.settings import ROOT, Settings
from bot.setup.training import model_name, utterances
from evaluation.calibration import command
from evaluation.intents.measure import load_wishes
from evaluation.peers.all import FLOOR_SETS
from evaluation.peers.phrases import phrases
from evaluation.questions import DATASETS, FROZEN, load_questions
from knowledge.base import Published
from knowledge.text.tokens import normalise

SETS = {"f'{FROZEN}.jsonl'", "f'{FROZEN}_deeds.jsonl'"}
"""The questions, and the wishes for deeds."""
FILE = DATASETS / f"{FROZEN}.jsonl"
TUNING = ("bot", "knowledge", "connectors", "intents", "evaluation/calibration", "evaluation/peers", "evaluation/nlu",
          "evaluation/answer_text", "evaluation/scale", "evaluation/load", "evaluation/tuning")  # fmt: skip
JUDGING = {
    "evaluation/questions.py", "evaluation/commands.py", "evaluation/reports/report.py", "evaluation/guests/command.py",
    "evaluation/intents/command.py",
}  # fmt: skip
"""The only modules that may know the set: its name, the command that asks it, the report that hides its texts."""
NAMED = re.compile(r"\bfrozen\b", re.IGNORECASE)
DEVELOPMENT = ("development", "development2", "development3")
LISTING = {"glob", "rglob", "iterdir", "listdir", "scandir", "walk"}
LEFT_OUT = {"node_modules", "dist", "__pycache__"}


def files(folder: str, *endings: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in endings and not LEFT_OUT & set(path.parts):
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names_the_set(path: Path) -> bool:
    """In a string that is no docstring, or as a variable; `frozen=True` of a data class is neither."""
    docstrings = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings and NAMED.search(text):
                return True
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text) if NAMED.search(text):
                return True
    return False


def test_what_trains_and_tunes_does_not_name_the_set() -> None:
    assert [name_of(p) for folder in TUNING for p in files(folder, ".py") if names_the_set(p)] == []


def test_only_what_judges_names_the_set() -> None:
    named = {name_of(path) for path in files("evaluation", ".py") if names_the_set(path)}
    assert named <= JUDGING and "evaluation/commands.py" in named


def test_no_data_or_configuration_names_the_set() -> None:
    endings = (".yml", ".yaml", ".txt", ".toml", ".json", ".jsonl", ".in")
    found = [
        name_of(p) for folder in ("bot", "knowledge", "intents") for p in files(folder, *endings)
        if NAMED.search(p.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert found == []


def test_what_trains_does_not_know_the_folder_of_the_sets() -> None:
    found = [
        name_of(p) for folder in ("bot", "knowledge", "connectors", "intents") for p in files(folder, ".py")
        if re.search(r"datasets", p.read_text(encoding="utf-8"), re.IGNORECASE)
    ]  # fmt: skip
    assert found == []


def test_nobody_lists_the_folder_of_the_sets() -> None:
    found = []
    for path in files("evaluation", ".py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in LISTING and "datasets" in ast.unparse(node).lower():
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_every_set_is_opened_by_its_name() -> None:
    """The folder is used only as in `DATASETS / "development.jsonl"`, so that no set is read by chance."""
    found = []
    for path in files("evaluation", ".py"):
        used = {id(n) for n in ast.walk(tree(path)) if isinstance(n, ast.Name) and n.id == "DATASETS"}
        for node in ast.walk(tree(path)):
            match node:
                case ast.BinOp(left=ast.Name(id="DATASETS") as left, op=ast.Div(), right=ast.Constant(value=str())):
                    used.discard(id(left))
                case ast.BinOp(left=ast.Name(id="DATASETS") as left, op=ast.Div(), right=ast.JoinedStr() as right):
                    assert ast.unparse(right) in SETS and name_of(path) in JUDGING
                    used.discard(id(left))
                case ast.Assign(targets=[ast.Name(id="DATASETS") as target]):
                    used.discard(id(target))
        if used:
            found.append(name_of(path))
    assert found == []


def test_neither_calibration_nor_the_peers_hold_the_set() -> None:
    assert command.SETS == FLOOR_SETS == tuple(DATASETS / f"{name}.jsonl" for name in DEVELOPMENT)
    assert FILE not in command.SETS and all(FROZEN not in path.name for path in command.SETS)


# What is really opened.


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all files that are opened from now on."""
    found: list[str] = []
    real = io.open

    def noting(file: Any, *given: Any, **named: Any) -> Any:
        found.append(str(file))
        return real(file, *given, **named)

    monkeypatch.setattr(io, "open", noting)
    monkeypatch.setattr(builtins, "open", noting)
    return found


def test_opening_is_noticed(opened: list[str]) -> None:
    (DATASETS / "development.jsonl").read_bytes()
    assert opened == [str(DATASETS / "development.jsonl")]


def test_training_opens_no_question_set(opened: list[str], settings: Settings) -> None:
    assert utterances() and model_name(settings)
    assert len(opened) > 5 and not [name for name in opened if "datasets" in name]


async def test_calibration_opens_the_development_sets_only(
    opened: list[str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    class Ready:
        async def ready(self) -> bool:
            return True

    @asynccontextmanager
    async def tools(_parts: Any) -> AsyncIterator[Any]:
        yield SimpleNamespace(rasa=Ready(), policy=None, library=SimpleNamespace(current=None))

    async def collect(_tools: Any, _among: Any, questions: Any, _base: Any) -> Any:
        return list(questions)

    monkeypatch.setattr(command, "open_tools", tools)
    monkeypatch.setattr(command, "collect", collect)
    monkeypatch.setattr(command, "beside_guests", lambda *_: None)
    monkeypatch.setattr(command, "guest_questions", list)
    monkeypatch.setattr(command.Parts, "read", lambda _settings: None)
    asked, _ = await command._ask(settings)
    assert asked and {name for name in opened if "datasets" in name} == set(map(str, (*command.SETS, command.WISHES)))


# No text of it is known beforehand.


def plain(text: str) -> str:
    """Without case, width, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", normalise(text))


def knowledge_phrases(published: Published) -> list[str]:
    """Everything under which something is found, guides of other platforms and entries of all days among them."""
    found = [entry.text for entry in phrases(published, date(2026, 11, 22))]
    found += [question for entry in published.faq.values() for question in entry.questions]
    found += [s.name for guide in published.guides.values() for s in guide.situations]
    branches = [b for s in published.scenarios.values() for q in s.questions.values() for b in q.branches]
    return [*found, *published.elsewhere, *(text for b in branches for text in (b.title, *b.words))]


def questions_of(name: str) -> list[str]:
    return [question.text for question in load_questions(DATASETS / f"{name}.jsonl")]


KNOWN: dict[str, Callable[[Published], list[str]]] = {
    "training utterances": lambda _: utterances(),
    "phrases of the knowledge": knowledge_phrases,
    "development": lambda _: questions_of("development"),
    "development2": lambda _: questions_of("development2"),
    "development3": lambda _: questions_of("development3"),
    "acceptance": lambda _: questions_of("acceptance"),
}
SHORT = 6
COURTESIES = {"training utterances": 3, "development": 2}
"""How many may be equal at most, all of them plain courtesies ("hello", "goodbye"), which everybody words alike."""


@pytest.mark.parametrize("source", KNOWN)
def test_no_question_of_the_set_is_known_beforehand(source: str, published: Published) -> None:
    texts = {plain(text) for text in KNOWN[source](published)}
    equal = [question for question in load_questions(FILE) if plain(question.text) in texts]
    others = [question.id for question in equal if question.expect != "smalltalk"]
    assert others == []
    many = len(equal) > COURTESIES.get(source, 0)
    assert not many, [question.id for question in equal]


@pytest.mark.parametrize("source", [*KNOWN, "development_deeds"])
def test_no_wish_of_the_set_is_known_beforehand(source: str, published: Published) -> None:
    """Very short ones ("转人工") everybody words alike."""
    found = KNOWN.get(source) or (lambda _: [w.text for w in load_wishes(DATASETS / "development_deeds.jsonl")])
    texts = {plain(text) for text in found(published)}
    wishes = load_wishes(DATASETS / f"{FROZEN}_deeds.jsonl")
    equal = [n for n, wish in enumerate(wishes, start=1) if plain(wish.text) in texts]
    assert len(wishes) >= 150
    assert [n for n in equal if len(plain(wishes[n - 1].text)) > SHORT] == []
