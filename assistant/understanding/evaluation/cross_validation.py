"""Cross-validation: a model for each fold, trained on the others, judged on what it never saw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from time import monotonic

from assistant.understanding.data.examples import Example
from assistant.understanding.data.folds import Fold
from assistant.understanding.evaluation.measures import Judged, Measures, judge, measure
from assistant.understanding.prediction import Predictor

Train = Callable[[Sequence[Example], int], Predictor]
"""Trains on examples; the second argument is the number of the fold, from 0."""

BATCH = 64


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold: how many examples it learned from, the seconds that took, and how well it did."""

    fold: int
    trained_on: int
    seconds: float
    measures: Measures


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """Every example judged by the model that had not seen it, in the order of the examples."""

    judged: Sequence[Judged]
    folds: Sequence[FoldResult]
    measures: Measures
    """Over all examples together."""


def cross_validate(
    examples: Sequence[Example],
    folds: Sequence[Fold],
    train: Train,
    acts: Mapping[str, str],
    on_fold: Callable[[FoldResult], None] | None = None,
) -> CrossValidation:
    """Train and judge fold by fold. `acts` is the act of each intent; `on_fold` is told of each result."""
    judged: dict[int, Judged] = {}
    results: list[FoldResult] = []
    for number, (learned, tested) in enumerate(folds):
        begun = monotonic()
        predictor = train([examples[index] for index in learned], number)
        seconds = monotonic() - begun
        held_out = [examples[index] for index in tested]
        of_fold = judge_with(predictor, held_out, acts)
        judged.update(zip(tested, of_fold, strict=True))
        results.append(FoldResult(number, len(learned), seconds, measure(of_fold)))
        if on_fold is not None:
            on_fold(results[-1])
    in_order = [judged[index] for index in sorted(judged)]
    return CrossValidation(in_order, results, measure(in_order))


def judge_with(predictor: Predictor, examples: Sequence[Example], acts: Mapping[str, str]) -> list[Judged]:
    """The examples with what a model says of them."""
    predictions = []
    for start in range(0, len(examples), BATCH):
        predictions += predictor.predict([example.text for example in examples[start : start + BATCH]])
    return judge(examples, predictions, acts)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation over folds or seeds."""
    return fmean(values), stdev(values) if len(values) > 1 else 0.0
