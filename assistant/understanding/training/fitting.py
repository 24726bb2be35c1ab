"""Trains one tower on one part of the examples; the same seed gives the same weights."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.understanding.model.features import Arrays
from assistant.understanding.model.settings import Settings
from assistant.understanding.network.network import Reading, Tower, presence
from assistant.understanding.training.masking import guessing_loss, hide
from assistant.understanding.training.schedule import Descent, batches
from assistant.understanding.training.targets import IGNORED, Targets

ENTITY_WEIGHT = 2.0
"""Of the losses on boundaries and on types, against that on the intent."""
ACT_WEIGHT = 0.5
AVERAGED_EVERY = 4
"""Steps between two updates of the moving average: each walks over all weights."""

AnyTower = TypeVar("AnyTower", bound=nn.Module)
Step = Callable[[int, int, float], None]
"""Told after each epoch: epochs done, epochs in all, mean loss."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The inputs and targets of a few examples, cut to the longest."""

    ngrams: Tensor
    pieces: Tensor
    places: Tensor
    intents: Tensor
    acts: Tensor
    boundaries: Tensor
    types: Tensor


def _gather(inputs: Arrays, targets: Targets, rows: NDArray[np.int64], length: int) -> Batch:
    """The named rows as tensors, `length` positions each."""
    return Batch(
        ngrams=torch.from_numpy(inputs["ngrams"][rows, :length]),
        pieces=torch.from_numpy(inputs["pieces"][rows, :length]),
        places=torch.from_numpy(inputs["places"][rows, :length]),
        intents=torch.from_numpy(targets.intents[rows]),
        acts=torch.from_numpy(targets.acts[rows]),
        boundaries=torch.from_numpy(targets.boundaries[rows, :length]),
        types=torch.from_numpy(targets.types[rows, :length]),
    )


def fit(
    tower: AnyTower,
    inputs: Arrays,
    targets: Targets,
    chosen: NDArray[np.int64],
    settings: Settings,
    *,
    seed: int,
    step: Step | None = None,
) -> AnyTower:
    """Trains `tower` in place on the chosen rows and returns the moving average of its weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    epochs = settings.epochs_for(len(chosen))
    total = epochs * math.ceil(len(chosen) / settings.batch)
    descend = Descent(tower, settings, total)
    averaged = copy.deepcopy(tower).eval()
    done = 0
    for epoch in range(epochs):
        tower.train()
        losses = []
        for rows, length in batches(inputs, chosen, settings.batch, rng):
            batch = _gather(inputs, targets, rows, length)
            losses.append(descend(_loss(tower, batch, settings, generator)))
            done += 1
            if done % AVERAGED_EVERY == 0 or done == total:
                _average(averaged, tower, min(settings.averaging**AVERAGED_EVERY, done / (done + 40)))
        if step is not None:
            step(epoch + 1, epochs, float(np.mean(losses)))
    return averaged


@torch.no_grad()
def _average(averaged: nn.Module, tower: nn.Module, decay: float) -> None:
    for kept, new in zip(averaged.parameters(), tower.parameters(), strict=True):
        kept.lerp_(new, 1 - decay)


def _loss(tower: nn.Module, batch: Batch, settings: Settings, generator: torch.Generator) -> Tensor:
    """The losses of one forward pass over partly hidden texts: labels, entities and the hidden characters."""
    present = presence(batch.ngrams)
    if not isinstance(tower, Tower):
        return _supervised(tower(batch.ngrams, batch.pieces, batch.places, present), batch, settings)
    ngrams, pieces, places, hidden = hide(
        batch.ngrams, batch.pieces, batch.places, settings.masking, generator
    )
    reading = tower(ngrams, pieces, places, present)
    loss = _supervised(reading, batch, settings)
    if settings.masking_weight and settings.masking:
        guessed = guessing_loss(tower, reading.states, tower.characters(batch.ngrams), hidden)
        loss = loss + settings.masking_weight * guessed
    return loss


def _supervised(reading: Reading, batch: Batch, settings: Settings) -> Tensor:
    smoothing = settings.label_smoothing
    loss = functional.cross_entropy(reading.intents, batch.intents, label_smoothing=smoothing)
    if reading.acts is not None and bool((batch.acts != IGNORED).any()):
        loss = loss + ACT_WEIGHT * functional.cross_entropy(reading.acts, batch.acts, ignore_index=IGNORED)
    if reading.boundaries is not None and reading.types is not None:
        loss = loss + ENTITY_WEIGHT * functional.cross_entropy(
            reading.boundaries.flatten(0, 1), batch.boundaries.flatten(), ignore_index=IGNORED
        )
        if bool((batch.types != IGNORED).any()):
            loss = loss + ENTITY_WEIGHT * functional.cross_entropy(
                reading.types.flatten(0, 1), batch.types.flatten(), ignore_index=IGNORED
            )
    return loss
