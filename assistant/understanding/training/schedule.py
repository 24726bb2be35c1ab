"""The order in which examples are learned from, how fast, and by which steps."""

import math
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from assistant.understanding.model.features import PADDING, Arrays
from assistant.understanding.model.settings import Settings

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
GRADIENT_NORM = 1.0
CHUNK = 16
"""Batches that are sorted by length together, so that little is padded."""


def batches(
    inputs: Arrays, chosen: NDArray[np.int64], size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Every chosen row once, in random batches of rows of like length; and how long the longest is."""
    lengths = (inputs["ngrams"][:, :, 0] != PADDING).sum(axis=1)
    order = rng.permutation(chosen)
    cut: list[NDArray[np.int64]] = []
    for begin in range(0, len(order), size * CHUNK):
        chunk = order[begin : begin + size * CHUNK]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        cut += [chunk[at : at + size] for at in range(0, len(chunk), size)]
    for index in rng.permutation(len(cut)):
        yield cut[index], int(lengths[cut[index]].max())


def rate(at: int, total: int) -> float:
    """Rises in a line, then falls as half a cosine."""
    warm = max(1, int(WARM_UP * total))
    if at < warm:
        return (at + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (at - warm) / max(1, total - warm)))


@runtime_checkable
class HasPretrained(Protocol):
    """A tower part of which was trained before, and is to be changed little."""

    pretrained: nn.Module


class Descent:
    """Adam on a tower: sparse for its table of n-grams, gentle on what was pretrained, plain on the rest."""

    def __init__(self, tower: nn.Module, settings: Settings, steps: int) -> None:
        sparse = [m.weight for m in tower.modules() if isinstance(m, nn.Embedding) and m.sparse]
        gentle = list(tower.pretrained.parameters()) if isinstance(tower, HasPretrained) else []
        apart = {id(parameter) for parameter in (*sparse, *gentle)}
        plain = [parameter for parameter in tower.parameters() if id(parameter) not in apart]
        self._dense = [*plain, *gentle]
        groups = [
            {"params": plain, "lr": settings.learning_rate},
            {"params": gentle, "lr": settings.pretrained_learning_rate},
        ]
        self._optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                [group for group in groups if group["params"]],
                weight_decay=settings.weight_decay,
                betas=(0.9, 0.98),
                fused=True,
            )
        ]
        if sparse:
            self._optimisers.append(
                torch.optim.SparseAdam(sparse, lr=settings.learning_rate, betas=(0.9, 0.98))
            )
        self._schedules = [
            torch.optim.lr_scheduler.LambdaLR(optimiser, lambda at: rate(at, steps))
            for optimiser in self._optimisers
        ]

    def __call__(self, loss: Tensor) -> float:
        """One step down the gradient; returns the loss."""
        for optimiser in self._optimisers:
            optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._dense, GRADIENT_NORM)
        for optimiser, schedule in zip(self._optimisers, self._schedules, strict=True):
            optimiser.step()
            schedule.step()
        return float(loss.detach())
