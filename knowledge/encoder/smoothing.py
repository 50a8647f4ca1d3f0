"""Makes a BERT of ONNX fit for 8 bits: SmoothQuant (Xiao et al., ICML 2023).

Activations are stored in 8 bits with one scale for all, and a few of their columns are many times larger than the rest,
so that the rest is rounded away. Each column is divided by a factor, and the row of the matrix that meets it
multiplied by the same, which changes nothing in exact arithmetic and evens the columns out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRENGTH = 0.8
"""How much of the unevenness moves from the activations to the matrix, 0..1; figures are in
docs/decisions/0002-default-encoder.md."""
SMALLEST = 1e-5
MULTIPLIED = ("MatMul", "Attention")

Floats = NDArray[np.float32]
Inputs = dict[str, NDArray[np.int64]]


def inputs_of(ids: Sequence[int]) -> Inputs:
    """What a BERT of ONNX takes for one text without padding, each of shape (1, tokens)."""
    tokens = np.array([ids], np.int64)
    return {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}


def smooth(model: Any, texts: Sequence[Inputs]) -> None:
    """Changes an onnx.ModelProto in place. `texts` are inputs of the model, of shape (1, tokens), from which the size
    of its activations is learnt."""
    from onnx import helper, numpy_helper

    graph = model.graph
    matrices = {i.name: i for i in graph.initializer}
    nodes = [n for n in graph.node if n.op_type in MULTIPLIED and n.input[1] in matrices]
    largest = _largest_activations(model, sorted({n.input[0] for n in nodes}), texts)
    for activation, columns in largest.items():
        fed = [n for n in nodes if n.input[0] == activation]
        weights = [numpy_helper.to_array(matrices[n.input[1]]) for n in fed]
        factors = _factors(columns, weights)
        divisor, divided = f"{activation}_divisor", f"{activation}_even"
        graph.initializer.append(numpy_helper.from_array((1 / factors).astype(np.float32), divisor))
        first = min(list(graph.node).index(n) for n in fed)
        graph.node.insert(first, helper.make_node("Mul", [activation, divisor], [divided], name=divided))
        for node, weight in zip(fed, weights, strict=True):
            evened = (weight * factors[:, None]).astype(np.float32)
            matrices[node.input[1]].CopyFrom(numpy_helper.from_array(evened, node.input[1]))
            node.input[0] = divided


def _factors(columns: Floats, weights: Sequence[Floats]) -> Floats:
    """One for each column of the activations; their geometric mean is 1."""
    rows = np.maximum.reduce([np.abs(w).max(axis=1) for w in weights])
    raw = np.maximum(columns, SMALLEST) ** STRENGTH / np.maximum(rows, SMALLEST) ** (1 - STRENGTH)
    factors: Floats = raw / np.exp(np.log(raw).mean())
    return factors


def _largest_activations(model: Any, names: Sequence[str], texts: Sequence[Inputs]) -> dict[str, Floats]:
    """The largest absolute value of each column of the named activations over all texts."""
    import onnx
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for name in names:
        watched.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    needed = {i.name for i in session.get_inputs()}
    largest: dict[str, Floats] = {}
    for given in texts:
        values = session.run(list(names), {k: v for k, v in given.items() if k in needed})
        for name, value in zip(names, values, strict=True):
            columns = np.abs(value[0]).max(axis=0)
            largest[name] = np.maximum(largest[name], columns) if name in largest else columns
    return largest
