"""Chooses which examples each tower does not see, for its calibration."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from assistant.understanding.data.example import Example
from assistant.understanding.data.folds import Fold, groups

LARGEST_FAMILY = 0.2
"""A template family of a greater share of the part is held out example by example: it would fill it alone."""


def held_out_parts(examples: Sequence[Example], share: float, parts: int, seed: int) -> list[Fold]:
    """For each part the indices to learn from and those held out: a `share`, no example held out twice.

    Whole template families are held out, as far as they are small. No intent loses more than `share` (rounded
    up) of its examples to a part, and each keeps at least half of them. Raises ValueError where nothing could
    be held out.
    """
    wanted = max(1, round(share * len(examples)))
    units = _units(examples, LARGEST_FAMILY * wanted)
    random.Random(seed).shuffle(units)
    sizes = Counter(example.intent for example in examples)
    spare = {intent: size // 2 for intent, size in sizes.items()}
    folds: list[Fold] = []
    for _ in range(parts):
        quota = {intent: min(spare[intent], -int(-share * size // 1)) for intent, size in sizes.items()}
        held: list[int] = []
        left: list[list[int]] = []
        for unit in units:
            needed = Counter(examples[index].intent for index in unit)
            fits = len(held) < wanted and all(number <= quota[name] for name, number in needed.items())
            if not fits:
                left.append(unit)
                continue
            held += unit
            for name, number in needed.items():
                quota[name] -= number
                spare[name] -= number
        units = left
        if not held:
            raise ValueError(f"{len(examples)} examples are too few to hold some out; add examples")
        out = set(held)
        folds.append(([index for index in range(len(examples)) if index not in out], sorted(held)))
    return folds


def _units(examples: Sequence[Example], largest: float) -> list[list[int]]:
    """What is held out together: a small family, or a single example of a large one."""
    families: defaultdict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(groups(examples)):
        families[number].append(index)
    units: list[list[int]] = []
    for family in families.values():
        units += [family] if len(family) <= max(1.0, largest) else [[index] for index in family]
    return units
