"""FHIR dates as intervals, and how a search compares them.

A date of any precision is the half-open interval of every moment it may mean: `2026-11` is all of
November. A date or time without a zone is read in the centre's own zone, Asia/Shanghai.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

LOCAL_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)

_PATTERN = re.compile(
    r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


class Comparison(StrEnum):
    """The prefixes of a date in a search."""

    EQUAL = "eq"
    NOT_EQUAL = "ne"
    GREATER = "gt"
    LESS = "lt"
    GREATER_OR_EQUAL = "ge"
    LESS_OR_EQUAL = "le"
    STARTS_AFTER = "sa"
    ENDS_BEFORE = "eb"


@dataclass(frozen=True)
class Interval:
    """From `start` up to, not including, `end`; both aware."""

    start: datetime
    end: datetime

    def holds(self, comparison: Comparison, searched: "Interval") -> bool:
        """Whether a search for `searched` by `comparison` finds a resource of this date (R4 3.1.1.4.6)."""
        inside = searched.start <= self.start and self.end <= searched.end
        match comparison:
            case Comparison.EQUAL:
                return inside
            case Comparison.NOT_EQUAL:
                return not inside
            case Comparison.GREATER:
                return self.end > searched.end
            case Comparison.LESS:
                return self.start < searched.start
            case Comparison.GREATER_OR_EQUAL:
                return inside or self.end > searched.end
            case Comparison.LESS_OR_EQUAL:
                return inside or self.start < searched.start
            case Comparison.STARTS_AFTER:
                return self.start >= searched.end
            case Comparison.ENDS_BEFORE:
                return self.end <= searched.start


def interval(text: str) -> Interval:
    """The interval of a FHIR date, dateTime or instant. ValueError where it is none."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not a date: write 2026, 2026-11, 2026-11-24 or 2026-11-24T09:30:00+08:00"
        )
    part = {
        name: int(value)
        for name, value in found.groupdict().items()
        if value and name not in ("zone", "fraction")
    }
    start = datetime(
        part["year"],
        part.get("month", 1),
        part.get("day", 1),
        part.get("hour", 0),
        part.get("minute", 0),
        part.get("second", 0),
        tzinfo=_zone(found["zone"]),
    )
    if found["fraction"]:
        digits = found["fraction"][:6]
        start = start.replace(microsecond=int(digits.ljust(6, "0")))
        return _bounded(start, start + timedelta(microseconds=10 ** (6 - len(digits))))
    return _bounded(start, _end(start, part))


def period(start: str | None, end: str | None) -> Interval:
    """The interval of a FHIR Period; an end that is not given is open."""
    first = interval(start) if start else None
    last = interval(end) if end else None
    return Interval(first.start if first else EARLIEST, last.end if last else LATEST)


def instant(moment: datetime) -> str:
    """A FHIR instant in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _zone(text: str | None) -> timezone:
    if text is None:
        return LOCAL_ZONE
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


def _end(start: datetime, part: dict[str, int]) -> datetime:
    if "second" in part:
        return _later(start, timedelta(seconds=1))
    if "minute" in part:
        return _later(start, timedelta(minutes=1))
    if "day" in part:
        return _later(start, timedelta(days=1))
    if "month" in part:
        return _later(start.replace(day=1), timedelta(days=32)).replace(day=1)
    return start.replace(year=start.year + 1) if start.year < 9999 else LATEST


def _later(start: datetime, by: timedelta) -> datetime:
    try:
        return start + by
    except OverflowError:
        return LATEST


def _bounded(start: datetime, end: datetime) -> Interval:
    """Both ends in UTC, inside what every database can hold."""
    return Interval(_to_utc(start), _to_utc(end))


def _to_utc(moment: datetime) -> datetime:
    if moment.replace(tzinfo=UTC) < EARLIEST:
        return EARLIEST
    if moment.replace(tzinfo=UTC) > LATEST:
        return LATEST
    return moment.astimezone(UTC)
