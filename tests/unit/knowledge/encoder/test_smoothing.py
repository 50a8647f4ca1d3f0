"""Smoothing: nothing changes in fp32, and 8 bits lose less."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from knowledge.encoder.smoothing import Floats, Inputs, smooth

WORDS, WIDE, OUTPUTS = 40, 16, 8
LARGE = 5
"""The column of the activations that is a hundred times larger than the others."""
TABLE, LEFT, RIGHT = "table", "left", "right"
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]


def constants() -> dict[str, Floats]:
    dice = np.random.default_rng(1)
    table = dice.standard_normal((WORDS, WIDE))
    table[:, LARGE] *= 100
    matrices = {name: dice.standard_normal((WIDE, OUTPUTS)) / WIDE for name in (LEFT, RIGHT)}
    return {name: array.astype(np.float32) for name, array in {TABLE: table, **matrices}.items()}


def model_of(nodes: Sequence[Any], outputs: Iterable[str], arrays: dict[str, Floats]) -> Any:
    """Takes token ids of shape (1, tokens); the outputs have three axes, the first of length 1."""
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, None])
    found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, None]) for name in outputs]
    initializers = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "tiny", [ids], found, initializers)
    made = helper.make_model(graph, opset_imports=OPSETS, ir_version=8)
    onnx.checker.check_model(made)
    return made


def hidden() -> Any:
    """The activation of shape (1, tokens, WIDE) by which all begins."""
    return helper.make_node("Gather", [TABLE, "input_ids"], ["hidden"], name="lookup")


@pytest.fixture
def model() -> Any:
    """Two matrices fed by the same activation."""
    fed = [helper.make_node("MatMul", ["hidden", name], [f"{name}_out"], name=f"{name}_node") for name in (LEFT, RIGHT)]
    return model_of([hidden(), *fed], ["left_out", "right_out"], constants())


def texts(count: int, seed: int) -> list[Inputs]:
    """With an input that the model does not take, as BERT's models differ in that."""
    dice = np.random.default_rng(seed)
    ids = [dice.integers(0, WORDS, (1, 3 + n % 7)) for n in range(count)]
    return [{"input_ids": row, "attention_mask": np.ones_like(row)} for row in ids]


def outputs(model: Any, given: Sequence[Inputs]) -> list[Floats]:
    """Left and right beside each other, one array of shape (tokens, …) for each text."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    runs = [session.run(None, {"input_ids": row["input_ids"]}) for row in given]
    return [np.concatenate([out[0] for out in run], axis=-1) for run in runs]


def largest_error(found: Sequence[Floats], expected: Sequence[Floats]) -> float:
    return max(float(np.abs(f - e).max()) for f, e in zip(found, expected, strict=True))


def copy(model: Any) -> Any:
    made = onnx.ModelProto()
    made.CopyFrom(model)
    return made


def smoothed(model: Any) -> Any:
    made = copy(model)
    smooth(made, texts(30, seed=2))
    return made


def in_8_bits(model: Any, file: Path) -> Any:
    """As the default encoder is stored."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    options = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(
        copy(model), str(file), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
        extra_options=options,
    )  # fmt: skip
    made = onnx.load(str(file))
    assert [n.op_type for n in made.graph.node].count("MatMulInteger") == 2
    return made


def constant(model: Any, name: str) -> NDArray[np.float32]:
    (found,) = (numpy_helper.to_array(i) for i in model.graph.initializer if i.name == name)
    return found


def test_in_fp32_the_outputs_stay_the_same(model: Any) -> None:
    asked = texts(30, seed=3)
    made = smoothed(model)
    onnx.checker.check_model(made)
    expected = outputs(model, asked)
    assert largest_error(outputs(made, asked), expected) < 1e-4
    assert max(float(np.abs(e).max()) for e in expected) > 1


def test_in_8_bits_the_error_is_at_least_halved(model: Any, tmp_path: Path) -> None:
    asked = texts(30, seed=3)
    expected = outputs(model, asked)
    before = outputs(in_8_bits(model, tmp_path / "before.onnx"), asked)
    after = outputs(in_8_bits(smoothed(model), tmp_path / "after.onnx"), asked)
    assert 0 < largest_error(after, expected) < largest_error(before, expected) / 2


