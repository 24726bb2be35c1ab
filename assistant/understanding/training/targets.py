"""What the network is to answer for each example: its intent, its act, its entities' boundaries and types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.data.example import Example
from assistant.understanding.model.card import Labels
from assistant.understanding.model.decoding import BOUNDARIES
from assistant.understanding.model.features import Arrays

IGNORED = -100
"""Target of a position or example that teaches nothing."""
_OUTSIDE, _BEGIN, _INSIDE, _END, _SINGLE = range(len(BOUNDARIES))


@dataclass(frozen=True, slots=True)
class Targets:
    """Column numbers: `intents` and `acts` [examples], `boundaries` and `types` [examples, length]."""

    intents: NDArray[np.int64]
    acts: NDArray[np.int64]
    boundaries: NDArray[np.int64]
    types: NDArray[np.int64]


def labels_of(examples: Sequence[Example], acts_of_intents: Mapping[str, str]) -> Labels:
    """Every label of the examples, each kind in alphabetical order."""
    intents = sorted({example.intent for example in examples})
    acts = {example.act for example in examples if example.act is not None}
    acts |= {acts_of_intents[intent] for intent in intents if intent in acts_of_intents}
    entities = {annotation.entity for example in examples for annotation in example.annotations}
    return Labels(intents=intents, acts=sorted(acts), entities=sorted(entities))


def targets_of(
    examples: Sequence[Example], labels: Labels, acts_of_intents: Mapping[str, str], inputs: Arrays
) -> Targets:
    """The targets of the examples whose inputs are given, in the same order and of the same length."""
    shape = inputs["places"].shape
    boundaries = np.full(shape, IGNORED, np.int64)
    types = np.full(shape, IGNORED, np.int64)
    intent_numbers = {name: number for number, name in enumerate(labels.intents)}
    act_numbers = {name: number for number, name in enumerate(labels.acts)}
    entity_numbers = {name: number for number, name in enumerate(labels.entities)}
    acts = np.full(len(examples), IGNORED, np.int64)
    for row, example in enumerate(examples):
        act = example.act or acts_of_intents.get(example.intent)
        if act is not None:
            acts[row] = act_numbers[act]
        boundaries[row, 1 : 1 + min(len(example.text), shape[1] - 2)] = _OUTSIDE
        for annotation in example.annotations:
            first, last = annotation.start + 1, annotation.end
            if last >= shape[1] - 1:
                continue
            boundaries[row, first : last + 1] = _INSIDE
            boundaries[row, first] = _BEGIN if last > first else _SINGLE
            if last > first:
                boundaries[row, last] = _END
            types[row, first : last + 1] = entity_numbers[annotation.entity]
    intents = np.array([intent_numbers[example.intent] for example in examples], np.int64)
    return Targets(intents, acts, boundaries, types)
