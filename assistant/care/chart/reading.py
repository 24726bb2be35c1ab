"""Reading a QuestionnaireResponse back into slot values: the inverse of `answers`."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from assistant.care.chart.answers import PERIOD_UNITS
from assistant.care.chart.naming import PROJECT, Resource
from assistant.care.form import Form
from assistant.care.form_item import FormItem
from assistant.dialogue.meaning import ValueKind

_RANGE = f"{PROJECT}:extension:range"
_UNTIL = f"{PROJECT}:extension:until"
_ORIGIN = f"{PROJECT}:extension:origin"


def recorded(response: Resource, form: Form) -> dict[str, JsonValue]:
    """The value of every item that has one, by slot, in the shapes of the value conventions."""
    items = {item["linkId"]: item for item in response.get("item", ())}
    found: dict[str, JsonValue] = {}
    for item in form.items:
        if item.slot in items:
            value = _value(form, item, items)
            if value is not None:
                found[item.slot] = value
    return found


def origin(item: Resource) -> dict[str, Any]:
    """Where an item's answer came from: status, turn, speaker, confidence, said, … as far as noted."""
    for extension in item.get("extension", ()):
        if extension["url"] == _ORIGIN:
            return {
                part["url"].rsplit(":", 1)[-1]: next(value for name, value in part.items() if name != "url")
                for part in extension["extension"]
            }
    return {}


def _value(form: Form, item: FormItem, items: Mapping[str, Resource]) -> JsonValue:
    main = items[item.slot]
    if item.kind is ValueKind.SYMPTOMS:
        return _symptoms(form, item, items)
    if len(item.number_fields) > 1:
        return _parts(item, main)
    given = main.get("answer")
    if not given:
        return None
    if item.options:
        return _option(item, given[0])
    if item.number_fields:
        return _measure(item, given[0]["valueQuantity"])
    if item.kind is ValueKind.IDENTITY:
        return {"is_patient": given[0]["valueBoolean"]}
    if item.kind is ValueKind.DATE:
        return _date(given[0])
    plain = [next(value for name, value in answer.items() if name.startswith("value")) for answer in given]
    return plain[0] if len(plain) == 1 else plain


def _symptoms(form: Form, item: FormItem, items: Mapping[str, Resource]) -> JsonValue:
    given = items[item.slot].get("answer", ())
    value: dict[str, JsonValue] = {
        "present": [term for answer in given for inner in answer.get("item", ()) for term in _strings(inner)]
    }
    for name in ("absent", "unsure"):
        value[name] = list(_strings(items.get(f"{item.slot}.{name}", {})))
    none = {option.code for option in item.options if option.none}
    if any(answer["valueCoding"]["code"] in none for answer in given):
        value["none"] = True
    return value if any(value.values()) else None


def _strings(item: Resource) -> list[str]:
    return [answer["valueString"] for answer in item.get("answer", ())]


def _option(item: FormItem, answer: Resource) -> JsonValue:
    code = answer["valueCoding"]["code"]
    return next((option.value for option in item.options if option.code == code), None)


def _parts(item: FormItem, main: Resource) -> JsonValue:
    value: dict[str, JsonValue] = {}
    quantities = {
        part["linkId"]: part["answer"][0]["valueQuantity"]
        for part in main.get("item", ())
        if "answer" in part
    }
    if not quantities:
        return None
    for field in item.number_fields:
        quantity = quantities.get(f"{item.slot}.{field}")
        if quantity is not None:
            value[field] = _number(quantity)
        elif item.joins is None or field != item.joins.field:
            value[field] = None
    if item.kind is ValueKind.FREQUENCY:
        value["per"] = _period(quantities.get(f"{item.slot}.times"))
    return value


def _measure(item: FormItem, quantity: Resource) -> JsonValue:
    field = item.number_fields[0]
    if item.kind is ValueKind.FREQUENCY:
        return {field: _number(quantity), "per": _period(quantity)}
    if field == "value":
        return {field: _number(quantity), "unit": quantity["unit"].partition("/")[0]}
    return {field: _number(quantity)}


def _period(quantity: Resource | None) -> str | None:
    code = (quantity or {}).get("code")
    return next((period for period, unit in PERIOD_UNITS.items() if unit.ucum == code), None)


def _number(quantity: Resource) -> JsonValue:
    for extension in quantity.get("extension", ()):
        if extension["url"] == _RANGE:
            ends = extension["valueRange"]
            return {
                name: ends[end]["value"] if end in ends else None
                for name, end in (("from", "low"), ("to", "high"))
            }
    number: JsonValue = quantity["value"]
    return number


def _date(answer: Resource) -> JsonValue:
    day: str = answer["valueDate"]
    for extension in answer.get("extension", ()):
        if extension["url"] == _UNTIL:
            return {"from": day, "to": extension["valueDate"]}
    return day
