"""A filled form as the chart has it: every item with its value and where that came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from assistant.care.chart.answers import ABSENT_REASONS
from assistant.care.chart.datatypes import DATA_ABSENT_EXTENSION
from assistant.care.chart.reading import origin, recorded
from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.console.ports import Resource
from assistant.console.queries.tasks import instant, reference_id

SIGNED = ("completed", "amended")
"""Status of a response that a doctor has signed."""

_STATUS_OF_REASON = {reason: status.value for status, reason in ABSENT_REASONS.items()}


@dataclass(frozen=True)
class FilledItem:
    """One item. `status` is a slot status, `amended` for a doctor's value, or `derived` for the outcome's.

    `by` (a Practitioner id) and `at` say who amended it when.
    """

    value: JsonValue
    status: str
    turn: int | None = None
    speaker: str | None = None
    confidence: float | None = None
    approximate: bool = False
    said: str | None = None
    by: str | None = None
    at: datetime | None = None

    @property
    def amended(self) -> bool:
        """Whether a doctor put it there."""
        return self.by is not None


def filled(form: Form, response: Resource) -> dict[str, FilledItem]:
    """Every item of the form, by slot."""
    values = recorded(response, form)
    given = {item["linkId"]: item for item in response.get("item", ())}
    return {item.slot: _filled(item, given.get(item.slot, {}), values.get(item.slot)) for item in form.items}


def _filled(item: FormItem, given: Resource, value: JsonValue) -> FilledItem:
    noted: Mapping[str, Any] = origin(given) if given else {}
    return FilledItem(
        value=value,
        status=_status(item, given, noted, value),
        turn=noted.get("turn"),
        speaker=noted.get("speaker"),
        confidence=noted.get("confidence"),
        approximate=bool(noted.get("approximate")),
        said=noted.get("said"),
        by=reference_id(noted.get("by")),
        at=instant(noted.get("at")),
    )


def _status(item: FormItem, given: Resource, noted: Mapping[str, Any], value: JsonValue) -> str:
    if value is not None:
        return str(noted.get("status", "derived" if item.derived or item.fixed else "stated"))
    for extension in given.get("extension", ()):
        if extension.get("url") == DATA_ABSENT_EXTENSION:
            return _STATUS_OF_REASON.get(extension.get("valueCode"), "unknown")
    return "not_asked" if item.derived else item.unasked_status
