"""Whether a value has the shape that its form item prescribes: what a doctor enters is checked too."""

from collections.abc import Callable, Mapping
from datetime import date

from pydantic import JsonValue

from assistant.care.form_item import NUMBER_FIELDS, FormItem
from assistant.dialogue.meaning import ValueKind


def problem_with(item: FormItem, value: JsonValue) -> str | None:
    """What is wrong with the value, in Chinese for the person who entered it; None when nothing is."""
    if not item.amendable:
        return f"{item.label}不能修改"
    problem = _shape(item, value)
    if problem is not None:
        return f"{item.label}：{problem}"
    outside = item.implausible(value)
    if outside:
        limits = item.ranges[outside[0]]
        return f"{item.label}：数值应在 {limits.min:g} 到 {limits.max:g} 之间"
    return None


def _shape(item: FormItem, value: JsonValue) -> str | None:
    if item.options and item.kind is not ValueKind.SYMPTOMS:
        allowed = [
            option for option in item.options if option.value == value and type(option.value) is type(value)
        ]
        return None if allowed else f"应为{'、'.join(option.text for option in item.options)}之一"
    if item.number_fields:
        return _numbers(item, value)
    check = _CHECKS.get(item.kind)
    return check(value) if check else None


def _numbers(item: FormItem, value: JsonValue) -> str | None:
    """At least one number; each a number or a range. A joined one and one half of two may be missing."""
    if not isinstance(value, Mapping):
        return "格式不正确"
    given = {field: value.get(field) for field in item.number_fields}
    if all(given[field] is None for field in NUMBER_FIELDS[item.kind]):
        return "请填写数值"
    wrong = [field for field, number in given.items() if number is not None and not _is_number(number)]
    if wrong:
        return "应为数值"
    if item.kind is ValueKind.FREQUENCY and value.get("per") not in ("day", "week"):
        return "请说明是每天还是每周"
    return None


def _is_number(value: JsonValue) -> bool:
    if isinstance(value, dict):
        ends = [value.get("from"), value.get("to")]
        return set(value) <= {"from", "to"} and any(end is not None for end in ends)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _symptoms(value: JsonValue) -> str | None:
    if not isinstance(value, Mapping):
        return "格式不正确"
    for name in ("present", "absent", "unsure"):
        terms = value.get(name, [])
        if not isinstance(terms, list) or not all(isinstance(term, str) and term.strip() for term in terms):
            return "症状应为文字"
    if value.get("none") and value.get("present"):
        return "有症状时不能选“无症状”"
    return None


def _date(value: JsonValue) -> str | None:
    ends = [value.get("from"), value.get("to")] if isinstance(value, Mapping) else [value]
    days = [end for end in ends if end is not None]
    if not days or not all(_is_day(day) for day in days):
        return "应为日期，如 2026-12-08"
    return None


def _is_day(value: JsonValue) -> bool:
    if not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _text(value: JsonValue) -> str | None:
    return None if isinstance(value, str) and value.strip() else "请填写文字"


def _yes_no(value: JsonValue) -> str | None:
    return None if isinstance(value, bool) else "应为是或否"


_CHECKS: Mapping[ValueKind, Callable[[JsonValue], str | None]] = {
    ValueKind.SYMPTOMS: _symptoms,
    ValueKind.DATE: _date,
    ValueKind.FREE_TEXT: _text,
    ValueKind.YES_NO: _yes_no,
}
