"""The acoustic network: a small time-delay network trained with CTC.

One convolution with stride 3 and then convolutions whose offsets are multiples of 3 input frames, so that
libvosk evaluates every layer at 33 Hz only. It sees 19 frames (190 ms) to either side.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

STRIDE = 3
FIRST_KERNEL = 9
DILATIONS = (1, 1, 2, 1)
DROPOUT = 0.1
CONTEXT = FIRST_KERNEL // 2 + STRIDE * sum(DILATIONS)
"""Input frames seen on either side of the middle one."""


@dataclass(frozen=True)
class Shape:
    width: int
    outputs: int
    inputs: int = 40


class Network(nn.Module):
    """Features (batch, frames, 40) to log-probabilities (batch, frames / 3, units)."""

    mean: Tensor
    scale: Tensor
    """Of the features, so that the first layer sees them with mean 0 and deviation 1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(shape.inputs))
        self.register_buffer("scale", torch.ones(shape.inputs))
        kernels = [(shape.inputs, FIRST_KERNEL, STRIDE, 1)] + [(shape.width, 3, 1, d) for d in DILATIONS]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(inputs, shape.width, kernel, stride=stride, dilation=dilation)
            for inputs, kernel, stride, dilation in kernels
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(shape.width) for _ in kernels)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Conv1d(shape.width, shape.outputs, 1)

    def forward(self, features: Tensor) -> Tensor:
        """`features` are already padded by CONTEXT frames on both sides (see `padded`)."""
        hidden = ((features - self.mean) * self.scale).transpose(1, 2)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            hidden = self.dropout(norm(torch.relu(convolution(hidden))))
        return torch.log_softmax(self.output(hidden).float(), dim=1).transpose(1, 2)


def outputs_of(frames: int) -> int:
    """How many output frames `frames` input frames give."""
    return (frames - 1) // STRIDE + 1


def padded(features: Tensor) -> Tensor:
    """(frames, 40) with the first and the last frame repeated, as libvosk does at the edges."""
    return torch.cat([features[:1].expand(CONTEXT, -1), features, features[-1:].expand(CONTEXT, -1)])
