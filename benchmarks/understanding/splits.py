"""Which examples train and which test, for each set: the same for every engine."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from assistant.understanding.data.examples import Example, read_training_data
from assistant.understanding.data.folds import grouped_folds
from benchmarks.understanding.sets import read_bioes, read_json_lines, read_smp, trimmed

FOLDS = 5
SEED = 0


def fingerprint(*made_of: Any) -> str:
    """A short hash of what can be written as JSON."""
    data = json.dumps(made_of, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(data.encode()).hexdigest()[:16]


def _as_list(example: Example) -> list[Any]:
    return [example.text, example.intent, [[one.entity, one.start, one.end] for one in example.annotations]]


@dataclass(frozen=True, slots=True)
class Split:
    """One training part and the part it is tested on, disjoint. `fold` counts from 0.

    `lookups` and `patterns` (by entity) and `acts` (by intent) are what our content knows besides examples;
    public sets have none.
    """

    set_name: str
    fold: int
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    lookups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.set_name}-{self.fold}"

    @property
    def fingerprint(self) -> str:
        """The hash of both parts: figures of different data are not comparable."""
        return fingerprint(
            [[_as_list(one) for one in part] for part in (self.train, self.test)],
            [[name, *words] for known in (self.lookups, self.patterns) for name, words in known.items()],
        )


@dataclass(frozen=True, slots=True)
class SetPlan:
    """A set: where it comes from, how it is split and how long stock Rasa trains on it.

    Rasa's epochs are fewer than its default of 300, the fewer the larger the set: every training sees some
    60,000 to 120,000 examples, for twelve of them have to be feasible on two cores.
    """

    title: str
    has_entities: bool
    rasa_epochs: int
    splits: Callable[[Path, Path], list[Split]]  # (folder of public sets, folder of our content)


def kuake(data: Path, content: Path) -> list[Split]:
    examples = trimmed(read_json_lines(data / "kuake_qic" / "train.jsonl"))
    return stratified("kuake", examples)


def stratified(name: str, examples: Sequence[Example]) -> list[Split]:
    """Five folds, stratified by intent."""
    folds = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
    intents = np.array([example.intent for example in examples])
    return [
        _split(name, fold, examples, list(map(int, train)), list(map(int, test)))
        for fold, (train, test) in enumerate(folds.split(np.zeros(len(intents)), intents))
    ]


def cais(data: Path, content: Path) -> list[Split]:
    parts = [
        trimmed(read_bioes(folder / f"ch.{folder.name}", folder / f"ch.{folder.name}.intent"))
        for folder in (data / "cais" / "train", data / "cais" / "valid")
    ]
    return [Split("cais", 0, tuple(parts[0]), tuple(parts[1]))]


def smp2019(data: Path, content: Path) -> list[Split]:
    train, dev = (trimmed(read_smp(data / "smp2019" / f"{part}.json")) for part in ("train", "dev"))
    return [Split("smp2019", 0, tuple(train), tuple(dev))]


def own(data: Path, content: Path) -> list[Split]:
    """Our own data, five folds; utterances of one template family stay on one side."""
    known = read_training_data(content)
    folds = grouped_folds(known.examples, k=FOLDS, seed=SEED)
    splits = [
        _split("nlu_data", fold, known.examples, train, test) for fold, (train, test) in enumerate(folds)
    ]
    return [
        replace(split, lookups=known.lookups, patterns=known.patterns, acts=known.acts) for split in splits
    ]


def _split(
    name: str, fold: int, examples: Sequence[Example], train: Sequence[int], test: Sequence[int]
) -> Split:
    return Split(name, fold, tuple(examples[i] for i in train), tuple(examples[i] for i in test))


SETS: dict[str, SetPlan] = {
    "nlu_data": SetPlan("nlu_data, 5 folds by template family", True, 4, own),
    "kuake": SetPlan("KUAKE-QIC train, 5 folds", False, 12, kuake),
    "cais": SetPlan("CAIS train/valid", True, 10, cais),
    "smp2019": SetPlan("SMP2019 train/dev", True, 60, smp2019),
}
