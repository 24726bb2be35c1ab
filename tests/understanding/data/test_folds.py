"""Template families and folds: nothing learned is tested, intents are even, the same seed gives the same."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding.data.annotations import parse_markup
from assistant.understanding.data.examples import Example
from assistant.understanding.data.folds import Fold, grouped_folds, groups, stratified_folds
from assistant.understanding.data.similarity import near_pairs

SENTENCES = """
book|我想约[明天](time)的[内科](department)
book|我想约[下周三](time)的[口腔科](department)
ask|我想约[周五](time)的[骨科](department)吗
book|挂号
book|给[我妈](relation)排个号吧
book|能不能帮忙登记看病
ask|[降压药](medicine)早上吃还是晚上吃
ask|[二甲双胍](medicine)是早上吃还是晚上吃呢
ask|忘了吃药怎么办
ask|漏服一次要不要补
"""


def examples() -> list[Example]:
    rows = [line.split("|") for line in SENTENCES.split("\n") if line]
    return [Example(text, intent, notes) for intent, marked in rows for text, notes in [parse_markup(marked)]]


def test_families_join_patterns_and_near_copies_across_intents() -> None:
    assert groups(examples()) == [0, 0, 0, 1, 2, 3, 4, 4, 5, 6]


def test_a_family_is_never_on_both_sides() -> None:
    data = examples()
    family = groups(data)
    for train, test in grouped_folds(data, k=3, seed=1):
        assert not {family[index] for index in train} & {family[index] for index in test}


@pytest.mark.parametrize("part", [grouped_folds, stratified_folds])
def test_every_example_is_tested_once(part: Callable[[Sequence[Example], int, int], list[Fold]]) -> None:
    data = examples()
    folds = part(data, 3, 7)
    assert sorted(index for _, test in folds for index in test) == list(range(len(data)))
    assert all(sorted([*train, *test]) == list(range(len(data))) for train, test in folds)
    assert folds == part(data, 3, 7)


def test_intents_are_even_in_stratified_folds() -> None:
    data = [Example(f"句子{number}", f"intent{number % 4}") for number in range(80)]
    for _, test in stratified_folds(data, k=5, seed=3):
        assert Counter(data[index].intent for index in test) == {f"intent{n}": 4 for n in range(4)}


def test_another_seed_gives_other_folds() -> None:
    data = [Example(f"句子{number}", "one") for number in range(30)]
    assert stratified_folds(data, k=3, seed=1) != stratified_folds(data, k=3, seed=2)


def test_too_few_families_for_the_folds() -> None:
    with pytest.raises(ValueError, match="1 groups of examples cannot be parted into 5 folds"):
        grouped_folds([Example(f"量了{number}次", "one") for number in range(10)])


@settings(max_examples=60)
@given(st.lists(st.text("ab头疼", max_size=9), max_size=12), st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_near_pairs_are_those_that_comparing_all_with_all_finds(texts: list[str], threshold: float) -> None:
    def bigrams(text: str) -> set[str]:
        framed = f"^{text}$"
        return {framed[at : at + 2] for at in range(len(framed) - 1)}

    expected = set()
    for first, second in combinations(range(len(texts)), 2):
        one, other = bigrams(texts[first]), bigrams(texts[second])
        if len(one & other) / len(one | other) >= threshold:
            expected.add((first, second))
    assert {(first, second) for first, second, _ in near_pairs(texts, threshold)} == expected
