"""Fits the wide path: a linear support vector machine on weighted n-grams, one intent against the rest."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant.understanding.model.features import FIRST_ROW, Arrays
from assistant.understanding.network.network import Wide

ITERATIONS = 60


def fit_wide(
    inputs: Arrays,
    weights: NDArray[np.float32],
    intents: NDArray[np.int64],
    count: int,
    chosen: NDArray[np.int64],
    cost: float,
) -> Wide:
    """The wide path for the chosen rows: squared hinge loss, squared penalty, solved with L-BFGS."""
    bag = _bags(inputs["ngrams"][chosen], weights)
    signs = torch.full((len(chosen), count), -1.0)
    signs[torch.arange(len(chosen)), torch.from_numpy(intents[chosen])] = 1.0
    solution = torch.zeros(bag.shape[1], count)
    transposed = bag.t().coalesce()
    optimiser = torch.optim.LBFGS(
        [solution],
        max_iter=ITERATIONS,
        history_size=10,
        line_search_fn="strong_wolfe",
        tolerance_change=1e-7,
    )

    def closure() -> Tensor:
        slack = (1 - signs * (bag @ solution)).clamp_min(0)
        solution.grad = solution - 2 * cost * (transposed @ (signs * slack))
        return 0.5 * solution.square().sum() + cost * slack.square().sum()

    with torch.no_grad():
        optimiser.step(closure)
    wide = Wide(torch.from_numpy(weights), count)
    with torch.no_grad():
        wide.votes.weight[FIRST_ROW:] = solution[FIRST_ROW:-1]
        wide.bias.copy_(solution[-1])
    return wide.eval()


def _bags(ngrams: NDArray[np.int32], weights: NDArray[np.float32]) -> Tensor:
    """[examples, rows + 1] sparse: each example's weighted n-grams at unit length, and the constant."""
    rows = ngrams.reshape(len(ngrams), -1)
    values = weights[rows]
    values /= np.sqrt(np.maximum((values**2).sum(axis=1, keepdims=True), 1e-6))
    example, place = np.nonzero(values)
    examples = np.concatenate((example, np.arange(len(ngrams))))
    columns = np.concatenate((rows[example, place], np.full(len(ngrams), len(weights))))
    stored = np.concatenate((values[example, place], np.ones(len(ngrams))))
    shape = (len(ngrams), len(weights) + 1)
    indices = torch.from_numpy(np.stack((examples, columns)).astype(np.int64))
    values_at = torch.from_numpy(stored.astype(np.float32))
    return torch.sparse_coo_tensor(indices, values_at, shape, check_invariants=False).coalesce()
