"""The measures against figures worked out by hand, and against their definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.evaluation.metrics import (
    Score,
    accuracy,
    bootstrap_macro_f1,
    confusions,
    entity_scores,
    expected_calibration_error,
    macro_f1,
    mcnemar,
    out_of_scope_recall,
    per_label,
    wilson_interval,
)

GOLD = ["a", "a", "a", "b", "b", "c"]
SAID = ["a", "a", "b", "b", "a", "d"]


def test_accuracy_and_macro_f1() -> None:
    assert accuracy(GOLD, SAID) == 3 / 6
    # a: 2 hits of 3 and 3; b: 1 of 2 and 2; c: none given; d: none there
    assert macro_f1(GOLD, SAID) == pytest.approx((2 / 3 + 1 / 2 + 0 + 0) / 4)


def test_every_label_has_its_score() -> None:
    scores = per_label(GOLD, SAID)
    assert scores["a"] == Score(2 / 3, 2 / 3, 2 / 3, 3)
    assert scores["c"] == Score(0.0, 0.0, 0.0, 1)
    assert scores["d"] == Score(0.0, 0.0, 0.0, 0)


def test_nothing_to_measure_is_an_error() -> None:
    with pytest.raises(ValueError, match="no examples"):
        accuracy([], [])


def test_confusions_come_most_frequent_first() -> None:
    assert confusions(["a", "a", "b", "a"], ["b", "b", "a", "a"]) == [("a", "b", 2), ("b", "a", 1)]


def test_an_entity_counts_only_with_its_exact_span_and_kind() -> None:
    gold = [{("symptom", 0, 2), ("time", 4, 6)}, {("time", 0, 2)}, set()]
    said = [{("symptom", 0, 2), ("time", 4, 7)}, {("symptom", 0, 2)}, {("time", 1, 2)}]
    micro, kinds = entity_scores(gold, said)
    assert micro == Score(1 / 4, 1 / 3, 2 / 7, 3)
    assert kinds == {"symptom": Score(1 / 2, 1.0, 2 / 3, 1), "time": Score(0.0, 0.0, 0.0, 2)}


def test_calibration_error() -> None:
    assert expected_calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0)
    assert expected_calibration_error([0.9] * 10, [True] * 4 + [False] * 6) == pytest.approx(0.5)
    assert expected_calibration_error([1.0, 0.6], [False, True]) == pytest.approx((1 + 0.4) / 2)


def test_out_of_scope_recall_at_five_percent_false_rejection() -> None:
    inside = [number / 100 for number in range(100)]
    recall = out_of_scope_recall([*inside, 0.01, 0.02, 0.3, 0.9], [False] * 100 + [True] * 4)
    assert recall == (0.5, 0.05)
    assert out_of_scope_recall(inside, [False] * 100) is None


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_no_more_than_five_percent_are_turned_away(inside: list[float], outside: list[float]) -> None:
    found = out_of_scope_recall([*inside, *outside], [False] * len(inside) + [True] * len(outside))
    assert found is not None
    assert sum(value < found[1] for value in inside) <= 0.05 * len(inside)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(98, 100, 0.9300, 0.9945), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_interval(hits: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(hits, total) == pytest.approx((low, high), abs=2e-4)


def test_mcnemar_looks_only_at_what_differs() -> None:
    assert mcnemar([True] * 50, [True] * 50) == 1.0
    # 8 against 2: 2 * (1 + 10 + 45) / 1024
    first = [True] * 8 + [False] * 2 + [True] * 40
    second = [False] * 8 + [True] * 2 + [True] * 40
    assert mcnemar(first, second) == pytest.approx(112 / 1024)


def test_the_bootstrap_interval_holds_the_difference() -> None:
    gold = ["a", "b"] * 60
    worse = ["a"] * 30 + gold[30:]
    low, high = bootstrap_macro_f1(gold, worse, gold)
    assert 0 < low < 1 - macro_f1(gold, worse) < high
    assert bootstrap_macro_f1(gold, gold, gold) == (0.0, 0.0)
    assert bootstrap_macro_f1(gold, worse, gold) == (low, high), "the same seed, the same interval"
