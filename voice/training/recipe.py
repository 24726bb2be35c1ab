"""How much of everything goes into a model, and how good it must be."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """One round of training on fresh speech; every round after the first goes on from the one before."""

    sentences: int
    epochs: int
    rate: float = 0.003


@dataclass(frozen=True)
class Targets:
    """What a model must reach before it replaces the one in place. Shares, not per cent."""

    cer_clean: float = 0.06
    cer_telephone: float = 0.14
    flagged_foreign: float = 0.95
    rejected: float = 0.12
    """Highest share of known sentences with an unknown stretch, in the clean test set."""

    def missed(self, figures: dict[str, dict[str, float]]) -> list[str]:
        """One line for every target that the figures miss."""
        checks = (
            ("clean", "cer", self.cer_clean, True),
            ("telephone_10db", "cer", self.cer_telephone, True),
            ("clean", "flagged_unknown", self.rejected, True),
            ("out_of_domain", "flagged_unknown", self.flagged_foreign, False),
        )
        return [
            f"{test} {figure} is {figures[test][figure]}, not {'at most' if most else 'at least'} {target}"
            for test, figure, target, most in checks
            if (figures[test][figure] > target if most else figures[test][figure] < target)
        ]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a model becomes, apart from the texts and the seed."""

    rounds: tuple[Round, ...]
    width: int
    language_sentences: int
    test_sentences: int
    foreign_sentences: int
    targets: Targets | None
    order: int = 3
    cutoff: int = 2

    def digest(self, *more: object) -> str:
        """A short name of this recipe and whatever else decides the result."""
        text = json.dumps([dataclasses.asdict(self), *map(str, more)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


FULL = Recipe(
    rounds=(Round(20_000, 10),),
    width=224,
    language_sentences=60_000,
    test_sentences=300,
    foreign_sentences=60,
    targets=Targets(),
)
"""The shipped model: about 20 minutes on two quiet cores."""

QUICK = Recipe(
    rounds=(Round(12, 1),),
    width=16,
    language_sentences=300,
    test_sentences=1,
    foreign_sentences=0,
    targets=None,
)
"""Seconds, and useless for recognition: it shows that every step works. Foreign speech would take an
untrained model a minute."""
