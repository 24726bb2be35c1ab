"""The measures by which understanding is judged. Pure; numpy only."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np

Span = tuple[str, int, int]
"""An entity as it is judged: its kind and `[start, end)` in code points."""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1, 0 to 1; `support` is how many there were to find."""

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def of(cls, hits: int, found: int, support: int) -> "Score":
        """From counts: the right ones, all given, all there are. Nothing to find and nothing given is 1."""
        if not found and not support:
            return cls(1.0, 1.0, 1.0, 0)
        return cls(
            hits / found if found else 0.0,
            hits / support if support else 0.0,
            2 * hits / (found + support),
            support,
        )


def accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Share of labels that are right. Raises ValueError without any."""
    if not gold:
        raise ValueError("nothing to measure: no examples")
    return sum(one == other for one, other in zip(gold, predicted, strict=True)) / len(gold)


def per_label(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Score]:
    """The score of every label that occurs on either side, by name."""
    support, found = Counter(gold), Counter(predicted)
    hits = Counter(one for one, other in zip(gold, predicted, strict=True) if one == other)
    labels = sorted(support | found)
    return {label: Score.of(hits[label], found[label], support[label]) for label in labels}


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean F1 over labels that occur on either side, each counting the same."""
    scores = per_label(gold, predicted)
    return sum(score.f1 for score in scores.values()) / len(scores)


def entity_scores(
    gold: Sequence[Collection[Span]], predicted: Sequence[Collection[Span]]
) -> tuple[Score, dict[str, Score]]:
    """Exact-span scores over all entities together (micro), and for each kind."""
    support: Counter[str] = Counter()
    found: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for wanted, given in zip(gold, predicted, strict=True):
        support.update(kind for kind, _, _ in set(wanted))
        found.update(kind for kind, _, _ in set(given))
        hits.update(kind for kind, _, _ in set(wanted) & set(given))
    kinds = {kind: Score.of(hits[kind], found[kind], support[kind]) for kind in sorted(support | found)}
    return Score.of(hits.total(), found.total(), support.total()), kinds


def confusions(gold: Sequence[str], predicted: Sequence[str]) -> list[tuple[str, str, int]]:
    """What was taken for what: (gold, predicted, how often), most frequent first."""
    counts = Counter(pair for pair in zip(gold, predicted, strict=True) if pair[0] != pair[1])
    return [
        (one, other, n) for (one, other), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """The mean distance of confidence from the share of right answers, over `bins` widths (Naeini 2015)."""
    if not confidences:
        return 0.0
    said, was = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    bin_of = np.minimum((said * bins).astype(int), bins - 1)
    distances = (abs(float(np.sum(said[bin_of == one] - was[bin_of == one]))) for one in range(bins))
    return sum(distances) / len(confidences)


def out_of_scope_recall(
    in_scope: Sequence[float], out_of_scope: Sequence[bool], false_rejection: float = 0.05
) -> tuple[float, float] | None:
    """(recall, threshold): the share of out-of-scope utterances below the probability that turns away at most
    `false_rejection` of the others. None unless there are utterances of both sorts."""
    probabilities, is_out = np.asarray(in_scope, dtype=float), np.asarray(out_of_scope, dtype=bool)
    if not is_out.any() or is_out.all():
        return None
    inside = np.sort(probabilities[~is_out])
    threshold = float(inside[int(false_rejection * len(inside))])
    return float((probabilities[is_out] < threshold).mean()), threshold


def wilson_interval(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The interval in which a share seen as `hits` of `total` lies, 95 % sure by default (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    share, weight = hits / total, z * z / total
    centre = share + weight / 2
    margin = z * sqrt(share * (1 - share) / total + weight / (4 * total))
    return max(0.0, (centre - margin) / (1 + weight)), min(1.0, (centre + margin) / (1 + weight))


def mcnemar(right: Sequence[bool], other_right: Sequence[bool]) -> float:
    """How likely so uneven a split of the examples on which two models differ would be by chance (exact,
    two-sided)."""
    pairs = Counter(zip(right, other_right, strict=True))
    first, second = pairs[(True, False)], pairs[(False, True)]
    differ = first + second
    tail = sum(comb(differ, count) for count in range(min(first, second) + 1))
    return min(1.0, 2 * tail / 2**differ) if differ else 1.0


def bootstrap_macro_f1(
    gold: Sequence[str], predicted: Sequence[str], other: Sequence[str], rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of `other`'s macro-F1 less `predicted`'s, over paired resamples of the examples.

    Labels absent from a resample do not count in it.
    """
    labels = {name: number for number, name in enumerate(sorted({*gold, *predicted, *other}))}
    wanted, one, two = (np.array([labels[name] for name in names]) for names in (gold, predicted, other))
    chance = np.random.default_rng(seed)
    differences = []
    for _ in range(rounds):
        drawn = chance.integers(0, len(wanted), len(wanted))
        scores = [_macro(wanted[drawn], said[drawn], len(labels)) for said in (one, two)]
        differences.append(scores[1] - scores[0])
    low, high = np.percentile(differences, [2.5, 97.5])
    return float(low), float(high)


def _macro(gold: np.ndarray, predicted: np.ndarray, labels: int) -> float:
    hits = np.bincount(gold[gold == predicted], minlength=labels)
    both = np.bincount(gold, minlength=labels) + np.bincount(predicted, minlength=labels)
    present = both > 0
    return float((2 * hits[present] / both[present]).mean())
