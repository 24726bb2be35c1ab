"""Measurements that the resident told, as preliminary Observations; final only once a doctor has signed."""

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from assistant.care.chart.datatypes import (
    DATA_ABSENT_REASON,
    LOINC,
    coding,
    concept,
    machine_made,
    moment,
    quantity,
    range_of,
)
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import Resource, extension
from assistant.care.form_item import FormItem, ObservationCode
from assistant.care.outcome import answers
from assistant.dialogue.slots import SlotValue

VITAL_SIGNS = {
    "coding": [
        coding("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs")
    ],
    "text": "生命体征",
}


def observations(draft: Draft) -> Iterator[tuple[str, Resource]]:
    """Slot and Observation of every measured item that has a value."""
    given = answers(draft.visit)
    for item in draft.form.items:
        slot = given.get(item.slot)
        if item.observation is not None and slot is not None and slot.filled:
            yield item.slot, _observation(draft, item, item.observation, slot)


def _observation(draft: Draft, item: FormItem, code: ObservationCode, slot: SlotValue) -> Resource:
    return machine_made(
        {
            "resourceType": "Observation",
            "identifier": [draft.identifier(item.slot)],
            "status": "preliminary",
            "category": [VITAL_SIGNS],
            "code": concept(LOINC, code.loinc, code.display, item.label),
            "subject": draft.patient,
            "encounter": draft.entry("encounter"),
            "effectiveDateTime": _told_at(draft, slot),
            "issued": moment(draft.visit.last_moment),
            "performer": [draft.source],
            "note": [{"text": _note(slot)}],
            "derivedFrom": [draft.entry("response")],
            **measured(item, code, slot.value),
        }
    )


def measured(item: FormItem, code: ObservationCode, value: JsonValue) -> Resource:
    """The value part of the Observation; a missing part says that it is unknown."""
    fields: dict[str, Any] = value if isinstance(value, dict) else {}
    if not code.components:
        return _value(code, fields.get(item.number_fields[0]))
    return {
        "component": [
            {
                "code": concept(LOINC, component.loinc, component.display, component.label),
                **_value(code, fields.get(field)),
            }
            for field, component in code.components.items()
        ]
    }


def _value(code: ObservationCode, number: Any) -> Resource:
    """A vital sign has one exact value or none: a rough one is no value, and its range an extension."""
    if number is None:
        return {"dataAbsentReason": concept(DATA_ABSENT_REASON, "unknown", "Unknown")}
    if isinstance(number, dict):
        return {
            "extension": [extension("range", valueRange=range_of(number, code.unit))],
            "dataAbsentReason": concept(DATA_ABSENT_REASON, "as-text", "As Text"),
        }
    return {"valueQuantity": quantity(number, code.unit)}


def _told_at(draft: Draft, slot: SlotValue) -> str:
    """When it was told: the day of the measurement itself is not asked."""
    told = (line.at for line in draft.visit.transcript if line.role == "resident" and line.turn == slot.turn)
    return moment(next(told, draft.visit.started))


def _note(slot: SlotValue) -> str:
    parts = ["居民自述的最近一次数值，未经医务人员测量"]
    if slot.approx:
        parts.append("约数")
    if slot.said:
        parts.append(f"原话：{slot.said}")
    return "；".join(parts) + "。"
