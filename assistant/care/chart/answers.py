"""The answers of a QuestionnaireResponse: slot values as coded items, each with where it came from."""

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from assistant.care.chart.datatypes import DATA_ABSENT_EXTENSION, coding, quantity_or_range
from assistant.care.chart.naming import Resource, extension
from assistant.care.form import Form
from assistant.care.form_item import FormItem, FormOption, Unit
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import SlotStatus, SlotValue

ABSENT_REASONS = {
    SlotStatus.UNKNOWN: "asked-unknown",
    SlotStatus.REFUSED: "asked-declined",
    SlotStatus.NOT_ASKED: "not-asked",
    SlotStatus.NOT_BY_PHONE: "not-performed",
}
"""Why there is no answer, in the codes of FHIR's data-absent-reason."""

PERIOD_UNITS = {
    "day": Unit(display="次/日", ucum="{times}/d"),
    "week": Unit(display="次/周", ucum="{times}/wk"),
}
"""How often, by the `per` of a frequency."""
NUMBER = Unit(display="1", ucum="1")
"""The unit of a plain number."""


def response_items(form: Form, item: FormItem, slot: SlotValue) -> list[Resource]:
    """The response's items for one form item; the first has the slot as its linkId.

    Symptoms that were denied or left in doubt follow in items of their own, because the paper form codes
    only those present.
    """
    main: Resource = {"linkId": item.slot, "text": item.label, "extension": [_origin(slot)]}
    if not slot.filled:
        main["extension"].append({"url": DATA_ABSENT_EXTENSION, "valueCode": ABSENT_REASONS[slot.status]})
        return [main]
    if _is_group(item):
        main["item"] = list(_parts(item, slot.value))
    else:
        given = list(_answers(form, item, slot))
        if given:
            main["answer"] = given
    more = _other_symptoms(item, slot.value) if item.kind is ValueKind.SYMPTOMS else ()
    return [main, *more]


def coded_answer(form: Form, item: FormItem, code: str) -> Resource:
    """The answer that is the item's option of that code. KeyError when it has none."""
    options = {option.code: option for option in item.options}
    return {"valueCoding": coding(form.code_system(item), code, options[code].text)}


def _is_group(item: FormItem) -> bool:
    return len(item.number_fields) > 1


def _origin(slot: SlotValue) -> Resource:
    """Status, turn, speaker, confidence and the words said."""
    parts = [extension("status", valueCode=slot.status.value)]
    if slot.turn is not None:
        parts.append(extension("turn", valueInteger=slot.turn))
    if slot.speaker is not None:
        parts.append(extension("speaker", valueCode=slot.speaker.value))
    if slot.confidence is not None:
        parts.append(extension("confidence", valueDecimal=round(slot.confidence, 3)))
    if slot.approx:
        parts.append(extension("approximate", valueBoolean=True))
    if slot.said:
        parts.append(extension("said", valueString=slot.said))
    return extension("origin", extension=parts)


def _answers(form: Form, item: FormItem, slot: SlotValue) -> Iterator[Resource]:
    value = slot.value
    if item.kind is ValueKind.SYMPTOMS:
        yield from _symptom_answers(form, item, value)
    elif item.options:
        yield from _choice(form, item, slot)
    elif item.kind is ValueKind.IDENTITY:
        yield {"valueBoolean": isinstance(value, dict) and value.get("is_patient") is True}
    elif item.kind is ValueKind.YES_NO:
        yield {"valueBoolean": value is True}
    elif item.kind is ValueKind.DATE:
        yield from _date(value)
    elif item.number_fields and isinstance(value, dict):
        yield {"valueQuantity": quantity_or_range(value.get(item.number_fields[0]), _unit(item, value))}
    else:
        yield from ({"valueString": text} for text in _texts(value))


def _choice(form: Form, item: FormItem, slot: SlotValue) -> Iterator[Resource]:
    chosen = next((option for option in item.options if option.value == slot.value), None)
    if chosen is None:
        return
    answer = coded_answer(form, item, chosen.code)
    if item.keep_words and slot.said and chosen.value is not False:
        text = {
            "linkId": f"{item.slot}.text",
            "text": f"{item.label}说明",
            "answer": [{"valueString": slot.said}],
        }
        answer["item"] = [text]
    yield answer


