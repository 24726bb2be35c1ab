"""Whether two runtimes of one model say the same: int8 on the CPU and bf16 on CUDA are alike, not equal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import or_

from assistant.understanding.prediction import Prediction, Predictor


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far two runtimes of one model may differ before one of them is taken for broken.

    Shares are of the texts. A text whose two best intents (or acts) lie within `near_tie` of each other for
    both runtimes may be decided either way, and does not count against `same_intent` (or `same_act`).
    """

    mean_difference: float = 0.01
    largest_difference: float = 0.25
    same_intent: float = 0.995
    same_act: float = 0.995
    near_tie: float = 0.05
    entity_f1: float = 0.98


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A text (its place among the texts) of which the runtimes say different things."""

    index: int
    first: Prediction
    second: Prediction


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the comparison found.

    Differences are between the probabilities of one intent or act, or of being in scope; the mean is over the
    largest of each text. `entity_f1` counts exact spans with their kind, 1.0 where neither finds any.
    `disagreements` differ in the best intent, the best act or an entity.
    """

    texts: int
    largest_difference: float
    mean_difference: float
    same_intent: float
    same_intent_or_tie: float
    same_act: float
    same_act_or_tie: float
    entity_f1: float
    disagreements: tuple[Disagreement, ...]

    def problems(self, tolerances: Tolerances) -> list[str]:
        """What lies outside the tolerances, each in words; empty when the runtimes agree."""
        most = (
            ("largest difference of a probability", self.largest_difference, tolerances.largest_difference),
            ("mean difference of a probability", self.mean_difference, tolerances.mean_difference),
        )
        least = (
            ("same intent", self.same_intent_or_tie, tolerances.same_intent),
            ("same act", self.same_act_or_tie, tolerances.same_act),
            ("entity F1 between the two", self.entity_f1, tolerances.entity_f1),
        )
        return [
            *(f"{name} {found:.4f}, at most {bound}" for name, found, bound in most if found > bound),
            *(f"{name} {found:.4f}, at least {bound}" for name, found, bound in least if found < bound),
        ]


def compare(
    first: Predictor, second: Predictor, texts: Sequence[str], tolerances: Tolerances | None = None
) -> Agreement:
    """Both runtimes on all texts. Raises ValueError without texts."""
    if not texts:
        raise ValueError("there is no text to compare the runtimes on")
    tolerances = tolerances or Tolerances()
    pairs = list(zip(first.predict(texts), second.predict(texts), strict=True))
    differences = [_difference(*pair) for pair in pairs]
    same_intent = [one.intents[0].name == other.intents[0].name for one, other in pairs]
    same_act = [_best_act(one) == _best_act(other) for one, other in pairs]
    margin = tolerances.near_tie
    tied_intents = [all(_tied([s.confidence for s in one.intents], margin) for one in pair) for pair in pairs]
    tied_acts = [all(_tied([s.confidence for s in one.acts], margin) for one in pair) for pair in pairs]
    spans = [(_spans(one), _spans(other)) for one, other in pairs]
    common = sum(len(one & other) for one, other in spans)
    both = sum(len(one) + len(other) for one, other in spans)
    return Agreement(
        texts=len(texts),
        largest_difference=max(differences),
        mean_difference=sum(differences) / len(texts),
        same_intent=sum(same_intent) / len(texts),
        same_intent_or_tie=sum(map(or_, same_intent, tied_intents)) / len(texts),
        same_act=sum(same_act) / len(texts),
        same_act_or_tie=sum(map(or_, same_act, tied_acts)) / len(texts),
        entity_f1=2 * common / both if both else 1.0,
        disagreements=tuple(
            Disagreement(index, *pair)
            for index, pair in enumerate(pairs)
            if not (same_intent[index] and same_act[index] and spans[index][0] == spans[index][1])
        ),
    )


def _difference(first: Prediction, second: Prediction) -> float:
    """The largest difference of a probability in one text."""
    intents = _largest(
        {score.name: score.confidence for score in first.intents},
        {score.name: score.confidence for score in second.intents},
    )
    acts = _largest(
        {score.act.value: score.confidence for score in first.acts},
        {score.act.value: score.confidence for score in second.acts},
    )
    return max(intents, acts, abs(first.in_scope - second.in_scope))


def _largest(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    return max((*_one_way(first, second), *_one_way(second, first)), default=0.0)


def _one_way(ranking: Mapping[str, float], other: Mapping[str, float]) -> Iterator[float]:
    """Rankings end somewhere: a label that `other` does not list is at most as probable there as its last."""
    unlisted = min(other.values(), default=0.0)
    for name, probability in ranking.items():
        yield abs(probability - other[name]) if name in other else max(0.0, probability - unlisted)


def _tied(ranked: Sequence[float], margin: float) -> bool:
    return len(ranked) > 1 and ranked[0] - ranked[1] <= margin


def _best_act(prediction: Prediction) -> str | None:
    return prediction.acts[0].act.value if prediction.acts else None


def _spans(prediction: Prediction) -> set[tuple[str, int, int]]:
    return {(entity.entity, entity.start, entity.end) for entity in prediction.entities}
