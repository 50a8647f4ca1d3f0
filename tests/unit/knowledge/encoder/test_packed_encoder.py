"""The prepared default encoder: its vectors, its prompts, and that the export changed nothing."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import adapter, prepare
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.packed_e5 import PackedModel

TEXTS = ["身份证丢了怎么补办", "公积金怎么取", "hello", "１２３"]


def test_vectors_have_384_dimensions(encoder: Encoder) -> None:
    assert encoder.name == "packed-e5" and encoder.dimension == 384


def test_questions_and_passages_get_different_prompts(encoder: Encoder) -> None:
    queries, passages = encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)
    cosines = np.sum(queries * passages, axis=1)
    assert np.all(cosines < 0.9999) and np.all(cosines > 0.8)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("身份证丢了怎么补办", "居民身份证遗失补领", "个体工商户注册登记"),
        ("租房子提公积金", "住房公积金提取", "普通护照换发"),
        ("I lost my identity card", "居民身份证遗失补领", "食品经营许可"),
        ("领结婚证", "婚姻登记", "特种设备使用登记"),
    ],
)
def test_what_means_the_same_is_nearer(encoder: Encoder, text: str, near: str, far: str) -> None:
    question, same, other = encoder.encode_queries([text, near, far])
    assert question @ same > question @ other + 0.02


def test_a_very_long_text_is_cut_and_not_refused(encoder: Encoder) -> None:
    (vector,) = encoder.encode_queries(["身份证丢了怎么办，" * 200])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_8_bits_give_nearly_the_vectors_of_torch(encoder: Encoder, packed: PackedModel, tmp_path: Path) -> None:
    """The folder is written anew from the packed file, so that the whole way to ONNX is checked."""
    from sentence_transformers import SentenceTransformer

    raw = tmp_path / "torch"
    prepare.write_sentence_transformer(adapter.adapted(packed), raw)
    model = SentenceTransformer(str(raw), device="cpu", prompts=prepare.PROMPTS)
    expected = model.encode(TEXTS, prompt_name="query", normalize_embeddings=True, show_progress_bar=False)
    cosines = (encoder.encode_queries(TEXTS) * expected).sum(axis=1)
    assert cosines.min() > 0.995
