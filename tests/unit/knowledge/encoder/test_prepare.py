"""When the default encoder's folder counts as ready."""

import json
from pathlib import Path

import pytest

from knowledge.encoder import adapter, packed_e5, prepare
from knowledge.encoder import encoder as module


def mark(folder: Path, sha256: str) -> None:
    folder.mkdir()
    (folder / prepare.READY).write_text(json.dumps({**prepare.identity(), "sha256": sha256}))


def test_only_a_finished_folder_of_the_expected_file_is_ready(tmp_path: Path) -> None:
    assert not prepare.is_ready(tmp_path / "none")
    mark(tmp_path / "right", packed_e5.SHA256)
    mark(tmp_path / "old", "0" * 64)
    (tmp_path / "half").mkdir()
    assert [prepare.is_ready(tmp_path / name) for name in ("right", "old", "half")] == [True, False, False]


def test_preparing_that_fails_leaves_no_folder_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(prepare, "write_sentence_transformer", broken)
    monkeypatch.setattr(packed_e5, "read", lambda _path: None)
    monkeypatch.setattr(adapter, "adapted", lambda _packed: None)
    folder = tmp_path / "packed-e5"
    mark(folder, "0" * 64)
    with pytest.raises(OSError, match="disk full"):
        prepare.prepare(folder)
    assert not prepare.is_ready(folder)


class Recorder:
    """Stands for the encoder's class and keeps what it was made with."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.made_with = (*args, kwargs)


@pytest.mark.parametrize("ready", [True, False])
def test_the_default_is_prepared_only_when_it_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: bool
) -> None:
    prepared: list[Path] = []
    monkeypatch.setattr(module, "SentenceTransformerEncoder", Recorder)
    monkeypatch.setattr(prepare, "prepare", prepared.append)
    monkeypatch.setattr(prepare, "is_ready", lambda _folder: ready)
    made = module.load_encoder("packed-e5", tmp_path / "e5", threads=3)
    assert prepared == ([] if ready else [tmp_path / "e5"])
    assert made.made_with == ("packed-e5", str(tmp_path / "e5"), {"onnx": True, "threads": 3})  # type: ignore[attr-defined]


def test_another_model_is_loaded_by_its_own_name_and_nothing_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SentenceTransformerEncoder", Recorder)
    monkeypatch.setattr(prepare, "prepare", lambda _folder: pytest.fail("prepared"))
    made = module.load_encoder("BAAI/bge-small-zh-v1.5", tmp_path)
    assert made.made_with == ("BAAI/bge-small-zh-v1.5",) * 2 + ({"onnx": False, "threads": 1},)  # type: ignore[attr-defined]