def test_the_columns_are_evened_out_by_one_factor_each(model: Any) -> None:
    """The one multiplication stands before both matrices, and what it divides their rows are multiplied by."""
    made = smoothed(model)
    assert [n.op_type for n in made.graph.node] == ["Gather", "Mul", "MatMul", "MatMul"]
    _, divide, *fed = made.graph.node
    assert divide.input[0] == "hidden" and {n.input[0] for n in fed} == {divide.output[0]}
    divisor = constant(made, divide.input[1])
    assert divisor.shape == (WIDE,) and np.all(divisor > 0)
    assert np.exp(np.log(divisor).mean()) == pytest.approx(1, abs=1e-4)
    for name in (LEFT, RIGHT):
        assert np.allclose(constant(made, name) * divisor[:, None], constant(model, name), rtol=1e-4)

    def uneven(table: Floats) -> float:
        columns = np.abs(table).max(axis=0)
        return float(columns.max() / np.median(columns))

    table = constant(model, TABLE)
    assert uneven(table) > 50 and uneven(table * divisor) < 5
    assert divisor.argmin() == LARGE


def test_a_column_that_is_always_zero_is_no_division_by_zero(model: Any) -> None:
    (table,) = (i for i in model.graph.initializer if i.name == TABLE)
    array = numpy_helper.to_array(table).copy()
    array[:, 0] = 0
    table.CopyFrom(numpy_helper.from_array(array, TABLE))
    asked = texts(10, seed=3)
    made = smoothed(model)
    assert largest_error(outputs(made, asked), outputs(model, asked)) < 1e-4
    assert all(np.isfinite(numpy_helper.to_array(i)).all() for i in made.graph.initializer)


def test_a_product_without_a_constant_matrix_is_left_alone() -> None:
    """As attention multiplies queries with keys; a constant on the left is not fed by an activation either."""
    nodes = [
        hidden(),
        helper.make_node("MatMul", ["hidden", LEFT], ["queries"], name="with_matrix"),
        helper.make_node("Transpose", ["queries"], ["keys"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["queries", "keys"], ["scores"], name="without"),
        helper.make_node("MatMul", ["mean", "queries"], ["middle"], name="constant_first"),
        helper.make_node("MatMul", ["scores", "queries"], ["attended"], name="without_too"),
        helper.make_node("Add", ["attended", "middle"], ["out"]),
    ]
    known = constants()
    arrays = {TABLE: known[TABLE], LEFT: known[LEFT], "mean": np.full((1, 4), 0.25, np.float32)}
    model = model_of(nodes, ["out"], arrays)
    dice = np.random.default_rng(4)
    of_four: list[Inputs] = [{"input_ids": dice.integers(0, WORDS, (1, 4))} for _ in range(10)]
    made = copy(model)
    smooth(made, of_four)
    onnx.checker.check_model(made)
    before, after = ({n.name: n for n in m.graph.node if n.op_type == "MatMul"} for m in (model, made))
    assert {name for name, node in after.items() if node != before[name]} == {"with_matrix"}
    assert [n.op_type for n in made.graph.node].count("Mul") == 1
    assert np.array_equal(constant(made, "mean"), constant(model, "mean"))
    expected = outputs(model, of_four)
    assert largest_error(outputs(made, of_four), expected) < 1e-4 * max(float(np.abs(e).max()) for e in expected)


def test_fused_attention_is_evened_out_too() -> None:
    """Its matrix holds those of queries, keys and values beside each other."""
    dice = np.random.default_rng(5)
    arrays = {
        TABLE: constants()[TABLE],
        "qkv": (dice.standard_normal((WIDE, 3 * WIDE)) / 100).astype(np.float32),
        "bias": dice.standard_normal(3 * WIDE).astype(np.float32),
    }
    fused = helper.make_node(
        "Attention", ["hidden", "qkv", "bias"], ["out"], name="fused", domain="com.microsoft", num_heads=2
    )
    model = model_of([hidden(), fused], ["out"], arrays)
    made = smoothed(model)
    assert [n.op_type for n in made.graph.node] == ["Gather", "Mul", "Attention"]
    asked = texts(10, seed=3)
    assert largest_error(outputs(made, asked), outputs(model, asked)) < 1e-4
    assert not np.allclose(constant(made, "qkv"), constant(model, "qkv"), rtol=0.1)
    assert np.array_equal(constant(made, "bias"), constant(model, "bias"))
