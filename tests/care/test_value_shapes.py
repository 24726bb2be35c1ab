"""A doctor's values are checked like any other."""

from typing import Any

import pytest

from assistant.care.value_shapes import problem_with
from tests.care.visits import ANSWERS, hypertension_form
from tests.care.yaml_cases import cases


def problem(slot: str, value: Any) -> str | None:
    item = hypertension_form().item(slot)
    assert item is not None
    return problem_with(item, value)


@pytest.mark.parametrize("slot", [slot for slot in ANSWERS if slot != "identity"])
def test_what_a_resident_answers_is_accepted(slot: str) -> None:
    assert problem(slot, ANSWERS[slot]) is None


@pytest.mark.parametrize("case", cases("odd_values"))
def test_says_what_is_wrong(case: dict[str, Any]) -> None:
    assert problem(case["slot"], case["value"]) == case["says"]
