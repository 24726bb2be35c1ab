"""Closing advice: which messages fit what was found. They inform; they never diagnose, dose or prescribe."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from assistant.care.assessment.findings import Findings
from assistant.care.assessment.measure import Measure
from assistant.care.assessment.result import Assessment
from assistant.dialogue.slots import SlotValue

MOST = 3
"""A resident keeps no more in mind from one call."""

DANGER_SIGNS = "utter_advice_danger_signs"
"""Every call ends with the signs that need care at once."""

HABITS = {"smoking_per_day": (1.0, "utter_advice_smoking"), "alcohol_per_day": (1.0, "utter_advice_alcohol")}
"""From how many 支 or 两 a day on the habit is spoken of, and by which response."""


def advice(assessment: Assessment, findings: Findings, slots: Mapping[str, SlotValue]) -> tuple[str, ...]:
    """Response keys of at most three messages, most important first; the danger signs are always the last."""
    known = {name: slot.value for name, slot in slots.items() if slot.filled}
    fitting = [*_clinical(assessment, findings), *_habits(known)]
    return (*fitting[: MOST - 1], DANGER_SIGNS)


def _clinical(assessment: Assessment, findings: Findings) -> Iterator[str]:
    rules = set(assessment.rules)
    if "htn.signs" in rules:
        yield "utter_advice_urgent_signs"
    if "htn.pregnancy" in rules:
        yield "utter_advice_pregnancy_bp"
    elif "htn.critical" in rules:
        yield "utter_advice_urgent_bp"
    if findings.side_effects:
        yield "utter_advice_side_effects"
    if findings.adherence in ("间断", "不服药"):
        yield "utter_advice_adherence"
    if "htn.mild_signs" in rules:
        yield "utter_advice_symptoms"
    yield from _pressure(rules)


def _pressure(rules: set[str]) -> Iterator[str]:
    if rules & {"htn.critical", "htn.pregnancy"}:
        return
    if "htn.missing" in rules or "htn.imprecise" in rules:
        yield "utter_advice_measure_bp"
    elif "htn.missed" in rules:
        yield "utter_advice_uncontrolled"
    elif "htn.met" in rules:
        yield "utter_advice_controlled"


def _habits(known: Mapping[str, JsonValue]) -> Iterator[str]:
    if known.get("salt") == "重":
        yield "utter_advice_salt"
    for slot, (limit, key) in HABITS.items():
        amount = _field(known.get(slot), "value")
        if amount is not None and amount.reaches(limit):
            yield key
    times = _field(known.get("exercise"), "times")
    if times is not None and times.stays_below(1):
        yield "utter_advice_exercise"
    if known.get("mood") == "差":
        yield "utter_advice_mood"


def _field(value: JsonValue, field: str) -> Measure | None:
    return Measure.of(value.get(field)) if isinstance(value, dict) else None
