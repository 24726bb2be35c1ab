"""Two models on the same examples: is the difference more than chance?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.understanding.evaluation.measures import Judged, Measures, measure
from assistant.understanding.evaluation.metrics import bootstrap_macro_f1, mcnemar


@dataclass(frozen=True, slots=True)
class Comparison:
    """The measures of both; `won` are examples that only the second has right, `lost` only the first.

    `chance` is McNemar's exact two-sided p of so uneven a split; `macro_f1_interval` the 95 % interval of the
    difference in macro-F1 (second less first) over paired resamples.
    """

    first: Measures
    second: Measures
    won: Sequence[tuple[Judged, Judged]]
    lost: Sequence[tuple[Judged, Judged]]
    chance: float
    macro_f1_interval: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """Everything but the sentences, which `won` and `lost` give by source."""
        return {
            "first": asdict(self.first),
            "second": asdict(self.second),
            "won": [one.example.source for one, _ in self.won],
            "lost": [one.example.source for one, _ in self.lost],
            "chance": self.chance,
            "macro_f1_interval": list(self.macro_f1_interval),
        }


def compare(first: Sequence[Judged], second: Sequence[Judged]) -> Comparison:
    """Both judged on the same examples in the same order. Raises ValueError otherwise."""
    if [one.example for one in first] != [one.example for one in second]:
        raise ValueError("both models must be judged on the same examples")
    pairs = list(zip(first, second, strict=True))
    return Comparison(
        first=measure(first),
        second=measure(second),
        won=[(one, other) for one, other in pairs if other.right and not one.right],
        lost=[(one, other) for one, other in pairs if one.right and not other.right],
        chance=mcnemar([one.right for one in first], [one.right for one in second]),
        macro_f1_interval=bootstrap_macro_f1(
            [one.example.intent for one in first],
            [one.intent for one in first],
            [one.intent for one in second],
        ),
    )
