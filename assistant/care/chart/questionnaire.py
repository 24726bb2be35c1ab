"""A form as a FHIR Questionnaire: items in order, with codes, units, and skip logic where it is simple."""

import re
from collections.abc import Iterator

from assistant.care.chart.answers import NUMBER, part_labels
from assistant.care.chart.datatypes import LOINC, UCUM, coding
from assistant.care.chart.naming import FORMS, Resource
from assistant.care.form import Form
from assistant.care.form_item import FormItem, Unit
from assistant.dialogue.meaning import ValueKind

UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"

_COMPARISON = re.compile(
    r"\s*slots\.(?P<slot>\w+)\s*(?P<operator>==|!=)\s*(?P<quote>['\"])(?P<value>[^'\"]*)(?P=quote)\s*"
)
_OPERATORS = {"==": "=", "!=": "!="}
_TYPES = {
    ValueKind.YES_NO: "boolean",
    ValueKind.IDENTITY: "boolean",
    ValueKind.DATE: "date",
    ValueKind.FREE_TEXT: "text",
}


def questionnaire(form: Form) -> Resource:
    """The Questionnaire that the responses of this form name by `url|version`."""
    source = form.source
    return {
        "resourceType": "Questionnaire",
        "identifier": [{"system": FORMS, "value": f"{form.form}/{form.version}"}],
        "url": form.url,
        "version": form.version,
        "name": form.form,
        "title": form.title,
        "status": "active",
        "subjectType": ["Patient"],
        **({"copyright": f"《{source.document}》{source.section or ''}"} if source.verified else {}),
        "item": [resource for item in form.items for resource in _items(form, item)],
    }


def _items(form: Form, item: FormItem) -> Iterator[Resource]:
    measured = item.observation
    yield {
        "linkId": item.slot,
        **({"code": [coding(LOINC, measured.loinc, measured.display)]} if measured else {}),
        **({"prefix": item.code} if item.code else {}),
        "text": item.text or item.label,
        "type": _type(item),
        **_enable_when(form, item),
        "required": item.required and item.from_resident,
        "repeats": item.kind in (ValueKind.SYMPTOMS, ValueKind.FREE_TEXT),
        **_inside(form, item),
    }
    if item.kind is ValueKind.SYMPTOMS:
        yield _text(f"{item.slot}.absent", "明确否认的症状", repeats=True)
        yield _text(f"{item.slot}.unsure", "不确定的症状", repeats=True)
    if item.targets:
        yield _target(form, item)


def _inside(form: Form, item: FormItem) -> Resource:
    """The item's options, parts or unit, and the free text beside its options."""
    kind = _type(item)
    if kind == "group":
        return {"item": list(_parts(item))}
    if kind == "quantity":
        return {"extension": [_unit(item.unit)]}
    if kind != "choice":
        return {}
    beside = []
    if item.kind is ValueKind.SYMPTOMS:
        beside.append(_text(f"{item.slot}.terms", "具体症状", repeats=True))
    elif item.keep_words:
        beside.append(_text(f"{item.slot}.text", f"{item.label}说明"))
    return {"answerOption": _options(form, item), **({"item": beside} if beside else {})}


def _options(form: Form, item: FormItem) -> list[Resource]:
    system = form.code_system(item)
    return [{"valueCoding": coding(system, option.code, option.text)} for option in item.options]


def _type(item: FormItem) -> str:
    if item.options:
        return "choice"
    if len(item.number_fields) > 1:
        return "group"
    if item.number_fields:
        return "quantity"
    return _TYPES.get(item.kind, "string")


def _parts(item: FormItem) -> Iterator[Resource]:
    labels = part_labels(item)
    for field in item.number_fields:
        unit = item.joins.unit if item.joins and field == item.joins.field else item.unit
        yield {
            "extension": [_unit(unit)],
            "linkId": f"{item.slot}.{field}",
            "text": labels[field],
            "type": "quantity",
        }


def _target(form: Form, item: FormItem) -> Resource:
    """The agreed target beside the present value, for the doctor to fill."""
    target: Resource = {"linkId": f"{item.slot}.target", "text": f"{item.label}（目标）"}
    if item.options:
        return {**target, "type": "choice", "answerOption": _options(form, item)}
    if len(item.number_fields) == 1:
        return {"extension": [_unit(item.unit)], **target, "type": "quantity"}
    return {**target, "type": "string"}


def _text(link_id: str, text: str, repeats: bool = False) -> Resource:
    return {"linkId": link_id, "text": text, "type": "string", **({"repeats": True} if repeats else {})}


def _unit(unit: Unit | None) -> Resource:
    known = unit or NUMBER
    return {"url": UNIT, "valueCoding": coding(UCUM, known.ucum, known.display)}


def _enable_when(form: Form, item: FormItem) -> Resource:
    """The condition, where it compares one coded slot with one value; others only the engine can tell."""
    found = _COMPARISON.fullmatch(item.ask_if or "")
    asked = form.item(found["slot"]) if found else None
    if found is None or asked is None:
        return {}
    option = next((option for option in asked.options if option.value == found["value"]), None)
    if option is None:
        return {}
    return {
        "enableWhen": [
            {
                "question": asked.slot,
                "operator": _OPERATORS[found["operator"]],
                "answerCoding": coding(form.code_system(asked), option.code, option.text),
            }
        ]
    }
