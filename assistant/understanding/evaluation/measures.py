"""All measures of one model on one set of examples."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.understanding.data.examples import Example
from assistant.understanding.evaluation.metrics import (
    Score,
    Span,
    accuracy,
    confusions,
    entity_scores,
    expected_calibration_error,
    macro_f1,
    out_of_scope_recall,
    per_label,
    wilson_interval,
)
from assistant.understanding.prediction import Prediction

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Judged:
    """An example and what a model says of it. `gold_act` is None where the data knows no acts."""

    example: Example
    prediction: Prediction
    gold_act: str | None

    @property
    def intent(self) -> str:
        """The most likely intent."""
        return self.prediction.intents[0].name

    @property
    def confidence(self) -> float:
        """The probability of the most likely intent."""
        return self.prediction.intents[0].confidence

    @property
    def act(self) -> str | None:
        """The most likely act."""
        return self.prediction.acts[0].act.value if self.prediction.acts else None

    @property
    def right(self) -> bool:
        """Whether the intent is right."""
        return self.intent == self.example.intent

    @property
    def spans(self) -> frozenset[Span]:
        """The entities found."""
        return frozenset((one.entity, one.start, one.end) for one in self.prediction.entities)

    @property
    def gold_spans(self) -> frozenset[Span]:
        """The entities there are."""
        return frozenset((one.entity, one.start, one.end) for one in self.example.annotations)


@dataclass(frozen=True, slots=True)
class Measures:
    """How well a model does on a set. `out_of_scope` is the recall at 5 % false rejection."""

    examples: int
    intent_accuracy: float
    intent_interval: tuple[float, float]
    intent_macro_f1: float
    act_accuracy: float | None
    act_macro_f1: float | None
    entities: Score | None
    calibration_error: float
    out_of_scope: float | None
    out_of_scope_threshold: float | None
    intents: Mapping[str, Score]
    acts: Mapping[str, Score]
    entity_kinds: Mapping[str, Score]
    confusions: Sequence[tuple[str, str, int]]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return asdict(self)


def judge(
    examples: Sequence[Example], predictions: Sequence[Prediction], acts: Mapping[str, str]
) -> list[Judged]:
    """Examples with what was predicted, in order. `acts` gives an intent's act, for examples without one."""
    return [
        Judged(example, prediction, example.act or acts.get(example.intent))
        for example, prediction in zip(examples, predictions, strict=True)
    ]


def measure(judged: Sequence[Judged]) -> Measures:
    """The measures over judged examples. Raises ValueError without any."""
    gold, said = [one.example.intent for one in judged], [one.intent for one in judged]
    right = [one.right for one in judged]
    gold_acts, said_acts = _acts(judged)
    has_entities = any(one.example.annotations for one in judged)
    entities, kinds = entity_scores([one.gold_spans for one in judged], [one.spans for one in judged])
    rejection = out_of_scope_recall(
        [one.prediction.in_scope for one in judged], [name == OUT_OF_SCOPE for name in gold]
    )
    return Measures(
        examples=len(judged),
        intent_accuracy=accuracy(gold, said),
        intent_interval=wilson_interval(sum(right), len(right)),
        intent_macro_f1=macro_f1(gold, said),
        act_accuracy=accuracy(gold_acts, said_acts) if gold_acts else None,
        act_macro_f1=macro_f1(gold_acts, said_acts) if gold_acts else None,
        entities=entities if has_entities else None,
        calibration_error=expected_calibration_error([one.confidence for one in judged], right),
        out_of_scope=rejection[0] if rejection else None,
        out_of_scope_threshold=rejection[1] if rejection else None,
        intents=per_label(gold, said),
        acts=per_label(gold_acts, said_acts),
        entity_kinds=kinds if has_entities else {},
        confusions=confusions(gold, said),
    )


def _acts(judged: Sequence[Judged]) -> tuple[list[str], list[str]]:
    """Gold and predicted acts, where both the data and the model know acts."""
    pairs = [(one.gold_act, one.act) for one in judged if one.gold_act is not None and one.act is not None]
    return [gold for gold, _ in pairs], [said for _, said in pairs]
