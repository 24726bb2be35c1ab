"""How many operations a device can do in a second: the denominator of a throughput's share of the peak."""

import importlib.util
import time
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Peak:
    """Floating point or int8 operations per second, a multiply-add being two, and where that is from."""

    per_second: float
    source: str


BF16_TENSOR_CORES = {
    "B200": 2250e12,
    "H200": 989.4e12,
    "H100 PCIe": 756e12,
    "H100 NVL": 835e12,
    "H100": 989.4e12,
    "A100": 312e12,
    "A30": 165e12,
    "A10G": 70e12,
    "A10": 125e12,
    "L40S": 362e12,
    "L40": 181e12,
    "L4": 121e12,
    "RTX 4090": 165.2e12,
    "RTX 3090": 71e12,
}
"""Dense bf16 with fp32 accumulation as NVIDIA's data sheets have it, without sparsity. The first name that is
part of the device's name counts."""


def card_peak(name: str) -> Peak | None:
    """The data sheet's peak of a graphics card, None for one that is not listed."""
    for known, per_second in BF16_TENSOR_CORES.items():
        if known in name:
            return Peak(per_second, f"data sheet of the {known}, dense bf16")
    return None


def measured_core_peak(seconds: float = 1.0) -> Peak | None:
    """What one core reaches on a large int8 matrix product in ONNX Runtime, the best of several tries.

    A virtual CPU has no data sheet: its clock and its neighbours are unknown. So the yardstick is measured
    with the same library on the same core. None where the `onnx` package, which builds the product, is not
    installed.
    """
    if importlib.util.find_spec("onnx") is None:
        return None
    size = 1024
    session = _matrix_product()
    rng = np.random.default_rng(0)
    feed = {
        "a": rng.integers(0, 255, (size, size), np.uint8),
        "b": rng.integers(-128, 127, (size, size), np.int8),
    }
    best = float("inf")
    until = time.perf_counter() + seconds
    while best == float("inf") or time.perf_counter() < until:
        began = time.perf_counter()
        session.run(None, feed)
        best = min(best, time.perf_counter() - began)
    return Peak(2 * size**3 / best, f"measured: int8 product of {size} x {size} matrices on one core")


def _matrix_product() -> Any:
    import onnx
    import onnxruntime as ort
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "product",
        [
            helper.make_tensor_value_info("a", TensorProto.UINT8, [None, None]),
            helper.make_tensor_value_info("b", TensorProto.INT8, [None, None]),
        ],
        [helper.make_tensor_value_info("c", TensorProto.INT32, [None, None])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
