"""Hides characters from a batch, with every n-gram and piece that would give them away, for guessing them."""

import torch
from torch import Tensor
from torch.nn import functional

from assistant.understanding.model.features import BEGIN, NGRAM_LENGTHS, PADDING, SINGLE, UNKNOWN
from assistant.understanding.network.network import Tower

WHOLE = 0.5
"""Share of the texts of which nothing is hidden."""


def hide(
    ngrams: Tensor, pieces: Tensor, places: Tensor, share: float, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The three inputs with a share of the positions hidden, and which [batch, length] those are.

    Every other text, by chance, stays whole: entities are learned from those, a hidden name cannot be told.
    The marks at both ends are never hidden. A hidden position reads as an unknown character.
    """
    present = ngrams[:, :, 0] != PADDING
    inner = present & (places != 0)
    whole = torch.rand((len(inner), 1), generator=generator) < WHOLE
    hidden = (torch.rand(inner.shape, generator=generator) < share) & inner & ~whole
    masked = ngrams.clone()
    masked[:, :, 0] = torch.where(hidden, UNKNOWN, ngrams[:, :, 0])
    covered = hidden
    for index, size in enumerate(NGRAM_LENGTHS[1:], start=1):
        ahead = torch.zeros_like(hidden)
        ahead[:, : -(size - 1)] = hidden[:, size - 1 :]
        covered = covered | ahead
        masked[:, :, index] = torch.where(covered, PADDING, ngrams[:, :, index])
    telling = _pieces_with(hidden, places)
    return (
        masked,
        torch.where(telling, 0, pieces),
        torch.where(telling, 0, places),
        hidden,
    )


def _pieces_with(hidden: Tensor, places: Tensor) -> Tensor:
    """Every position of a piece that has a hidden one."""
    starts = (places == SINGLE) | (places == BEGIN)
    number = starts.cumsum(dim=1)
    count = torch.zeros(places.shape[0], places.shape[1] + 1, dtype=torch.int64, device=places.device)
    count.scatter_add_(1, number, hidden.to(torch.int64))
    return count.gather(1, number) > 0


def guessing_loss(tower: Tower, states: Tensor, singles: Tensor, hidden: Tensor) -> Tensor:
    """How badly the states tell the hidden characters, against all characters of the batch.

    `singles` [batch, length] are the rows of the true characters.
    """
    candidates, numbers = torch.unique(singles, return_inverse=True)
    guesses = tower.guess(states[hidden]) @ tower.ngrams(candidates).T
    # The sum over max(1, ...) is 0 and not undefined where chance hid nothing.
    return functional.cross_entropy(guesses, numbers[hidden], reduction="sum") / max(1, len(guesses))
