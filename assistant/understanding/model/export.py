"""Writes the trained network as files and reads it back: int8 ONNX for CPUs, safetensors for torch."""

import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from assistant.understanding.model.card import ONNX_FILE, RESTORE, WEIGHTS_FILE, Card, ModelError
from assistant.understanding.model.features import Featuriser
from assistant.understanding.model.network import INPUTS, Network, Sizes, Tower, Wide
from assistant.understanding.model.settings import Settings


def write_weights(network: Network, folder: Path) -> None:
    """Half-precision weights: what torch runtimes on a GPU load."""
    stored = {
        name: value.detach().to(torch.float16).contiguous() for name, value in network.state_dict().items()
    }
    save_file(stored, folder / WEIGHTS_FILE)


def load_network(folder: Path, card: Card) -> Network:
    """The network of a model folder in float32 on the CPU, for inference; move and cast it as you need.

    Raises ModelError where the weights are not those of the card.
    """
    settings = Settings.model_validate(card.pipeline["settings"])
    featuriser = Featuriser.load(folder)
    sizes = sizes_of(featuriser, card, act_head=bool(card.pipeline["act_head"]))
    towers = [Tower(settings, sizes) for _ in range(settings.towers)]
    network = Network(towers, Wide(torch.zeros(sizes.rows), sizes.intents))
    try:
        network.load_state_dict(load_file(folder / WEIGHTS_FILE))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder / WEIGHTS_FILE}: does not load ({error}); {RESTORE}") from None
    return network.float().eval()


def sizes_of(featuriser: Featuriser, card: Card, *, act_head: bool) -> Sizes:
    """The sizes of the network for a vocabulary and labels."""
    return Sizes(
        rows=featuriser.rows,
        pieces=featuriser.pieces,
        positions=featuriser.limit + 2,
        intents=len(card.labels.intents),
        acts=len(card.labels.acts) if act_head else 0,
        entities=len(card.labels.entities),
    )


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
        onnx.save(model, str(whole))
        quiet = logging.getLogger()
        level = quiet.level
        quiet.setLevel(logging.ERROR)
        try:
            quantize_dynamic(whole, folder / ONNX_FILE, weight_type=QuantType.QInt8, per_channel=False)
        finally:
            quiet.setLevel(level)
