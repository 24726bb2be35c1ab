"""Learns the language before the labels: guesses hidden characters of unlabelled texts."""

import math
from collections.abc import Callable

import numpy as np
import torch

from assistant.understanding.model.features import Arrays
from assistant.understanding.model.settings import Settings
from assistant.understanding.network.network import Tower, presence
from assistant.understanding.training.masking import guessing_loss, hide
from assistant.understanding.training.schedule import Descent, batches

BATCH = 64


def pretrain(
    tower: Tower,
    inputs: Arrays,
    settings: Settings,
    *,
    seed: int,
    step: Callable[[int, int, float], None] | None = None,
) -> None:
    """Trains `tower` in place on all rows; `step` is told epochs done, epochs in all and the mean loss."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    rows = np.arange(len(inputs["places"]))
    epochs = settings.pretraining_epochs
    total = epochs * math.ceil(len(rows) / BATCH)
    descend = Descent(tower, settings, total)
    tower.train()
    for epoch in range(epochs):
        losses = []
        for chosen, length in batches(inputs, rows, BATCH, rng):
            ngrams, pieces, places = (
                torch.from_numpy(inputs[name][chosen, :length]) for name in ("ngrams", "pieces", "places")
            )
            masked, masked_pieces, masked_places, hidden = hide(
                ngrams, pieces, places, settings.masking, generator
            )
            states = tower.encode(masked, masked_pieces, masked_places, presence(ngrams))
            losses.append(descend(guessing_loss(tower, states, tower.characters(ngrams), hidden)))
        if step is not None:
            step(epoch + 1, epochs, float(np.mean(losses)))
