"""What an engine made of one split, scored; kept as JSON that holds no text of any set."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from assistant.understanding.data.examples import Example
from assistant.understanding.evaluation.metrics import Span, macro_f1
from benchmarks.understanding.splits import Split


@dataclass(frozen=True, slots=True)
class Parse:
    """What an engine said of one utterance."""

    intent: str | None
    entities: frozenset[Span] = frozenset()


@dataclass(frozen=True, slots=True)
class Trained:
    """What training one split took and gave. Sizes in bytes; `seconds` on the clock, `cpu_seconds` of all
    threads, which other load on the machine does not lengthen. `settings` is printed below the table."""

    parses: Sequence[Parse]
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    model_bytes: int
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One engine on one split.

    `predicted` holds the index in `labels` of the intent said of each test example, `right` a 1 where it was
    right and a 0 where it was not, and `all_right` the same of the intent and every entity together. `spans`:
    entities found with exact span and type, all that were said, all that are there. `key` is the hash of all
    that decides the outcome, `data` that of the split alone.
    """

    engine: str
    set_name: str
    fold: int
    key: str
    data: str
    train_examples: int
    settings: dict[str, Any]
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    model_bytes: int
    labels: list[str]
    predicted: list[int]
    right: str
    all_right: str
    spans: tuple[int, int, int]
    macro_f1: float
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        return self.right.count("1") / len(self.right)

    @property
    def entity_f1(self) -> float | None:
        """Micro-averaged exact-span F1; None where the test part has no entities."""
        correct, said, there = self.spans
        return 2 * correct / (said + there) if there else None

    @property
    def both_right(self) -> float:
        """Share of the utterances whose intent and entities are all right."""
        return self.all_right.count("1") / len(self.all_right)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "spans": tuple(data["spans"])})


def score(engine: str, split: Split, trained: Trained, key: str, machine: dict[str, Any]) -> Outcome:
    """The outcome of `trained` on the test part of `split`."""
    if len(trained.parses) != len(split.test):
        raise ValueError(f"{engine} gave {len(trained.parses)} answers to {len(split.test)} utterances")
    intents = [example.intent for example in split.test]
    said = [parse.intent or "" for parse in trained.parses]
    labels = sorted({*intents, *said})
    right = [one == other for one, other in zip(said, intents, strict=True)]
    there = [spans_of(example) for example in split.test]
    exact = [one.entities == other for one, other in zip(trained.parses, there, strict=True)]
    return Outcome(
        engine=engine,
        set_name=split.set_name,
        fold=split.fold,
        key=key,
        data=split.fingerprint,
        train_examples=len(split.train),
        settings=trained.settings,
        seconds=round(trained.seconds, 2),
        cpu_seconds=round(trained.cpu_seconds, 2),
        peak_bytes=trained.peak_bytes,
        model_bytes=trained.model_bytes,
        labels=labels,
        predicted=[labels.index(one) for one in said],
        right=bits(right),
        all_right=bits(one and other for one, other in zip(right, exact, strict=True)),
        spans=counts([parse.entities for parse in trained.parses], there),
        macro_f1=macro_f1(intents, said),
        machine=machine,
    )


def bits(truths: Iterable[bool]) -> str:
    """A 1 for each truth and a 0 for each falsehood."""
    return "".join("01"[truth] for truth in truths)


def spans_of(example: Example) -> frozenset[Span]:
    return frozenset((one.entity, one.start, one.end) for one in example.annotations)


def counts(said: Iterable[frozenset[Span]], there: Iterable[frozenset[Span]]) -> tuple[int, int, int]:
    """How many entities are right, were said, and are there."""
    pairs = list(zip(said, there, strict=True))
    return (
        sum(len(one & other) for one, other in pairs),
        sum(len(one) for one, _ in pairs),
        sum(len(other) for _, other in pairs),
    )
