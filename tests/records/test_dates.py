"""A date stands for every moment it may mean, and a search compares the moments."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records.dates import EARLIEST, LATEST, Comparison, Interval, instant, interval, period
from tests.records.conftest import table


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2025-12-31T16:00:00", "2026-12-31T16:00:00"),
        ("2026-02", "2026-01-31T16:00:00", "2026-02-28T16:00:00"),
        ("2024-02", "2024-01-31T16:00:00", "2024-02-29T16:00:00"),
        ("2026-12", "2026-11-30T16:00:00", "2026-12-31T16:00:00"),
        ("2026-11-24", "2026-11-23T16:00:00", "2026-11-24T16:00:00"),
        ("2026-11-24T09:30", "2026-11-24T01:30:00", "2026-11-24T01:31:00"),
        ("2026-11-24T09:30:00+08:00", "2026-11-24T01:30:00", "2026-11-24T01:30:01"),
        ("2026-11-24T09:30:00Z", "2026-11-24T09:30:00", "2026-11-24T09:30:01"),
        ("2026-11-24T09:30:00.25-02:30", "2026-11-24T12:00:00.250000", "2026-11-24T12:00:00.260000"),
        ("2026-11-24T09:30:00.123456789Z", "2026-11-24T09:30:00.123456", "2026-11-24T09:30:00.123457"),
    ],
)
def test_interval(text: str, start: str, end: str) -> None:
    assert interval(text) == Interval(utc(start), utc(end))


@pytest.mark.parametrize(
    "text",
    [
        *("", "26", "2026-13", "2026-02-30", "2026-1-2", "0000", "２０２６", "明天", "2026-11-24\n"),
        *("2026-11-24T25:00", "2026-11-24T09", "2026-11-24 09:30", "2026-11-24T09:30:00+99:00"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        interval(text)


def test_the_ends_of_time_can_be_stored() -> None:
    assert interval("0001").start == EARLIEST
    assert interval("9999-12-31T23:59:59Z").end == LATEST
    assert interval("9999").end == LATEST


def test_periods_are_open_where_an_end_is_missing() -> None:
    assert period("2026-11-24", None) == Interval(utc("2026-11-23T16:00:00"), LATEST)
    assert period(None, "2026-11-24") == Interval(EARLIEST, utc("2026-11-24T16:00:00"))


def test_instants_are_written_to_the_millisecond() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert instant(datetime(2026, 11, 24, 9, 30, 0, 123999, shanghai)) == "2026-11-24T01:30:00.123Z"


@pytest.mark.parametrize("case", table("date_searches.yml"), ids=lambda case: f"{case['date']}")
def test_comparisons(case: dict[str, Any]) -> None:
    stored = interval(case["date"])
    for searched, found in case["searches"].items():
        holding = {one.value for one in Comparison if stored.holds(one, interval(searched))}
        assert holding == set(found.split()), searched


moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(moments)
    return Interval(start, start + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=400))))


@given(intervals(), intervals())
def test_comparisons_belong_together(stored: Interval, searched: Interval) -> None:
    def holds(comparison: Comparison) -> bool:
        return stored.holds(comparison, searched)

    assert holds(Comparison.EQUAL) is not holds(Comparison.NOT_EQUAL)
    assert holds(Comparison.GREATER_OR_EQUAL) == (holds(Comparison.GREATER) or holds(Comparison.EQUAL))
    assert holds(Comparison.LESS_OR_EQUAL) == (holds(Comparison.LESS) or holds(Comparison.EQUAL))
    assert not (holds(Comparison.STARTS_AFTER) and holds(Comparison.ENDS_BEFORE))
    if holds(Comparison.STARTS_AFTER):
        assert holds(Comparison.GREATER)
    if holds(Comparison.ENDS_BEFORE):
        assert holds(Comparison.LESS)


@given(moments, st.sampled_from([4, 7, 10, 16, 19]))
def test_a_coarser_date_holds_every_finer_one_of_it(moment: datetime, length: int) -> None:
    fine = interval(moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    local = (fine.start + timedelta(hours=8)).isoformat()[:length]
    assert fine.holds(Comparison.EQUAL, interval(local))
