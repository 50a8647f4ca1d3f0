"""Makes the default encoder's folder once: packed weights → adapter → SentenceTransformer → ONNX → 8 bits."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.encoder import adapter, packed_e5
from knowledge.encoder.packed_e5 import PackedModel
from knowledge.encoder.smoothing import Inputs, inputs_of, smooth

PROMPTS = {"query": "query: ", "passage": "passage: "}
DEFAULT = "packed-e5"
MODEL = "model.onnx"
ONNX_FLOAT = 1  # onnx.TensorProto.FLOAT
MODULES = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
READY = "wenban_ready.json"
RECIPE = 5
"""To be raised when the way of making it changes, so that folders made before are made anew."""

SAMPLE = Path(__file__).parent / "sample.txt"
"""Questions and names by which the size of the activations is learnt, a line each."""

ModelMark = dict[str, str | int]


def is_ready(folder: Path) -> bool:
    """Whether `folder` holds a finished encoder made from the packed file that is expected now."""
    mark = folder / READY
    return mark.is_file() and json.loads(mark.read_text()) == identity()


def identity() -> ModelMark:
    """What the default encoder is made from; its vectors change when this does."""
    return {"sha256": packed_e5.SHA256, "adapter": adapter.sha256(), "recipe": RECIPE}


def encoder_mark(setting: str) -> str:
    """What tells the encoder of a setting from any other: vectors of different marks must not be mixed."""
    return repr(identity()) if setting == DEFAULT else repr(setting)


def prepare(folder: Path) -> None:
    """Unpacks and exports into `folder`; a half-made folder is never left under that name."""
    from sentence_transformers import SentenceTransformer

    from knowledge.encoder.quiet import quiet_libraries

    quiet_libraries()
    raw, made = folder.with_suffix(".raw"), folder.with_suffix(".new")
    for leftover in (raw, made, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    write_sentence_transformer(adapter.adapted(packed_e5.read(packed_e5.packed_file())), raw)
    model = SentenceTransformer(
        str(raw), backend="onnx", device="cpu", prompts=PROMPTS, model_kwargs={"provider": "CPUExecutionProvider"}
    )
    model.save_pretrained(str(made))
    _quantise(made / "onnx", packed_e5.HEADS, packed_e5.HIDDEN, _sample(model.tokenizer.backend_tokenizer))
    (made / READY).write_text(json.dumps(identity()))
    shutil.rmtree(raw)
    made.rename(folder)


def _sample(tokenizer: Any) -> list[Inputs]:
    """The lines of SAMPLE as the model takes them, each of shape (1, tokens)."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    return [inputs_of(tokenizer.encode(PROMPTS["query"] + line).ids) for line in lines]


def _quantise(folder: Path, heads: int, hidden: int, sample: Sequence[Inputs]) -> None:
    """Fuses the attention, evens out the activations, then stores the encoder's matrices in 8 bits, a scale for each
    column; the embeddings stay fp32. Figures are in docs/decisions/0002-default-encoder.md."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.enable_skip_layer_norm = False  # slower than the two kernels it stands for
    fused = folder / "fused.onnx"
    logging.disable(logging.WARNING)  # advice that does not apply to this model, on the root logger
    model = optimize_model(
        str(folder / MODEL), model_type="bert", num_heads=heads, hidden_size=hidden, optimization_options=options
    ).model
    for file in folder.glob(f"{MODEL}*"):
        file.unlink()
    smooth(model, sample)
    onnx.save(model, str(fused))
    quantize_dynamic(
        str(fused),
        str(folder / MODEL),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        extra_options={"DefaultTensorType": ONNX_FLOAT},
    )
    logging.disable(logging.NOTSET)
    for file in folder.glob("fused.onnx*"):
        file.unlink()


def write_sentence_transformer(packed: PackedModel, folder: Path) -> None:
    """Writes weights, tokenizer and module list as sentence-transformers reads them."""
    folder.mkdir(parents=True)
    _write_bert(packed, folder)
    _write_tokenizer(packed, folder)
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(MODULES.items())
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    for path in filter(None, MODULES):
        (folder / path).mkdir()
    pooling = {"word_embedding_dimension": packed.shape.hidden, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    limits = {"max_seq_length": packed.shape.positions, "do_lower_case": False}
    (folder / "sentence_bert_config.json").write_text(json.dumps(limits))


def _write_bert(packed: PackedModel, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    shape = packed.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=len(packed.weights["embeddings.position_embeddings.weight"]),
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.eps,
        pad_token_id=shape.pad,
        hidden_act="gelu",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    state = {name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in packed.weights.items()}
    model.load_state_dict(state)
    model.save_pretrained(folder, safe_serialization=True)


def _write_tokenizer(packed: PackedModel, folder: Path) -> None:
    """XLM-RoBERTa's unigram tokenizer: NFKC, white space folded, Metaspace, <s> … </s>."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    shape = packed.shape
    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=shape.unk, byte_fallback=False))
    fold = normalizers.Replace(Regex(r"[\s\u200b]+"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), fold])
    space = {"replacement": "\u2581", "prepend_scheme": "always"}
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(**space, split=False)
    tokenizer.decoder = decoders.Metaspace(**space)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", shape.bos), ("</s>", shape.eos)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        model_max_length=512,
    ).save_pretrained(folder)
