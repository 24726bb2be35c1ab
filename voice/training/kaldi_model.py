"""Writes a trained network as Kaldi's `final.mdl`: a transition model and an nnet3 network, in binary.

Every unit is a phone with one emitting state; transition-id 2p-1 (the self-loop of phone p) is the only one
that the decoding graph uses. Batch normalisation follows the rectifier, so it is folded into the next layer,
and the normalisation of the features into the first.
"""

import io
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from voice.training.network import DILATIONS, FIRST_KERNEL, STRIDE, Network

BLANK_PRIOR = 2.0
"""Nats taken from the blank's score while decoding: CTC networks are too fond of it."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """An affine layer over some input frames: `matrix` is (outputs, offsets x inputs)."""

    offsets: tuple[int, ...]
    matrix: Array
    bias: Array


def layers(network: Network) -> list[Layer]:
    """The network as plain affine layers, with all normalisation folded in; the last has no rectifier."""
    half = FIRST_KERNEL // 2
    offsets = [tuple(range(-half, half + 1)), *((-STRIDE * d, 0, STRIDE * d) for d in DILATIONS), (0,)]
    scale = network.scale.numpy()
    shift = -(network.mean.numpy() * scale)
    found = []
    convolutions = [*network.convolutions, network.output]
    for index, convolution in enumerate(convolutions):
        weight, bias = convolution.weight.detach().numpy(), convolution.bias.detach().numpy()
        bias = bias + np.einsum("oik,i->o", weight, shift)
        weight = weight * scale[None, :, None]
        matrix = weight.transpose(0, 2, 1).reshape(len(weight), -1)
        found.append(Layer(offsets[index], matrix.astype(np.float32), bias.astype(np.float32)))
        if index < len(network.norms):
            norm = cast(nn.BatchNorm1d, network.norms[index])
            variance, mean = cast(Tensor, norm.running_var), cast(Tensor, norm.running_mean)
            deviation = np.sqrt(variance.numpy() + norm.eps)
            scale = norm.weight.detach().numpy() / deviation
            shift = norm.bias.detach().numpy() - mean.numpy() * scale
    return found


def write(network: Network, path: Path) -> None:
    """Writes `final.mdl`."""
    out = _Binary()
    _transition_model(out, network.shape.outputs)
    _nnet(out, layers(network), network.shape.inputs)
    out.token("<LeftContext>").integer(0).token("<RightContext>").integer(0).token("<Priors>")
    priors = np.ones(network.shape.outputs, np.float32)
    priors[0] = math.exp(BLANK_PRIOR)
    out.vector(priors)
    path.write_bytes(b"\0B" + out.bytes())


class _Binary:
    """Kaldi's binary primitives."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()

    def bytes(self) -> bytes:
        return self._buffer.getvalue()

    def text(self, text: str) -> "_Binary":
        self._buffer.write(text.encode("ascii"))
        return self

    def token(self, name: str) -> "_Binary":
        return self.text(f"{name} ")

    def integer(self, value: int) -> "_Binary":
        self._buffer.write(struct.pack("<bi", 4, value))
        return self

    def real(self, value: float) -> "_Binary":
        self._buffer.write(struct.pack("<bf", 4, value))
        return self

    def double(self, value: float) -> "_Binary":
        self._buffer.write(struct.pack("<bd", 8, value))
        return self

    def integers(self, values: NDArray[np.int32]) -> "_Binary":
        self._buffer.write(struct.pack("<bi", 4, len(values)) + values.astype("<i4").tobytes())
        return self

    def vector(self, values: Array) -> "_Binary":
        self.token("FV").integer(len(values))
        self._buffer.write(values.astype("<f4").tobytes())
        return self

    def matrix(self, values: Array) -> "_Binary":
        self.token("FM").integer(values.shape[0]).integer(values.shape[1])
        self._buffer.write(np.ascontiguousarray(values, "<f4").tobytes())
        return self


def _transition_model(out: _Binary, phones: int) -> None:
    out.token("<TransitionModel>").token("<Topology>")
    out.integers(np.arange(1, phones + 1, dtype=np.int32))
    out.integers(np.array([-1] + [0] * phones, np.int32))
    out.integer(1).integer(2)
    out.integer(0).integer(2).integer(0).real(0.5).integer(1).real(0.5)
    out.integer(-1).integer(0)
    out.token("</Topology>").token("<Triples>").integer(phones)
    for phone in range(1, phones + 1):
        out.integer(phone).integer(0).integer(phone - 1)
    out.token("</Triples>").token("<LogProbs>")
    out.vector(np.array([0.0] + [math.log(0.5)] * (2 * phones), np.float32))
    out.token("</LogProbs>").token("</TransitionModel>")


def _nnet(out: _Binary, stack: list[Layer], inputs: int) -> None:
    out.token("<Nnet3>").text("\n" + _config(stack, inputs) + "\n")
    out.token("<NumComponents>").integer(2 * len(stack))
    for index, layer in enumerate(stack):
        last = index == len(stack) - 1
        name = "out" if last else f"tdnn{index}"
        out.token("<ComponentName>").token(f"{name}.affine").token("<FixedAffineComponent>")
        out.token("<LinearParams>").matrix(layer.matrix).token("<BiasParams>").vector(layer.bias)
        out.token("</FixedAffineComponent>")
        kind = "LogSoftmaxComponent" if last else "RectifiedLinearComponent"
        out.token("<ComponentName>").token(f"{name}.{'lsm' if last else 'relu'}").token(f"<{kind}>")
        out.token("<Dim>").integer(len(layer.bias))
        empty = np.zeros(0, np.float32)
        out.token("<ValueAvg>").vector(empty).token("<DerivAvg>").vector(empty).token("<Count>").double(0.0)
        out.token(f"</{kind}>")
    out.token("</Nnet3>")


def _config(stack: list[Layer], inputs: int) -> str:
    lines = [f"input-node name=input dim={inputs}"]
    source = "input"
    for index, layer in enumerate(stack):
        last = index == len(stack) - 1
        name, kind = ("out", "lsm") if last else (f"tdnn{index}", "relu")
        frames = ", ".join(
            source if offset == 0 else f"Offset({source}, {offset})" for offset in layer.offsets
        )
        descriptor = frames if len(layer.offsets) == 1 else f"Append({frames})"
        lines.append(f"component-node name={name}.affine component={name}.affine input={descriptor}")
        lines.append(f"component-node name={name}.{kind} component={name}.{kind} input={name}.affine")
        source = f"{name}.{kind}"
    return "\n".join([*lines, "output-node name=output input=out.lsm objective=linear"]) + "\n"
