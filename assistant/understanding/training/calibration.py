"""Learns from held-out outputs how far to trust them: temperature, share of the wide path, scope."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.model.card import InScope
from assistant.understanding.model.decoding import OUT_OF_SCOPE, Floats, in_scope, log_softmax, scope_evidence

WIDE_SHARES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
TEMPERATURES = np.geomspace(0.2, 12.0, 83)
FEWEST_OUTSIDE = 10
"""With fewer held-out examples of `out_of_scope` there is nothing to learn a boundary from."""
EVIDENCE = ("margin", "best", "energy", "coverage")
RIDGE = 1e-2
NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Outputs for examples that their tower and their wide path had not seen.

    `deep` and `wide` [examples, intents], `coverage` and the right `intents` [examples].
    """

    deep: Floats
    wide: Floats
    coverage: Floats
    intents: NDArray[np.int64]


def mixture(held: HeldOut) -> tuple[float, float]:
    """The share of the wide path, and the temperature that makes the right intents most probable under it.

    The largest share that is right as often as the best one, to half a standard error: the wide path that
    serves has learned from all examples, the one that was measured here only from what was not held out.
    """
    right = [
        float(((held.deep + share * held.wide).argmax(axis=1) == held.intents).mean())
        for share in WIDE_SHARES
    ]
    best = max(right)
    slack = 0.5 * math.sqrt(best * (1 - best) / len(held.intents))
    share = max(share for share, rate in zip(WIDE_SHARES, right, strict=True) if rate >= best - slack)
    _, temperature = temperature_of(held.deep + share * held.wide, held.intents)
    return share, temperature


def temperature_of(logits: Floats, right: NDArray[np.int64]) -> tuple[float, float]:
    """Mean negative log likelihood and the temperature that makes it least."""
    rows = np.arange(len(right))
    losses = [-log_softmax(logits / value)[rows, right].mean() for value in TEMPERATURES]
    best = int(np.argmin(losses))
    return float(losses[best]), float(TEMPERATURES[best])


def scope_of(
    logits: Floats, held: HeldOut, intents: Sequence[str], temperature: float, false_rejection: float
) -> InScope:
    """The boundary of the scope: logistic regression where `out_of_scope` has examples, else the best score.

    The threshold is the score under which `false_rejection` of the held-out examples in scope lie.
    """
    outputs = {"intents": logits, "coverage": held.coverage}
    outside = np.array([name == OUT_OF_SCOPE for name in intents])[held.intents]
    scope = InScope(false_rejection=false_rejection)
    if outside.sum() >= FEWEST_OUTSIDE and (~outside).sum() >= FEWEST_OUTSIDE:
        evidence = scope_evidence(outputs, intents, temperature)
        table = np.stack([evidence[name] for name in EVIDENCE], axis=1)
        weights, bias = logistic_regression(table, ~outside)
        named = dict(zip(EVIDENCE, weights.tolist(), strict=True))
        scope = InScope(weights=named, bias=bias, false_rejection=false_rejection)
    scores = in_scope(outputs, intents, scope, temperature)
    threshold = float(np.quantile(scores[~outside], false_rejection)) if (~outside).any() else 0.0
    return scope.model_copy(update={"threshold": threshold})


def logistic_regression(table: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Weights [columns] and bias in the units of the columns, by Newton's method with a small ridge."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    design = np.hstack(((table - mean) / spread, np.ones((len(table), 1))))
    solution = np.zeros(design.shape[1])
    penalty = RIDGE * len(table) * np.eye(design.shape[1])
    penalty[-1, -1] = 0.0
    for _ in range(NEWTON_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(design @ solution, -30, 30)))
        gradient = design.T @ (probability - positive) + penalty @ solution
        curvature = (design.T * (probability * (1 - probability) + 1e-6)) @ design + penalty
        solution = solution - np.linalg.solve(curvature, gradient)
    weights = solution[:-1] / spread
    return weights, float(solution[-1] - weights @ mean)


def measured(
    logits: Floats, held: HeldOut, intents: Sequence[str], temperature: float, scope: InScope
) -> dict[str, float]:
    """Figures on the held-out examples, for the card."""
    probabilities = np.exp(log_softmax(logits / temperature))
    guessed = probabilities.argmax(axis=1)
    right = guessed == held.intents
    figures = {
        "held_out_examples": float(len(right)),
        "accuracy": float(right.mean()),
        "macro_f1": _macro_f1(guessed, held.intents),
        "accuracy_wide_alone": float((held.wide.argmax(axis=1) == held.intents).mean()),
        "accuracy_deep_alone": float((held.deep.argmax(axis=1) == held.intents).mean()),
        "expected_calibration_error": _calibration_error(probabilities.max(axis=1), right),
    }
    outside = np.array([name == OUT_OF_SCOPE for name in intents])[held.intents]
    if outside.any():
        scores = in_scope({"intents": logits, "coverage": held.coverage}, intents, scope, temperature)
        figures["out_of_scope_recall"] = float((scores[outside] < scope.threshold).mean())
    return {name: round(value, 4) for name, value in figures.items()}


def _macro_f1(guessed: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    scores = []
    for label in np.unique(right):
        hits = np.sum((guessed == label) & (right == label))
        scores.append(2 * hits / (np.sum(guessed == label) + np.sum(right == label)))
    return float(np.mean(scores))


def _calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Mean distance of confidence and accuracy over ten equal bins of confidence, weighted by their size."""
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of == index].mean() - right[bin_of == index].mean()) * np.mean(bin_of == index)
        for index in range(bins)
        if (bin_of == index).any()
    ]
    return float(np.sum(gaps))
