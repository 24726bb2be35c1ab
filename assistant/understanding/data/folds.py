"""Parts the examples into folds for cross-validation so that no pattern is both learned and tested."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from assistant.understanding.data.example import Example
from assistant.understanding.data.similarity import near_pairs
from assistant.understanding.data.structure import structure

Fold = tuple[list[int], list[int]]
"""Indices of the examples to train on and of those to test on, each in order."""


def groups(examples: Sequence[Example]) -> list[int]:
    """The template family of each example, numbered from 0 in order of first appearance.

    One family: the same structure, or near copies of one (see `similarity`), whatever their intents.
    """
    structures = [structure(example) for example in examples]
    distinct = list(dict.fromkeys(structures))
    family = _joined(len(distinct), ((first, second) for first, second, _ in near_pairs(distinct)))
    number = {text: family[index] for index, text in enumerate(distinct)}
    return [number[text] for text in structures]


def grouped_folds(examples: Sequence[Example], k: int = 5, seed: int = 0) -> list[Fold]:
    """`k` folds; a template family is never on both sides; intents are spread as evenly as families allow.

    The same examples, `k` and `seed` give the same folds. Raises ValueError for fewer families than folds.
    """
    return _folds(examples, groups(examples), k, seed)


def stratified_folds(examples: Sequence[Example], k: int = 5, seed: int = 0) -> list[Fold]:
    """`k` folds with the intents spread evenly, every example on its own. Deterministic by `seed`."""
    return _folds(examples, list(range(len(examples))), k, seed)


def _folds(examples: Sequence[Example], family: Sequence[int], k: int, seed: int) -> list[Fold]:
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(family):
        members[number].append(index)
    if k < 2 or len(members) < k:
        raise ValueError(f"{len(members)} groups of examples cannot be parted into {k} folds")
    order = list(members.values())
    random.Random(seed).shuffle(order)
    order.sort(key=len, reverse=True)
    held: list[Counter[str]] = [Counter() for _ in range(k)]
    sizes = [0] * k
    tests: list[list[int]] = [[] for _ in range(k)]
    for group in order:
        intents = Counter(examples[index].intent for index in group)
        emptiest = min(
            range(k), key=lambda fold: (sum(n * held[fold][name] for name, n in intents.items()), sizes[fold])
        )
        held[emptiest].update(intents)
        sizes[emptiest] += len(group)
        tests[emptiest] += group
    return [_fold(len(examples), set(test)) for test in tests]


def _fold(count: int, test: set[int]) -> Fold:
    return [index for index in range(count) if index not in test], sorted(test)


def _joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Connected components of `count` things under `pairs`, numbered in order of first appearance."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for first, second in pairs:
        parent[root(first)] = root(second)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(index), len(numbers)) for index in range(count)]
