"""The clock of one conversation: the real one, or one that was set when it began and runs on from there."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from assistant.dialogue.frozen import Frozen

ZONE = ZoneInfo("Asia/Shanghai")
START_OF_DAY = time(9)
"""The hour of a day that was given without one."""

FIRST_YEAR, LAST_YEAR = 1950, 2150
"""Days outside are slips of the keyboard, and arithmetic on them would leave the calendar."""

RealClock = Callable[[], datetime]


def real_now() -> datetime:
    """The present, with its zone."""
    return datetime.now(UTC)


class Clock(Frozen):
    """`today` is the set start, None for real time; `started` is when, in reality, the conversation began."""

    today: datetime | None = None
    started: datetime

    @classmethod
    def set(cls, today: str | None, started: datetime) -> "Clock":
        """A clock that shows `today` (ISO date or date-time, local unless it has an offset) at `started`.

        Raises ValueError when `today` is neither.
        """
        return cls(today=parse_today(today) if today is not None else None, started=started)

    def now(self, real: datetime) -> datetime:
        """What the clock shows, in local time, when it is really `real`."""
        if self.today is None:
            return real.astimezone(ZONE)
        return self.today + (real - self.started)


def parse_today(text: str) -> datetime:
    """An ISO date (09:00) or date-time in Asia/Shanghai. Raises ValueError, also for a year out of reason."""
    try:
        moment = datetime.combine(date.fromisoformat(text), START_OF_DAY)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)
