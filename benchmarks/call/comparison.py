"""What was filed, against what the persona knows to be true."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

NUMERIC = ("blood_pressure", "heart_rate", "weight", "smoking_per_day", "alcohol_per_day", "exercise")
FIELDS = (*NUMERIC, "symptoms", "salt", "mood", "medication_adherence", "side_effects")
"""Fields with one true answer. Identity, consent and the next date are talked through, and a free text is not
compared."""
FILED = ("stated", "confirmed")


class Verdict(Enum):
    """How one field of one call came out."""

    RIGHT = "right"
    WRONG = "wrong"
    """Filed, and not true."""
    OPEN = "open"
    """Not filed: refused, unknown, or the call ended before."""
    SKIPPED = "skipped"
    """Not asked, because the chart knows it or it does not apply."""


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field: its name, the verdict, and both values for the report."""

    field: str
    verdict: Verdict
    true: Any
    filed: Any
    status: str


def compare(facts: dict[str, Any], omit: list[str], slots: dict[str, Any]) -> list[FieldResult]:
    """Every field that the persona has a fact for; `slots` as `GET /api/conversations/{id}` shows them.

    A field in `omit` must stay open: to file anything for it is wrong.
    """
    results = []
    for field in FIELDS:
        if field not in facts:
            continue
        slot = slots.get(field) or {"value": None, "status": "not_asked"}
        filed = slot["value"] if slot["status"] in FILED else None
        results.append(
            FieldResult(
                field, _verdict(field, facts[field], field in omit, slot), facts[field], filed, slot["status"]
            )
        )
    return results


def _verdict(field: str, true: Any, omitted: bool, slot: dict[str, Any]) -> Verdict:
    if slot["status"] == "not_asked":
        return Verdict.SKIPPED
    if slot["status"] not in FILED:
        return Verdict.OPEN
    if omitted:
        return Verdict.WRONG
    return Verdict.RIGHT if same(field, true, slot["value"]) else Verdict.WRONG


def same(field: str, true: Any, filed: Any) -> bool:
    """Whether two values of a field mean the same to a doctor."""
    if field == "symptoms":
        return _present(true) == _present(filed)
    if field == "weight":
        return isinstance(filed, dict) and abs(float(filed["kg"]) - float(true["kg"])) < 0.05
    if field == "exercise" and isinstance(filed, dict):
        return _weekly(true) == _weekly(filed)
    if isinstance(true, dict) and isinstance(filed, dict):
        return all(_equal(filed.get(key), value) for key, value in true.items() if key != "unit")
    return bool(_equal(filed, true))


def _equal(filed: Any, true: Any) -> bool:
    if isinstance(true, int | float) and isinstance(filed, int | float) and not isinstance(true, bool):
        return abs(filed - true) < 1e-6
    return bool(filed == true)


def _weekly(frequency: dict[str, Any]) -> Any:
    """How many times a week."""
    return frequency["times"] * 7 if frequency["per"] == "day" else frequency["times"]


def _present(symptoms: Any) -> set[str]:
    return set(symptoms.get("present") or []) if isinstance(symptoms, dict) else {str(symptoms)}
