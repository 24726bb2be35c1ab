"""Values of every kind in words, for people to read: `{"systolic": 145, "diastolic": 92}` is 145/92 mmHg."""

from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from assistant.care.form_item import FormItem
from assistant.console.wording import SPEAKERS
from assistant.dialogue.meaning import ValueKind

DURATION_UNITS = {"min": "分钟", "h": "小时", "d": "天", "wk": "周", "mo": "个月", "a": "年"}
PERIODS = {"day": "每天", "week": "每周"}
GLUCOSE_KINDS = {"fasting": "空腹", "postprandial": "餐后", "random": "随机"}


def in_words(item: FormItem, value: JsonValue) -> str:
    """The value as it reads on the page; empty for none. A shape that nobody knows is shown as it is."""
    if value is None:
        return ""
    chosen = [option.text for option in item.options if option.value == value]
    if chosen:
        return chosen[0]
    words = _WORDS.get(item.kind)
    if words is not None and isinstance(value, dict):
        return words(item, value)
    return _plain(value)


def number(value: Any) -> str:
    """A number without needless decimals, a range as 140–149, an open one as ≤139; ? for the missing half."""
    if isinstance(value, dict):
        low, high = value.get("from"), value.get("to")
        if low is None:
            return f"≤{number(high)}"
        return f"≥{number(low)}" if high is None else f"{number(low)}–{number(high)}"
    if isinstance(value, float):
        return f"{value:g}"
    return "?" if value is None else str(value)


def unit_of(item: FormItem, value: Any = None) -> str:
    """The unit as people read it: the form's, else the one kept with the value."""
    if item.unit is not None:
        return item.unit.display
    if item.observation is not None:
        return item.observation.unit.display
    given = value.get("unit") if isinstance(value, dict) else None
    return DURATION_UNITS.get(given, given) if isinstance(given, str) else ""


def _plain(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(part) for part in value)
    if isinstance(value, dict):
        if set(value) == {"from", "to"}:
            return f"{_plain(value['from'])} 至 {_plain(value['to'])}"
        return "，".join(f"{name} {_plain(part)}" for name, part in value.items())
    return str(value)


def _blood_pressure(item: FormItem, value: dict[str, Any]) -> str:
    return f"{number(value.get('systolic'))}/{number(value.get('diastolic'))} {unit_of(item) or 'mmHg'}"


def _measured(field: str, unit: str) -> Callable[[FormItem, dict[str, Any]], str]:
    def words(item: FormItem, value: dict[str, Any]) -> str:
        return f"{number(value.get(field))} {unit_of(item, value) or unit}".strip()

    return words


def _glucose(item: FormItem, value: dict[str, Any]) -> str:
    when = GLUCOSE_KINDS.get(value.get("kind") or "", "")
    return f"{when} {number(value.get('mmol_l'))} {unit_of(item) or 'mmol/L'}".strip()


def _frequency(item: FormItem, value: dict[str, Any]) -> str:
    if value.get("times") == 0:
        return "不运动" if item.slot == "exercise" else "0 次"
    words = f"{PERIODS.get(value.get('per') or '', '')} {number(value.get('times'))} 次".strip()
    if item.joins and value.get(item.joins.field) is not None:
        words += f"，每次 {number(value[item.joins.field])} {item.joins.unit.display}"
    return words


def _duration(item: FormItem, value: dict[str, Any]) -> str:
    unit = value.get("unit") or ""
    return f"{number(value.get('value'))} {DURATION_UNITS.get(unit, unit)}".strip()


def _symptoms(item: FormItem, value: dict[str, Any]) -> str:
    parts = []
    if value.get("present"):
        parts.append("、".join(value["present"]))
    elif value.get("none"):
        parts.append("无症状")
    if value.get("absent"):
        parts.append("没有" + "、".join(value["absent"]))
    if value.get("unsure"):
        parts.append("不确定" + "、".join(value["unsure"]))
    return "；".join(parts)


def _identity(item: FormItem, value: dict[str, Any]) -> str:
    if value.get("status") == "deceased":
        return "家属告知已去世"
    if value.get("is_patient"):
        return "是本人"
    return f"不是本人（{SPEAKERS.get(value.get('relation') or '', '关系不明')}）"


def _time(item: FormItem, value: dict[str, Any]) -> str:
    if "time" in value or "period" in value:
        return str(value.get("time") or value.get("period") or "")
    return f"{value.get('from') or ''} 至 {value.get('to') or ''}"


_WORDS: dict[ValueKind, Callable[[FormItem, dict[str, Any]], str]] = {
    ValueKind.BLOOD_PRESSURE: _blood_pressure,
    ValueKind.GLUCOSE: _glucose,
    ValueKind.HEART_RATE: _measured("bpm", "次/分"),
    ValueKind.WEIGHT: _measured("kg", "公斤"),
    ValueKind.QUANTITY_PER_DAY: _measured("value", ""),
    ValueKind.QUANTITY: _measured("value", ""),
    ValueKind.FREQUENCY: _frequency,
    ValueKind.DURATION: _duration,
    ValueKind.SYMPTOMS: _symptoms,
    ValueKind.IDENTITY: _identity,
    ValueKind.TIME: _time,
}
