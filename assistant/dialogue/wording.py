"""Values in Chinese words, as they are read back to the speaker or shown to a doctor.

Digits stay digits: on a screen they are read at a glance, and for calls the voice layer turns them into
speakable characters.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option

_UNITS = {
    "/min": "次每分钟", "kg": "公斤", "d": "天", "wk": "周", "mo": "个月", "h": "小时", "min": "分钟",
    "a": "年", "mmol/L": "毫摩尔每升", "mg": "毫克", "g": "克", "Cel": "度", "%": "%",
}  # fmt: skip
_GLUCOSE = {"fasting": "空腹血糖", "postprandial": "餐后血糖", "random": "随机血糖"}
_WEEKDAYS = "一二三四五六日"
_PARTS_OF_THE_DAY = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


def number(value: Any) -> str:
    """A number or a range `{"from", "to"}` as text: 145, 6.5, 130到139, 140以上."""
    if isinstance(value, Mapping):
        low, high = value.get("from"), value.get("to")
        if low is not None and high is not None:
            return f"{number(low)}到{number(high)}"
        return f"{number(low)}以上" if low is not None else f"{number(high)}以下"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def day(value: Any) -> str:
    """An ISO date or date range as 12月8日星期二."""
    if isinstance(value, Mapping):
        return f"{day(value.get('from'))}到{day(value.get('to'))}"
    try:
        moment = date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{moment.month}月{moment.day}日星期{_WEEKDAYS[moment.weekday()]}"


def _blood_pressure(value: Mapping[str, Any]) -> str:
    halves = (("高压", value.get("systolic")), ("低压", value.get("diastolic")))
    return "，".join(f"{name}{number(half)}" for name, half in halves if half is not None)


def _symptoms(value: Mapping[str, Any]) -> str:
    present = [str(item) for item in value.get("present") or ()]
    unsure = [f"可能有{item}" for item in value.get("unsure") or ()]
    return "、".join(present + unsure) or "没有不舒服"


def _frequency(value: Mapping[str, Any]) -> str:
    per = "每天" if value.get("per") == "day" else "每周"
    minutes = value.get("minutes")
    return f"{per}{number(value.get('times'))}次" + (f"，每次{number(minutes)}分钟" if minutes else "")


def _glucose(value: Mapping[str, Any]) -> str:
    return f"{_GLUCOSE.get(str(value.get('kind')), '血糖')}{number(value.get('mmol_l'))}"


def _time(value: Mapping[str, Any]) -> str:
    start, end = value.get("from"), value.get("to")
    if start and end:
        clock = f"{_hour(start)}到{_hour(end)}"
    elif start or end:
        clock = f"{_hour(start)}以后" if start else f"{_hour(end)}以前"
    else:
        clock = _hour(value["time"]) if value.get("time") else str(value.get("period") or "")
    return (day(value["date"]) if value.get("date") else "") + clock


def _hour(clock: Any) -> str:
    """15:30 as 下午3点半, the way it is said."""
    try:
        moment = time.fromisoformat(str(clock))
    except ValueError:
        return str(clock)
    name = next(name for until, name in _PARTS_OF_THE_DAY if moment.hour < until)
    hour = moment.hour - 12 if moment.hour > 12 else moment.hour
    minutes = {0: "", 30: "半"}.get(moment.minute, f"{moment.minute:02d}分")
    return f"{name}{hour}点{minutes}"


def describe(kind: ValueKind, value: Any, options: tuple[Option, ...] = ()) -> str:
    """A value of the kind in Chinese words."""
    if value is None:
        return ""
    if options and not isinstance(value, Mapping):
        return next((option.label for option in options if option.value == value), str(value))
    if kind is ValueKind.DATE:
        return day(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, Mapping):
        return number(value)
    writers = {
        ValueKind.BLOOD_PRESSURE: _blood_pressure,
        ValueKind.SYMPTOMS: _symptoms,
        ValueKind.FREQUENCY: _frequency,
        ValueKind.GLUCOSE: _glucose,
        ValueKind.TIME: _time,
    }
    if kind in writers:
        return writers[kind](value)
    if kind is ValueKind.HEART_RATE:
        return f"{number(value.get('bpm'))}次每分钟"
    if kind is ValueKind.WEIGHT:
        return f"{number(value.get('kg'))}公斤"
    if "text" in value:
        return str(value["text"] or "")
    if "value" in value:
        unit = str(value.get("unit") or "")
        return f"{number(value['value'])}{_UNITS.get(unit, unit)}"
    return "，".join(str(item) for item in value.values() if item is not None)
