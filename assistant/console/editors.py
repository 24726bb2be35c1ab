"""The editor of a form item, by kind: which inputs it has, and how what was entered becomes a value."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import JsonValue

from assistant.care.form_item import FormItem
from assistant.console.value_words import DURATION_UNITS, GLUCOSE_KINDS, PERIODS, number, unit_of
from assistant.console.views import Input
from assistant.dialogue.meaning import ValueKind

Entered = Mapping[str, Sequence[str]]
"""What the page sent, by input name; several values for check boxes."""


class EntryRefused(ValueError):
    """What was entered is not a value of this item; the message says, in Chinese, what to do about it."""


def editor(item: FormItem, value: JsonValue) -> tuple[Input, ...]:
    """The inputs for this item, filled with `value`. None for what can only be established in a call."""
    build = _EDITORS.get(item.kind)
    return build(item, value if isinstance(value, dict) else {}, value) if build else ()


def entered(item: FormItem, form: Entered, before: JsonValue) -> JsonValue:
    """The value that was entered; `before` is the one it replaces, of which unseen parts are kept.

    Raises EntryRefused for a missing, malformed or implausible entry.
    """
    read = _READERS.get(item.kind)
    if read is None:
        raise EntryRefused(f"“{item.label}”不能修改")
    value = read(item, form, before if isinstance(before, dict) else {})
    for field in item.implausible(value):
        limits = item.ranges[field]
        label = _field_label(item, field)
        raise EntryRefused(f"{label}应在 {number(limits.min)} 到 {number(limits.max)} 之间")
    return value


def refill(inputs: tuple[Input, ...], form: Entered) -> tuple[Input, ...]:
    """The same inputs holding what was entered, to be corrected."""
    return tuple(
        replace(one, values=tuple(form.get(one.name, ())), value=_one(form, one.name)) for one in inputs
    )


def _one(form: Entered, name: str) -> str:
    given = form.get(name, ())
    return given[0].strip() if given else ""


def _field_label(item: FormItem, field: str) -> str:
    if item.observation and field in item.observation.components:
        return item.observation.components[field].label
    if item.joins and field == item.joins.field:
        return item.joins.label
    return item.label


def _number_input(item: FormItem, field: str, value: Any, unit: str) -> Input:
    limits = item.ranges.get(field)
    exact = isinstance(value, (int, float))
    return Input(
        name=field,
        label=_field_label(item, field),
        kind="number",
        value=number(value) if exact else "",
        unit=unit,
        low=limits.min if limits else None,
        high=limits.max if limits else None,
    )


def _numbers(item: FormItem, value: dict[str, Any], _: JsonValue) -> tuple[Input, ...]:
    inputs = []
    for field in item.number_fields:
        joined = item.joins is not None and field == item.joins.field
        unit = item.joins.unit.display if item.joins and joined else unit_of(item, value)
        inputs.append(_number_input(item, field, value.get(field), unit))
    if item.kind is ValueKind.GLUCOSE:
        inputs.append(_select("kind", "测量时间", value.get("kind"), GLUCOSE_KINDS))
    if item.kind is ValueKind.DURATION:
        inputs.append(_select("unit", "单位", value.get("unit"), DURATION_UNITS))
    if item.kind is ValueKind.FREQUENCY:
        inputs.insert(0, _select("per", "每天／每周", value.get("per") or "week", PERIODS))
    return tuple(inputs)


def _select(name: str, label: str, value: Any, choices: Mapping[str, str]) -> Input:
    pairs = tuple(choices.items())
    return Input(name=name, label=label, kind="select", value=str(value or ""), choices=pairs)


def _options(item: FormItem, _: dict[str, Any], value: JsonValue) -> tuple[Input, ...]:
    chosen = next((option.code for option in item.options if option.value == value), "")
    choices = {option.code: option.text for option in item.options}
    return (_select("value", item.label, chosen, choices),)


def _symptoms(item: FormItem, value: dict[str, Any], _: JsonValue) -> tuple[Input, ...]:
    present = [str(term) for term in value.get("present") or ()]
    offered = _offered_symptoms(item)
    others = [term for term in present if term not in offered]
    none = next((option.text for option in item.options if option.none), "无症状")
    ticked = tuple(term for term in present if term in offered) or (("none",) if value.get("none") else ())
    choices = (("none", none), *((term, term) for term in offered))
    return (
        Input(name="present", label="现有症状", kind="checks", values=ticked, choices=choices),
        Input(name="other", label="其他症状（用顿号分开）", kind="text", value="、".join(others)),
    )


def _offered_symptoms(item: FormItem) -> tuple[str, ...]:
    terms = [o.terms or (str(o.value),) for o in item.options if not o.none and not o.other]
    return tuple(dict.fromkeys(term for group in terms for term in group))


def _date(item: FormItem, _: dict[str, Any], value: JsonValue) -> tuple[Input, ...]:
    day = value if isinstance(value, str) else ""
    return (Input(name="value", label=item.label, kind="date", value=day),)


def _time(item: FormItem, value: dict[str, Any], _: JsonValue) -> tuple[Input, ...]:
    label = f"{item.label}（如 09:30）"
    return (Input(name="value", label=label, kind="text", value=str(value.get("time") or "")),)


def _text(item: FormItem, _: dict[str, Any], value: JsonValue) -> tuple[Input, ...]:
    words = "、".join(map(str, value)) if isinstance(value, list) else value
    text = words if isinstance(words, str) else ""
    return (Input(name="value", label=item.label, kind="textarea", value=text),)


def _read_number(item: FormItem, field: str, text: str) -> int | float:
    try:
        value = float(text)
    except ValueError:
        raise EntryRefused(f"{_field_label(item, field)}请填数字") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise EntryRefused(f"{_field_label(item, field)}请填数字")
    return int(value) if value.is_integer() else value


def _read_numbers(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    read: dict[str, JsonValue] = {}
    for field in item.number_fields:
        text = _one(form, field)
        optional = item.joins is not None and field == item.joins.field
        if text:
            read[field] = _read_number(item, field, text)
        elif not optional:
            raise EntryRefused(f"请填写{_field_label(item, field)}")
    if item.kind is ValueKind.BLOOD_PRESSURE and read["systolic"] <= read["diastolic"]:  # type: ignore[operator]
        raise EntryRefused("收缩压应高于舒张压")
    if item.kind is ValueKind.GLUCOSE:
        read["kind"] = _read_select(form, "kind", GLUCOSE_KINDS)
    if item.kind is ValueKind.FREQUENCY:
        read["per"] = _read_select(form, "per", PERIODS) or "week"
    if item.kind is ValueKind.DURATION:
        read["unit"] = _read_select(form, "unit", DURATION_UNITS)
        if read["unit"] is None:
            raise EntryRefused("请选择单位")
    if item.kind in (ValueKind.QUANTITY, ValueKind.QUANTITY_PER_DAY):
        read["unit"] = before.get("unit") or (item.unit.display.partition("/")[0] if item.unit else None)
    return read


def _read_select(form: Entered, name: str, choices: Mapping[str, str]) -> str | None:
    chosen = _one(form, name)
    if chosen and chosen not in choices:
        raise EntryRefused("请从列表中选择")
    return chosen or None


def _read_option(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    code = _one(form, "value")
    for option in item.options:
        if option.code == code:
            return option.value
    raise EntryRefused(f"请选择{item.label}")


def _read_symptoms(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    ticked = [term for term in form.get("present", ()) if term]
    others = [term for term in re.split(r"[、，,；;\s]+", _one(form, "other")) if term]
    if "none" in ticked:
        if len(ticked) > 1 or others:
            raise EntryRefused("选了“无症状”，不能再选其他症状")
        return {"present": [], "absent": before.get("absent") or [], "unsure": [], "none": True}
    unknown = set(ticked) - set(_offered_symptoms(item))
    if unknown:
        raise EntryRefused("请从列表中选择症状")
    present = list(dict.fromkeys([*ticked, *others]))
    if not present:
        raise EntryRefused("请选择症状；没有症状请选“无症状”")
    kept = {part: [t for t in before.get(part) or [] if t not in present] for part in ("absent", "unsure")}
    return {"present": present, **kept}


def _read_date(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    try:
        return date.fromisoformat(_one(form, "value")).isoformat()
    except ValueError:
        raise EntryRefused(f"请填写{item.label}，如 2026-03-05") from None


def _read_time(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", _one(form, "value"))
    if found is None:
        raise EntryRefused(f"请填写{item.label}，如 09:30")
    return {"time": f"{int(found[1]):02d}:{found[2]}"}


def _read_text(item: FormItem, form: Entered, before: dict[str, Any]) -> JsonValue:
    text = _one(form, "value")
    if not text:
        raise EntryRefused(f"请填写{item.label}")
    if len(text) > 1000:
        raise EntryRefused("最多 1000 字")
    return text


_NUMERIC = (
    ValueKind.BLOOD_PRESSURE,
    ValueKind.GLUCOSE,
    ValueKind.HEART_RATE,
    ValueKind.WEIGHT,
    ValueKind.QUANTITY_PER_DAY,
    ValueKind.QUANTITY,
    ValueKind.DURATION,
    ValueKind.FREQUENCY,
)
_CHOSEN = (ValueKind.CHOICE, ValueKind.MEDICATION_ADHERENCE, ValueKind.YES_NO)

_EDITORS: dict[ValueKind, Callable[[FormItem, dict[str, Any], JsonValue], tuple[Input, ...]]] = {
    **dict.fromkeys(_NUMERIC, _numbers),
    **dict.fromkeys(_CHOSEN, _options),
    ValueKind.SYMPTOMS: _symptoms,
    ValueKind.DATE: _date,
    ValueKind.TIME: _time,
    ValueKind.FREE_TEXT: _text,
}
_READERS: dict[ValueKind, Callable[[FormItem, Entered, dict[str, Any]], JsonValue]] = {
    **dict.fromkeys(_NUMERIC, _read_numbers),
    **dict.fromkeys(_CHOSEN, _read_option),
    ValueKind.SYMPTOMS: _read_symptoms,
    ValueKind.DATE: _read_date,
    ValueKind.TIME: _read_time,
    ValueKind.FREE_TEXT: _read_text,
}
