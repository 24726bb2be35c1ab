"""Writes the trained network as int8 ONNX, for CPUs without torch."""

import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.understanding.model.card import ONNX_FILE
from assistant.understanding.network.network import INPUTS, Network


def write_onnx(network: Network, names: list[str], sample: dict[str, torch.Tensor], folder: Path) -> None:
    """The network as ONNX with free batch and length, its matrices and tables in 8-bit integers."""
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    free = {name: {0: batch, 1: length} for name in INPUTS}
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(scratch) / "encoder.onnx"
        with torch.no_grad():
            program = torch.onnx.export(
                network.eval(),
                tuple(sample[name] for name in INPUTS),
                input_names=list(INPUTS),
                output_names=names,
                dynamic_shapes=tuple(free[name] for name in INPUTS),
                dynamo=True,
                optimize=True,
                verbose=False,
            )
        if program is None:
            raise RuntimeError("the exporter gave no program")
        program.save(str(whole))
        model = onnx.load(str(whole))
        # Shapes noted by the exporter contradict those of the quantised graph.
        del model.graph.value_info[:]
        forget_origins(model)
        onnx.save(model, str(whole))
        quiet = logging.getLogger()
        level = quiet.level
        quiet.setLevel(logging.ERROR)
        try:
            quantize_dynamic(whole, folder / ONNX_FILE, weight_type=QuantType.QInt8, per_channel=False)
        finally:
            quiet.setLevel(level)


def forget_origins(model: onnx.ModelProto) -> None:
    """Takes out what the exporter notes of where each node came from: files and lines of the machine."""
    del model.metadata_props[:]
    for part in (model.graph, *model.functions):
        del part.metadata_props[:]
        for node in part.node:
            del node.metadata_props[:]
            node.doc_string = ""
