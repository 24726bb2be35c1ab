"""What a measurement must look like: the vital-signs profile of FHIR R4, and UCUM units.

Source: hl7.org/fhir/R4/observation-vitalsigns.html and its panels (bp, heartrate, bodyweight …).
"""

from collections.abc import Iterator
from typing import Any

from assistant.records.errors import Issue

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

BLOOD_PRESSURE = "85354-9"
SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"

_VITAL_UNITS: dict[str, frozenset[str]] = {
    SYSTOLIC: frozenset({"mm[Hg]"}),
    DIASTOLIC: frozenset({"mm[Hg]"}),
    "8867-4": frozenset({"/min"}),  # heart rate
    "9279-1": frozenset({"/min"}),  # respiratory rate
    "29463-7": frozenset({"kg", "g", "[lb_av]"}),  # body weight
    "8302-2": frozenset({"cm", "[in_i]"}),  # body height
    "39156-5": frozenset({"kg/m2"}),  # body mass index
    "2708-6": frozenset({"%"}),  # oxygen saturation
    "59408-5": frozenset({"%"}),  # oxygen saturation by pulse oximetry
    "8310-5": frozenset({"Cel", "[degF]"}),  # body temperature
}
_LABORATORY_UNITS: dict[str, frozenset[str]] = {
    "14743-9": frozenset({"mmol/L"}),  # glucose, capillary
    "14771-0": frozenset({"mmol/L"}),  # glucose, fasting
    "15074-8": frozenset({"mmol/L"}),  # glucose, blood
    "1558-6": frozenset({"mg/dL"}),  # glucose, fasting, by mass
    "4548-4": frozenset({"%"}),  # HbA1c
}
UNITS = _VITAL_UNITS | _LABORATORY_UNITS
"""LOINC code to the UCUM codes that its value may have."""


def check(observation: dict[str, Any]) -> Iterator[Issue]:
    """What is wrong with an Observation of valid structure, as far as these rules know its code."""
    codes = _loinc(observation)
    vital = bool(codes & (_VITAL_UNITS.keys() | {BLOOD_PRESSURE}))
    if vital and not _in_category(observation):
        yield Issue("business-rule", "a vital sign needs the category vital-signs", "Observation.category")
    if vital or _in_category(observation):
        yield from _required(observation)
    if BLOOD_PRESSURE in codes:
        yield from _panel(observation)
    yield from _units(observation, "Observation")
    for position, component in enumerate(observation.get("component", ())):
        yield from _units(component, f"Observation.component[{position}]")


def _required(observation: dict[str, Any]) -> Iterator[Issue]:
    if "subject" not in observation:
        yield Issue("required", "a vital sign needs its patient", "Observation.subject")
    if not {"effectiveDateTime", "effectivePeriod"} & observation.keys():
        yield Issue("required", "a vital sign needs the time it was taken", "Observation.effective")
    told = {"valueQuantity", "dataAbsentReason", "component", "hasMember"}
    if not told & observation.keys() and not any(key.startswith("value") for key in observation):
        yield Issue("required", "a vital sign needs a value or a dataAbsentReason", "Observation.value")


def _panel(observation: dict[str, Any]) -> Iterator[Issue]:
    if any(key.startswith("value") for key in observation):
        yield Issue("business-rule", "a blood pressure has its values in components", "Observation.value")
    components = observation.get("component", [])
    for code, name in ((SYSTOLIC, "systolic"), (DIASTOLIC, "diastolic")):
        found = [position for position, component in enumerate(components) if code in _loinc(component)]
        if len(found) != 1:
            text = f"a blood pressure needs exactly one {name} component ({code}); a missing half is written "
            yield Issue("business-rule", text + "with a dataAbsentReason", "Observation.component")
        elif not {"valueQuantity", "dataAbsentReason"} & components[found[0]].keys():
            text = f"the {name} component needs a valueQuantity or a dataAbsentReason"
            yield Issue("business-rule", text, f"Observation.component[{found[0]}]")


def _units(element: dict[str, Any], path: str) -> Iterator[Issue]:
    quantity = element.get("valueQuantity")
    allowed = [UNITS[code] for code in sorted(_loinc(element)) if code in UNITS]
    if quantity is None or not allowed:
        return
    units = frozenset.intersection(*allowed)
    if quantity.get("system") != UCUM or quantity.get("code") not in units:
        text = f"the unit must be the UCUM code {' or '.join(sorted(units))} with system {UCUM}"
        yield Issue("business-rule", text, f"{path}.valueQuantity")
    elif "value" not in quantity:
        yield Issue("required", "a measured quantity needs its value", f"{path}.valueQuantity")


def _loinc(element: dict[str, Any]) -> set[str]:
    coded = element.get("code", {}).get("coding", ())
    return {coding["code"] for coding in coded if coding.get("system") == LOINC and "code" in coding}


def _in_category(observation: dict[str, Any]) -> bool:
    return any(
        coding.get("code") == "vital-signs" and coding.get("system") == CATEGORY
        for category in observation.get("category", ())
        for coding in category.get("coding", ())
    )