def _symptom_answers(form: Form, item: FormItem, value: JsonValue) -> Iterator[Resource]:
    """One coded answer for each option that applies, with the exact terms inside it."""
    present = _list(value, "present")
    if not present:
        none = next((option for option in item.options if option.none), None)
        if none and _denies_all(item, value):
            yield coded_answer(form, item, none.code)
        return
    left = list(present)
    for option in item.options:
        terms = left if option.other else [term for term in left if _covers(option, term)]
        if terms:
            left = [term for term in left if term not in terms]
            detail = {
                "linkId": f"{item.slot}.terms",
                "text": "具体症状",
                "answer": [{"valueString": term} for term in terms],
            }
            yield {**coded_answer(form, item, option.code), "item": [detail]}


def _denies_all(item: FormItem, value: JsonValue) -> bool:
    """Whether every symptom of the form was denied, in so many words or one by one."""
    if isinstance(value, dict) and value.get("none") is True:
        return True
    absent = _list(value, "absent")
    named = [option for option in item.options if not option.none and not option.other]
    return not _list(value, "unsure") and all(
        any(_covers(option, term) for term in absent) for option in named
    )


def _covers(option: FormOption, term: str) -> bool:
    return not option.none and (term == option.value or term in option.terms)


def _other_symptoms(item: FormItem, value: JsonValue) -> Iterator[Resource]:
    for name, label in (("absent", "明确否认的症状"), ("unsure", "不确定的症状")):
        terms = _list(value, name)
        if terms:
            yield {
                "linkId": f"{item.slot}.{name}",
                "text": label,
                "answer": [{"valueString": term} for term in terms],
            }


def _parts(item: FormItem, value: JsonValue) -> Iterator[Resource]:
    """The numbers of a value that has several, each in an item of its own."""
    labels = part_labels(item)
    for field in item.number_fields:
        part: Resource = {"linkId": f"{item.slot}.{field}", "text": labels[field]}
        number = value.get(field) if isinstance(value, dict) else None
        if number is None:
            part["extension"] = [{"url": DATA_ABSENT_EXTENSION, "valueCode": "unknown"}]
        else:
            unit = item.joins.unit if item.joins and field == item.joins.field else _unit(item, value)
            part["answer"] = [{"valueQuantity": quantity_or_range(number, unit)}]
        yield part


def part_labels(item: FormItem) -> dict[str, str]:
    """How each number of a value with several reads on the form."""
    labels = dict.fromkeys(item.number_fields, item.label)
    if item.observation:
        labels |= {field: component.label for field, component in item.observation.components.items()}
    if item.joins:
        labels[item.joins.field] = item.joins.label
    return labels


def _unit(item: FormItem, value: JsonValue) -> Unit:
    period = value.get("per") if isinstance(value, dict) else None
    if item.kind is ValueKind.FREQUENCY and isinstance(period, str) and period in PERIOD_UNITS:
        return PERIOD_UNITS[period]
    return item.unit or NUMBER


def _date(value: JsonValue) -> Iterator[Resource]:
    """A date; the end of a range of days stands in an extension."""
    if isinstance(value, str):
        yield {"valueDate": value[:10]}
    elif isinstance(value, dict):
        first, last = value.get("from"), value.get("to")
        day = first if isinstance(first, str) else last
        if isinstance(day, str):
            answer: dict[str, Any] = {"valueDate": day[:10]}
            if isinstance(last, str) and last != day:
                answer["extension"] = [extension("until", valueDate=last[:10])]
            yield answer


def _texts(value: JsonValue) -> list[str]:
    given = value if isinstance(value, list) else [value]
    return [text for part in given if part is not None and (text := str(part).strip())]


def _list(value: JsonValue, name: str) -> list[str]:
    given = value.get(name) if isinstance(value, dict) else None
    return [term for term in given if isinstance(term, str)] if isinstance(given, list) else []
