"""Vectors of names: encoded once, kept in memory and in a file."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder.encoder import Encoder, Vectors
from knowledge.encoder.remember import RememberedVectors

TEXTS = ["身份证丢了", "换护照", "Ａ b\n"]


class Counting:
    """The fake encoder, keeping what it was asked to encode."""

    name = "counting"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.dimension = encoder, encoder.dimension
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return self._encoder.encode_queries(texts)

    encode_passages = encode_queries


@pytest.fixture
def counting(fake_encoder: Encoder) -> Counting:
    return Counting(fake_encoder)


def test_vectors_are_those_of_the_encoder_in_the_order_asked(counting: Counting, fake_encoder: Encoder) -> None:
    remembered = RememberedVectors(counting)
    remembered(TEXTS[1:])
    assert np.array_equal(remembered(TEXTS), fake_encoder.encode_queries(TEXTS))


def test_a_text_is_encoded_once(counting: Counting) -> None:
    remembered = RememberedVectors(counting)
    assert np.array_equal(remembered(["甲", "乙", "甲"])[0], remembered(["甲"])[0])
    remembered(["乙", "丙"])
    assert counting.encoded == ["甲", "乙", "丙"]


def test_no_texts_give_no_vectors_of_the_right_width(counting: Counting) -> None:
    vectors = RememberedVectors(counting)([])
    assert vectors.shape == (0, counting.dimension) and vectors.dtype == np.float32


def test_what_was_saved_is_not_encoded_again(counting: Counting, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "vectors.npz"
    first = RememberedVectors(counting, file)
    vectors = first(TEXTS)
    first.save()
    assert [path.name for path in file.parent.iterdir()] == ["vectors.npz"]
    counting.encoded.clear()
    again = RememberedVectors(counting, file)
    assert np.array_equal(again(TEXTS), vectors) and again(TEXTS).dtype == np.float32
    assert counting.encoded == []
    assert np.array_equal(again([*TEXTS, "丁"])[:3], vectors) and counting.encoded == ["丁"]


def test_saving_adds_to_what_was_there(counting: Counting, tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    for texts in (["甲"], ["乙"]):
        remembered = RememberedVectors(counting, file)
        remembered(texts)
        remembered.save()
    counting.encoded.clear()
    RememberedVectors(counting, file)(["甲", "乙"])
    assert counting.encoded == []


def test_nothing_new_writes_nothing(counting: Counting, tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    remembered = RememberedVectors(counting, file)
    remembered.save()
    assert not file.exists()
    remembered(TEXTS)
    remembered.save()
    file.unlink()
    remembered.save()
    assert not file.exists()


def npz(file: Path, **arrays: object) -> None:
    np.savez(file, **arrays)  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "other keys", "other width", "other count", "objects"])
def test_a_damaged_file_is_as_good_as_none(counting: Counting, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "vectors.npz"
    right = np.zeros((2, counting.dimension), np.float32)
    names = np.array(["甲", "乙"])
    npz(file, texts=names, vectors=right)
    match damage:
        case "empty":
            file.write_bytes(b"")
        case "text":
            file.write_text("not vectors", encoding="utf-8")
        case "cut":
            file.write_bytes(file.read_bytes()[:300])
        case "other keys":
            npz(file, words=names, vectors=right)
        case "other width":
            npz(file, texts=names, vectors=right[:, 1:])
        case "other count":
            npz(file, texts=names[:1], vectors=right)
        case "objects":
            npz(file, texts=np.array([{}, {}]), vectors=right)
    remembered = RememberedVectors(counting, file)
    assert remembered(["甲"]).any()
    assert counting.encoded == ["甲"]
    remembered.save()
    counting.encoded.clear()
    assert RememberedVectors(counting, file)(["甲"]).any() and counting.encoded == []


def test_a_full_disk_stops_nothing(
    counting: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    remembered = RememberedVectors(counting, tmp_path / "vectors.npz")
    remembered(TEXTS)
    monkeypatch.setattr(np, "savez", full)
    with caplog.at_level(logging.WARNING):
        remembered.save()
    assert "vectors_not_saved kind=OSError" in caplog.text and list(tmp_path.iterdir()) == []


def test_several_threads_may_ask_at_once(counting: Counting) -> None:
    remembered = RememberedVectors(counting)
    texts = [f"事项{n}" for n in range(40)]
    found: list[Vectors] = []
    threads = [threading.Thread(target=lambda: found.append(remembered(texts))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counting.encoded) == sorted(texts)
    assert all(np.array_equal(vectors, found[0]) for vectors in found)
