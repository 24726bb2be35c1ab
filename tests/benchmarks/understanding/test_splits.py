from pathlib import Path

import pytest

from assistant.understanding.data.examples import Example
from benchmarks.understanding.sets import MissingSet
from benchmarks.understanding.splits import FOLDS, SETS, Split, stratified

EXAMPLES = [Example(f"{intent} {n}", intent) for intent in ("问价", "问病") for n in range(20)]


def test_every_example_is_tested_once_and_never_where_it_was_learned() -> None:
    splits = stratified("kuake", EXAMPLES)
    assert len(splits) == FOLDS
    assert sorted(e.text for split in splits for e in split.test) == sorted(e.text for e in EXAMPLES)
    for split in splits:
        assert not set(split.train) & set(split.test)
        assert len(split.train) + len(split.test) == len(EXAMPLES)


def test_intents_are_spread_evenly_and_always_in_the_same_way() -> None:
    splits = stratified("kuake", EXAMPLES)
    assert {sum(e.intent == "问价" for e in split.test) for split in splits} == {4}
    assert splits == stratified("kuake", EXAMPLES)


def test_a_split_is_known_by_its_data() -> None:
    one = Split("kuake", 0, tuple(EXAMPLES[:3]), tuple(EXAMPLES[3:5]))
    assert one.fingerprint == Split("kuake", 1, tuple(EXAMPLES[:3]), tuple(EXAMPLES[3:5])).fingerprint
    assert one.fingerprint != Split("kuake", 0, tuple(EXAMPLES[:2]), tuple(EXAMPLES[3:5])).fingerprint
    assert one.fingerprint != Split("kuake", 0, one.train, one.test, {"symptom": ("头晕",)}).fingerprint


@pytest.mark.parametrize("name", ["kuake", "cais", "smp2019"])
def test_a_public_set_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSet):
        SETS[name].splits(tmp_path, tmp_path)
