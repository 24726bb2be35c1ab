"""The verdict on what was taken from a case."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding import Lexicon, understand
from benchmarks.values.tables import Case


class Verdict(StrEnum):
    """What became of a case, best first."""

    RIGHT = "right"
    ASKED_AGAIN = "asked again"
    """A value was to be had, and it is asked for once more: a nuisance, no harm."""
    MISSED = "missed"
    """Nothing was taken where something should have been."""
    INEXACT = "inexact"
    """The value is right, but not whether it is approximate, lunar or to be mentioned once only."""
    WRONG_FILED = "wrong filed"
    """A value that is not right would stand in the record."""


def taken(case: Case, lexicon: Lexicon) -> list[Value]:
    """The values of the case's kind in what was said."""
    meaning = understand(case.say, case.context, lexicon)
    return [value for value in meaning.values if value.kind is case.kind]


def verdict(case: Case, values: Sequence[Value]) -> Verdict:
    """Compare what was taken with what was wanted."""
    filed = [value for value in values if not value.needs_confirmation and value.value is not None]
    if any(_normal(case.kind, value.value) not in _acceptable(case) for value in filed):
        return Verdict.WRONG_FILED
    if _exact(case, values, filed):
        return Verdict.RIGHT
    if filed:
        return Verdict.INEXACT
    return Verdict.ASKED_AGAIN if values else Verdict.MISSED


def _acceptable(case: Case) -> list[Any]:
    """Every value that may be filed."""
    return _wanted(case) + [_normal(case.kind, _shaped(case, value)) for value in _alternatives(case)]


def _alternatives(case: Case) -> list[Any]:
    alternatives: list[Any] = case.wanted.get("alternatives", [])
    return alternatives


def _wanted(case: Case) -> list[Any]:
    """The values that should be filed."""
    row = case.wanted
    if case.kind is ValueKind.SYMPTOMS:
        values = [row] if {"present", "absent", "unsure", "none"} & row.keys() else []
    elif "values" in row:
        values = row["values"]
    elif "filed" in row:
        values = [row["filed"]]
    elif "value" in row and not row.get("confirm"):
        values = [row["value"]]
    else:
        values = []
    return [_normal(case.kind, _shaped(case, value)) for value in values]


def _shaped(case: Case, value: Any) -> Any:
    """A row's short form as the parser gives it."""
    if case.kind is ValueKind.BLOOD_PRESSURE:
        return {"systolic": value[0], "diastolic": value[1]}
    return value


def _normal(kind: ValueKind, value: Any) -> Any:
    """In a form that compares: the order of symptoms says nothing."""
    if kind is not ValueKind.SYMPTOMS:
        return value
    lists = {status: sorted(value.get(status, [])) for status in ("present", "absent", "unsure")}
    return {**lists, "none": value.get("none", False)}


def _exact(case: Case, values: Sequence[Value], filed: Sequence[Value]) -> bool:
    row = case.wanted
    if row.get("unfiled") or (not _wanted(case) and row.get("alternatives")):
        return True
    if row.get("nothing") or (case.kind is not ValueKind.SYMPTOMS and row.get("none")):
        return not values
    if row.get("confirm"):
        return len(values) == 1 and values[0].needs_confirmation and _as_proposed(case, values[0])
    if "alternatives" in row:
        return len(values) == len(filed) == 1
    if "filed" in row:
        return len(filed) == 1
    found = [_normal(case.kind, value.value) for value in values]
    wanted = _wanted(case)
    if len(found) != len(wanted) or len(filed) != len(values) or any(want not in found for want in wanted):
        return False
    return "values" in row or (
        values[0].approx == row.get("approx", values[0].approx if case.kind is ValueKind.SYMPTOMS else False)
        and values[0].lunar == row.get("lunar", False)
        and ("words" not in row or case.say[values[0].span[0] : values[0].span[1]] == row["words"])
    )


def _as_proposed(case: Case, value: Value) -> bool:
    """Whether a candidate to be confirmed is the one that the row names, if it names one."""
    return "value" not in case.wanted or value.value == _shaped(case, case.wanted["value"])
