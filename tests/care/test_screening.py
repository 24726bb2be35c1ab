"""What one reading makes due for a resident without a diagnosis."""

import pytest

from assistant.care.assessment.measure import BloodPressure
from assistant.care.assessment.screening import Risk, Screening, screen


def reading(systolic: int, diastolic: int) -> BloodPressure:
    return BloodPressure.of({"systolic": systolic, "diastolic": diastolic})


@pytest.mark.parametrize(
    ("systolic", "diastolic", "due"),
    [
        (129, 84, Screening.NOTHING),
        (130, 84, Screening.EVERY_SIX_MONTHS),
        (129, 85, Screening.EVERY_SIX_MONTHS),
        (139, 89, Screening.EVERY_SIX_MONTHS),
        (140, 89, Screening.THREE_DAYS),
        (139, 90, Screening.THREE_DAYS),
    ],
)
def test_by_the_reading(systolic: int, diastolic: int, due: Screening) -> None:
    found, reason = screen(reading(systolic, diastolic), Risk(age=40))
    assert found == due
    assert (reason is None) == (due is Screening.NOTHING)


@pytest.mark.parametrize(
    ("risk", "high"),
    [
        (Risk(age=54), False),
        (Risk(age=55), True),
        (Risk(bmi=23.9), False),
        (Risk(bmi=24), True),
        (Risk(sex="M", waist=89), False),
        (Risk(sex="M", waist=90), True),
        (Risk(sex="F", waist=84), False),
        (Risk(sex="F", waist=85), True),
        (Risk(waist=95), False),
        (Risk(spirits=99), False),
        (Risk(spirits=100), True),
        (Risk(family_history=True), True),
        (Risk(salty_food=True), True),
    ],
)
def test_by_the_risk(risk: Risk, high: bool) -> None:
    due, _ = screen(reading(120, 70), risk)
    assert (due is Screening.EVERY_SIX_MONTHS) == high
