"""Raw outputs to predictions, on numpy alone: calibrated probabilities, entity spans, in scope or not."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.dialogue.meaning import Act, Entity, IntentScore
from assistant.understanding.model.card import Card, InScope
from assistant.understanding.prediction import ActScore, Prediction

Floats = NDArray[np.floating[Any]]

OUT_OF_SCOPE = "out_of_scope"
RANKED_INTENTS = 10
EXTRACTOR = "encoder"

BOUNDARIES = ("O", "B", "I", "E", "S")
"""Outside, begin, inside, end of an entity, and an entity of one code point."""
_O, _B, _I, _E, _S = range(len(BOUNDARIES))
FORBIDDEN = -1e4
_MAY_FOLLOW = {_O: (_O, _B, _S), _B: (_I, _E), _I: (_I, _E), _E: (_O, _B, _S), _S: (_O, _B, _S)}

_MAY_START = np.where(np.isin(np.arange(len(BOUNDARIES)), (_O, _B, _S)), 0.0, FORBIDDEN)
_MAY_END = np.where(np.isin(np.arange(len(BOUNDARIES)), (_O, _E, _S)), 0.0, FORBIDDEN)


def allowed_transitions() -> Floats:
    """[from, to] 0 where one boundary may follow another, `FORBIDDEN` where it may not."""
    scores = np.full((len(BOUNDARIES), len(BOUNDARIES)), FORBIDDEN, np.float32)
    for before, afters in _MAY_FOLLOW.items():
        scores[before, list(afters)] = 0.0
    return scores


def log_softmax(logits: Floats) -> Floats:
    """Over the last axis, in double precision."""
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    normalised: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return normalised


def decode(outputs: Mapping[str, Floats], texts: Sequence[str], card: Card) -> list[Prediction]:
    """One prediction per text.

    `outputs` holds `intents` [batch, intents] and `coverage` [batch], and where the card has such labels
    `acts` [batch, acts], `boundaries` [batch, length, 5] and `types` [batch, length, entities].
    """
    intents = np.exp(log_softmax(outputs["intents"] / card.calibration.temperature))
    acts = _act_probabilities(outputs, intents, card)
    scores = in_scope(outputs, card.labels.intents, card.calibration.in_scope, card.calibration.temperature)
    spans = _entities(outputs, texts, card)
    return [
        Prediction(
            intents=_ranked_intents(intents[row], card.labels.intents),
            acts=_ranked_acts(acts[row], card),
            in_scope=float(scores[row]),
            entities=spans[row],
        )
        for row in range(len(texts))
    ]


def _ranked_intents(probabilities: Floats, names: Sequence[str]) -> tuple[IntentScore, ...]:
    best = np.argsort(-probabilities, kind="stable")[:RANKED_INTENTS]
    return tuple(IntentScore(name=names[i], confidence=float(probabilities[i])) for i in best)


def _ranked_acts(probabilities: Floats, card: Card) -> tuple[ActScore, ...]:
    best = np.argsort(-probabilities, kind="stable")
    return tuple(ActScore(Act(card.labels.acts[i]), float(probabilities[i])) for i in best)


def _act_probabilities(outputs: Mapping[str, Floats], intents: Floats, card: Card) -> Floats:
    """[batch, acts]: the head's where it was trained, else the sum over the intents that perform the act."""
    if "acts" in outputs:
        return np.exp(log_softmax(outputs["acts"] / card.calibration.act_temperature))
    performs = np.zeros((len(card.labels.intents), len(card.labels.acts)))
    for row, intent in enumerate(card.labels.intents):
        if intent in card.acts_of_intents:
            performs[row, card.labels.acts.index(card.acts_of_intents[intent])] = 1.0
    total: Floats = intents @ performs
    return total


