"""The model on a graphics card: the same weights in torch, the towers in bf16 where the card computes in it.

Every batch is padded to one of few shapes, so that the allocator and the kernels' choice of algorithm settle
after the first of each. On the CPU it serves to compare runtimes; ONNX Runtime is several times faster there.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant.understanding.model.card import RESTORE, Card, ModelError
from assistant.understanding.model.features import Arrays, Featuriser
from assistant.understanding.network.network import INPUTS, Network, output_names
from assistant.understanding.network.weights import load_network
from assistant.understanding.serving.runtime import Device, Outputs, Runtime

LENGTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
"""Positions that a batch is padded to, as far as the model has positions."""
SMALLEST_BATCH = 8
"""Batches are padded to powers of two from here on."""


class TorchRuntime(Runtime):
    """One device, one precision. `precision` is that of the towers; the rest stays in float32."""

    longest_batch = 1024

    def __init__(
        self, card: Card, featuriser: Featuriser, network: Network, device: Device, precision: torch.dtype
    ) -> None:
        super().__init__(card, featuriser)
        self.device = device
        self.precision = precision
        self._names = output_names(card.labels, act_head=bool(card.pipeline["act_head"]))
        self._network = network.eval().requires_grad_(False).to(device)
        self._network.towers.to(precision)

    @classmethod
    def load(
        cls, folder: Path, card: Card, device: Device = "cpu", precision: torch.dtype | None = None
    ) -> "TorchRuntime":
        """The runtime of a model folder. Raises ModelError."""
        torch.set_num_threads(1)  # several on a busy machine wait for each other
        try:
            network = load_network(folder, card)
            return cls(card, Featuriser.load(folder), network, device, precision or native_precision(device))
        except (KeyError, ValueError) as error:
            raise ModelError(f"{folder}: its card does not fit its weights ({error}); {RESTORE}") from None

    def forward(self, arrays: Arrays) -> Outputs:
        """One pass; what was padded to the shape is cut off again."""
        batch, length = arrays["pieces"].shape
        found = self.compute(self.stage(arrays))
        return {name: _on_the_host(value[:batch], length) for name, value in found.items()}

    def stage(self, arrays: Arrays) -> tuple[Tensor, ...]:
        """The inputs on the device, padded to one of the few shapes."""
        rows, columns = arrays["pieces"].shape
        batch, length = padded_shape(rows, columns, self.featuriser.limit + 2)
        return tuple(self._on_the_device(_padded(arrays[name], batch, length)) for name in INPUTS)

    def compute(self, inputs: tuple[Tensor, ...]) -> Mapping[str, Tensor]:
        """The outputs on the device, in float32; on CUDA they may still be under way."""
        with torch.inference_mode():
            return dict(zip(self._names, self._network(*inputs), strict=True))

    def synchronise(self) -> None:
        """Wait until the device has done all that it was given."""
        if self.device == "cuda":
            torch.cuda.synchronize()

    def _on_the_device(self, array: NDArray[np.int32]) -> Tensor:
        tensor = torch.from_numpy(array)
        # From pinned memory the copy runs beside the host; a later kernel of the same stream waits for it.
        return tensor.pin_memory().to(self.device, non_blocking=True) if self.device == "cuda" else tensor


def native_precision(device: Device) -> torch.dtype:
    """bf16 on a card that computes in it, else float32."""
    if device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    return torch.float32


def padded_shape(batch: int, length: int, positions: int) -> tuple[int, int]:
    """The shape that a batch of this one is padded to: the next power of two, and the next of `LENGTHS`."""
    rows = max(SMALLEST_BATCH, 1 << (batch - 1).bit_length())
    columns = next((one for one in LENGTHS if one >= length), positions)
    return rows, max(length, min(columns, positions))


def _padded(array: NDArray[np.int32], batch: int, length: int) -> NDArray[np.int32]:
    """The array with zeros (which stand for padding in every input) up to `batch` rows of `length`."""
    padded = np.zeros((batch, length, *array.shape[2:]), np.int32)
    padded[: array.shape[0], : array.shape[1]] = array
    return padded


def _on_the_host(value: Tensor, length: int) -> NDArray[np.float32]:
    """Outputs for each position are [batch, length, …], those for each text [batch] or [batch, labels]."""
    cut = value[:, :length] if value.ndim == 3 else value
    array: NDArray[np.float32] = cut.float().cpu().numpy()
    return array
