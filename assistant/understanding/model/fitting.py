"""Trains one tower on one part of the examples; the same seed gives the same weights."""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.understanding.model.features import Arrays
from assistant.understanding.model.masking import hide
from assistant.understanding.model.network import Reading, Tower, presence
from assistant.understanding.model.settings import Settings
from assistant.understanding.model.targets import IGNORED, Targets

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
GRADIENT_NORM = 1.0
CHUNK = 16
"""Batches that are sorted by length together, so that little is padded."""

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


def batches(
    inputs: Arrays, targets: Targets, chosen: NDArray[np.int64], size: int, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every chosen example once, in random batches of examples of like length."""
    lengths = (inputs["ngrams"][:, :, 0] != 0).sum(axis=1)
    order = rng.permutation(chosen)
    cut: list[NDArray[np.int64]] = []
    for begin in range(0, len(order), size * CHUNK):
        chunk = order[begin : begin + size * CHUNK]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        cut += [chunk[at : at + size] for at in range(0, len(chunk), size)]
    for index in rng.permutation(len(cut)):
        rows = cut[index]
        yield gather(inputs, targets, rows, int(lengths[rows].max()))


def gather(inputs: Arrays, targets: Targets, rows: NDArray[np.int64], length: int) -> Batch:
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
    tower: Tower,
    inputs: Arrays,
    targets: Targets,
    chosen: NDArray[np.int64],
    settings: Settings,
    *,
    seed: int,
    step: Step | None = None,
) -> Tower:
    """Trains `tower` in place on the chosen rows and returns the moving average of its weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(
        tower.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        betas=(0.9, 0.98),
    )
    total = settings.epochs * math.ceil(len(chosen) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda at: _rate(at, total))
    averaged = copy.deepcopy(tower).eval()
    done = 0
    for epoch in range(settings.epochs):
        tower.train()
        losses = []
        for batch in batches(inputs, targets, chosen, settings.batch, rng):
            loss = _loss(tower, batch, settings, generator)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(tower.parameters(), GRADIENT_NORM)
            optimiser.step()
            schedule.step()
            done += 1
            _average(averaged, tower, min(settings.averaging, done / (done + 10)))
            losses.append(float(loss.detach()))
        if step is not None:
            step(epoch + 1, settings.epochs, float(np.mean(losses)))
    return averaged


def _rate(at: int, total: int) -> float:
    """Rises in a line, then falls as half a cosine."""
    warm = max(1, int(WARM_UP * total))
    if at < warm:
        return (at + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (at - warm) / max(1, total - warm)))


@torch.no_grad()
def _average(averaged: Tower, tower: Tower, decay: float) -> None:
    for kept, new in zip(averaged.parameters(), tower.parameters(), strict=True):
        kept.lerp_(new, 1 - decay)


def _loss(tower: Tower, batch: Batch, settings: Settings, generator: torch.Generator) -> Tensor:
    present = presence(batch.ngrams)
    reading = tower(batch.ngrams, batch.pieces, batch.places, present)
    loss = _supervised(reading, batch, settings)
    if settings.consistency:
        again = tower(batch.ngrams, batch.pieces, batch.places, present)
        loss = 0.5 * (loss + _supervised(again, batch, settings))
        loss = loss + settings.consistency * _divergence(reading.intents, again.intents)
    if settings.masking and settings.masking_weight:
        loss = loss + settings.masking_weight * masked_loss(tower, batch, settings.masking, generator)
    return loss


def _supervised(reading: Reading, batch: Batch, settings: Settings) -> Tensor:
    smoothing = settings.label_smoothing
    loss = functional.cross_entropy(reading.intents, batch.intents, label_smoothing=smoothing)
    if reading.acts is not None and bool((batch.acts != IGNORED).any()):
        loss = loss + 0.5 * functional.cross_entropy(reading.acts, batch.acts, ignore_index=IGNORED)
    if reading.boundaries is not None and reading.types is not None:
        loss = loss + functional.cross_entropy(
            reading.boundaries.flatten(0, 1), batch.boundaries.flatten(), ignore_index=IGNORED
        )
        if bool((batch.types != IGNORED).any()):
            loss = loss + functional.cross_entropy(
                reading.types.flatten(0, 1), batch.types.flatten(), ignore_index=IGNORED
            )
    return loss


def _divergence(first: Tensor, second: Tensor) -> Tensor:
    """The symmetric Kullback-Leibler divergence of two readings."""
    p, q = functional.log_softmax(first, dim=-1), functional.log_softmax(second, dim=-1)
    forth = functional.kl_div(p, q, log_target=True, reduction="batchmean")
    back = functional.kl_div(q, p, log_target=True, reduction="batchmean")
    return 0.5 * (forth + back)


def masked_loss(tower: Tower, batch: Batch, share: float, generator: torch.Generator) -> Tensor:
    """How badly the tower guesses hidden characters, against all characters of the batch."""
    ngrams, pieces, places, hidden = hide(batch.ngrams, batch.pieces, batch.places, share, generator)
    if not bool(hidden.any()):
        return torch.zeros(())
    states = tower.encode(ngrams, pieces, places, presence(batch.ngrams))
    wanted = batch.ngrams[:, :, 0][hidden]
    candidates, numbers = torch.unique(
        torch.cat((wanted, batch.ngrams[:, :, 0].flatten())), return_inverse=True
    )
    guesses = tower.guess(states[hidden]) @ tower.ngrams(candidates).T
    return functional.cross_entropy(guesses, numbers[: len(wanted)])