def scope_evidence(
    outputs: Mapping[str, Floats], intents: Sequence[str], temperature: float
) -> dict[str, Floats]:
    """What speaks for or against an utterance being in scope, [batch] each.

    `margin`: log odds of all trained intents against `out_of_scope` (0 where there is no such intent).
    `best`: log odds of the best intent in scope. `energy`: log of the summed exponentials of the raw scores
    in scope. `coverage`: share of the two-character sequences that were seen in training.
    """
    logits = np.asarray(outputs["intents"], np.float64) / temperature
    inside = np.array([name != OUT_OF_SCOPE for name in intents])
    total = np.logaddexp.reduce(logits, axis=-1)
    energy = np.logaddexp.reduce(logits[:, inside], axis=-1)
    best = logits[:, inside].max(axis=-1)
    rest = np.log(np.maximum(np.exp(total) - np.exp(best), 1e-12))
    outside = logits[:, ~inside]
    margin = energy - outside[:, 0] if outside.shape[1] else np.zeros(len(logits))
    coverage = np.asarray(outputs["coverage"], np.float64)
    return {"margin": margin, "best": best - rest, "energy": energy, "coverage": coverage}


def in_scope(
    outputs: Mapping[str, Floats], intents: Sequence[str], scope: InScope, temperature: float
) -> Floats:
    """[batch] probability that the utterance is a trained intent other than `out_of_scope`."""
    evidence = scope_evidence(outputs, intents, temperature)
    if scope.weights:
        score = scope.bias + sum(weight * evidence[name] for name, weight in scope.weights.items())
    else:
        score = evidence["best"]
    return 1.0 / (1.0 + np.exp(-np.clip(score, -50.0, 50.0)))


def best_paths(boundaries: Floats, transitions: Floats) -> NDArray[np.int64]:
    """Viterbi: the best legal sequence of boundaries, [batch, length] for scores [batch, length, 5].

    Positions outside a text must favour `O` so that no entity reaches into them.
    """
    batch, length, _ = boundaries.shape
    score = boundaries[:, 0] + _MAY_START
    back = np.zeros((batch, length, len(BOUNDARIES)), np.int64)
    for at in range(1, length):
        through = score[:, :, None] + transitions
        back[:, at] = through.argmax(axis=1)
        score = through.max(axis=1) + boundaries[:, at]
    path = np.zeros((batch, length), np.int64)
    path[:, -1] = (score + _MAY_END).argmax(axis=1)
    rows = np.arange(batch)
    for at in range(length - 1, 0, -1):
        path[:, at - 1] = back[rows, at, path[:, at]]
    return path


def _entities(outputs: Mapping[str, Floats], texts: Sequence[str], card: Card) -> list[tuple[Entity, ...]]:
    if "boundaries" not in outputs or not texts:
        return [()] * len(texts)
    boundaries = log_softmax(outputs["boundaries"])
    types = log_softmax(outputs["types"])
    length = boundaries.shape[1]
    lengths = np.array([min(len(text) + 2, length) for text in texts])
    # The marks and the padding are outside; position 0 is the start mark.
    outside = (np.arange(length) == 0) | (np.arange(length) >= lengths[:, None] - 1)
    boundaries[outside] = FORBIDDEN
    boundaries[outside, _O] = 0.0
    paths = best_paths(boundaries, np.asarray(card.calibration.transitions or allowed_transitions()))
    return [
        tuple(_spans(paths[row], boundaries[row], types[row], text, card.labels.entities))
        for row, text in enumerate(texts)
    ]


def _spans(
    path: NDArray[np.int64], boundaries: Floats, types: Floats, text: str, names: Sequence[str]
) -> list[Entity]:
    """The entities of one text: the type is the one that the whole span speaks for."""
    found: list[Entity] = []
    begin = 0
    for at in np.flatnonzero(path != _O):
        if path[at] in (_B, _S):
            begin = int(at)
        if path[at] not in (_E, _S):
            continue
        steps = np.arange(begin, at + 1)
        votes = types[steps].mean(axis=0)
        best = int(votes.argmax())
        certainty = np.exp(boundaries[steps, path[steps]].mean() + votes[best])
        start, end = begin - 1, int(at)
        found.append(
            Entity(
                entity=names[best],
                value=text[start:end],
                start=start,
                end=end,
                confidence=float(certainty),
                extractor=EXTRACTOR,
            )
        )
    return found
