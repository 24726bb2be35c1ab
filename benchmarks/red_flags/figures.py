"""What the detector found and what it missed, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.understanding.evaluation.metrics import wilson_interval
from benchmarks.red_flags.sets import Utterance


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detector said of one utterance: the rules that fired and whose dangers they are."""

    utterance: Utterance
    rules: tuple[str, ...]
    subjects: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether it raised the alarm exactly where it should."""
        return bool(self.rules) is self.utterance.emergency


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with its 95 % interval."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 where there is nothing."""
        return self.hits / self.total if self.total else 0.0

    def __str__(self) -> str:
        low, high = wilson_interval(self.hits, self.total)
        return f"{self.hits}/{self.total} = {self.value:.1%} (95% {low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals of one set.

    `missed` and `alarms` count the errors by group; `named`: how often the danger's owner was told rightly.
    """

    recall: Share
    false_alarms: Share
    named: Share
    missed: dict[str, Share] = field(default_factory=dict)
    alarms: dict[str, Share] = field(default_factory=dict)


def count(verdicts: Sequence[Verdict]) -> Figures:
    """The figures of all verdicts of a set."""
    dangers = [verdict for verdict in verdicts if verdict.utterance.emergency]
    harmless = [verdict for verdict in verdicts if not verdict.utterance.emergency]
    found = [verdict for verdict in dangers if verdict.rules and verdict.utterance.subject]
    named = sum(_owner(verdict.utterance.subject) in verdict.subjects for verdict in found)
    return Figures(
        recall=Share(sum(bool(verdict.rules) for verdict in dangers), len(dangers)),
        false_alarms=Share(sum(bool(verdict.rules) for verdict in harmless), len(harmless)),
        named=Share(named, len(found)),
        missed=_by_group(dangers),
        alarms=_by_group(harmless),
    )


def _owner(label: str) -> str:
    """A label's person as the detector names persons: it knows no relative beyond the closest."""
    return "other" if label == "relative" else label


def _by_group(verdicts: Sequence[Verdict]) -> dict[str, Share]:
    """The wrong ones of each group, most of them first."""
    total = Counter(verdict.utterance.group for verdict in verdicts)
    wrong = Counter(verdict.utterance.group for verdict in verdicts if not verdict.right)
    return {group: Share(wrong[group], total[group]) for group in sorted(total, key=lambda g: (-wrong[g], g))}
