"""When the next follow-up is due."""

from datetime import date

import pytest

from assistant.care.assessment.result import NextStep
from assistant.care.next_visit import months_after, next_follow_up


@pytest.mark.parametrize(
    ("step", "due"),
    [
        (NextStep.ROUTINE, "2027-02-24"),
        (NextStep.TWO_WEEKS, "2026-12-08"),
        (NextStep.REFER, "2026-12-08"),
        (NextStep.URGENT_REFERRAL, "2026-12-08"),
    ],
)
def test_three_months_when_regular_else_two_weeks(step: NextStep, due: str) -> None:
    found = next_follow_up(step, date(2026, 11, 24))
    assert found is not None
    assert found.date.isoformat() == due
    assert found.reason


def test_nothing_is_due_without_a_step() -> None:
    assert next_follow_up(None, date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-10-31", 3, "2027-01-31"),
        ("2026-09-30", 3, "2026-12-30"),
        ("2026-12-01", 3, "2027-03-01"),
        ("2026-05-31", 1, "2026-06-30"),
    ],
)
def test_months_end_where_the_month_ends(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == later
