"""FHIR's small parts: codings, quantities, references, moments, and the mark of what a machine wrote."""

from datetime import datetime
from typing import Any

from assistant.care.chart.naming import Resource, extension
from assistant.care.form_item import Unit

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
DATA_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
DATA_ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

AI_ASSERTED: Resource = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}
"""Security label of what a machine wrote. The labelling rules want it in the metadata, kept on export."""


def coding(system: str, code: str, display: str | None = None) -> Resource:
    """A Coding."""
    return {"system": system, "code": code, **({"display": display} if display else {})}


def concept(system: str, code: str, display: str | None = None, text: str | None = None) -> Resource:
    """A CodeableConcept of one coding; `text` is how people read it."""
    return {"coding": [coding(system, code, display)], **({"text": text} if text else {})}


def reference(target: str, display: str | None = None) -> Resource:
    """A Reference to `Type/id` or a fullUrl."""
    return {"reference": target, **({"display": display} if display else {})}


def moment(at: datetime) -> str:
    """A FHIR dateTime or instant, to the second."""
    return at.isoformat(timespec="seconds")


def quantity(number: Any, unit: Unit) -> Resource:
    """A Quantity of a plain number."""
    return {"value": number, "unit": unit.display, "system": UCUM, "code": unit.ucum}


def quantity_or_range(number: Any, unit: Unit) -> Resource:
    """A Quantity; a `{from, to}` range has no value and carries its ends in an extension."""
    if not isinstance(number, dict):
        return quantity(number, unit)
    return {
        "extension": [extension("range", valueRange=range_of(number, unit))],
        "unit": unit.display,
        "system": UCUM,
        "code": unit.ucum,
    }


def range_of(number: dict[str, Any], unit: Unit) -> Resource:
    """A Range; an open end is left out."""
    ends = {"low": number.get("from"), "high": number.get("to")}
    return {name: quantity(end, unit) for name, end in ends.items() if end is not None}


def machine_made(resource: Resource) -> Resource:
    """The resource with the label of what a machine wrote."""
    kind, *rest = resource.items()
    return dict([kind, ("meta", {"security": [AI_ASSERTED]}), *rest])
