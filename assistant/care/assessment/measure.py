"""A number as it was said: exact, or a range that leaves its place among thresholds open."""

from pydantic import JsonValue

from assistant.dialogue.frozen import Frozen


def number(value: JsonValue) -> float | None:
    """The value as a number, None when it is none (a truth value is none)."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


class Measure(Frozen):
    """A number between `low` and `high`, both ends included; None is an open end. Exact when they agree."""

    low: float | None
    high: float | None

    @classmethod
    def of(cls, value: JsonValue) -> "Measure | None":
        """The measure in a number or a `{from, to}` range; None when there is no number in it."""
        if isinstance(value, dict):
            low, high = number(value.get("from")), number(value.get("to"))
            return None if low is None and high is None else cls(low=low, high=high)
        exact = number(value)
        return None if exact is None else cls(low=exact, high=exact)

    def reaches(self, threshold: float) -> bool:
        """Whether it is certainly at or above the threshold."""
        return self.low is not None and self.low >= threshold

    def stays_below(self, threshold: float) -> bool:
        """Whether it is certainly below the threshold."""
        return self.high is not None and self.high < threshold

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        if self.low is None:
            return f"不超过{self.high:g}"
        if self.high is None:
            return f"{self.low:g}以上"
        return f"{self.low:g}～{self.high:g}"


class BloodPressure(Frozen):
    """The two pressures in mmHg; either may be missing."""

    systolic: Measure | None = None
    diastolic: Measure | None = None

    @classmethod
    def of(cls, value: JsonValue) -> "BloodPressure":
        """The pressure in a `{systolic, diastolic}` value; both missing for anything else."""
        if not isinstance(value, dict):
            return cls()
        return cls(systolic=Measure.of(value.get("systolic")), diastolic=Measure.of(value.get("diastolic")))

    @property
    def missing(self) -> bool:
        """Whether neither pressure is known."""
        return self.systolic is None and self.diastolic is None

    @property
    def complete(self) -> bool:
        """Whether both pressures are known."""
        return self.systolic is not None and self.diastolic is not None

    def reaches(self, systolic: float, diastolic: float) -> bool:
        """Whether one of the two is certainly at or above its threshold."""
        return any(
            measure is not None and measure.reaches(threshold)
            for measure, threshold in ((self.systolic, systolic), (self.diastolic, diastolic))
        )

    def stays_below(self, systolic: float, diastolic: float) -> bool:
        """Whether both are known and certainly below their thresholds."""
        return (
            self.systolic is not None
            and self.systolic.stays_below(systolic)
            and self.diastolic is not None
            and self.diastolic.stays_below(diastolic)
        )

    def __str__(self) -> str:
        return f"{self.systolic or '未知'}/{self.diastolic or '未知'} mmHg"
