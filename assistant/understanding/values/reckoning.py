"""Reckoning with days: what 下周三, 月底, 十五号 and 三天后 are, seen from a given day.

Weeks start on Monday; a bare weekday or day of the month is the next to come, or the last that was when the
question looks back.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from assistant.understanding.context import Context
from assistant.understanding.numerals import numeral_at

WEEKDAYS = "一二三四五六日天"
_RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "昨儿": -1,
    "前儿": -2,
    "后儿": 2,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "后天": 2,
    "大后天": 3,
}
_LOOKS_BACK = re.compile(r"量的|测的|查的|开始的?|上次|出院|是哪|哪天.{0,2}的|什么时候.{0,4}的|发生")


def _number(text: str) -> int:
    text = text.replace("廿", "二十")
    if text.isdigit():
        return int(text)
    numeral = numeral_at(text, 0)
    return int(numeral.low) if numeral and numeral.end == len(text) else -1


def _year(text: str) -> int:
    return int("".join(str("零一二三四五六七八九".index(one)) if not one.isdigit() else one for one in text))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_on(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _offset(which: str | None) -> int | None:
    """How many weeks or months on 下, 下下, 上, 这 lead; None when nothing was said."""
    if not which:
        return None
    base = which.rstrip("个")
    return {"下下": 2, "下": 1, "上上": -2, "上": -1}.get(base, 0)


def tomb_sweeping(year: int) -> date:
    """清明 of a year from 1901 to 2099, by the usual reckoning of the solar term."""
    base = 4.81 if year >= 2000 else 5.59
    in_century = year % 100
    return date(year, 4, int(in_century * 0.2422 + base) - in_century // 4)


def next_of(feast: Callable[[int], date], today: date) -> date:
    """The next day after `today` that `feast` gives for a year."""
    return next(day for day in (feast(today.year), feast(today.year + 1)) if day > today)


def next_on(month: int, day: int, today: date) -> date | None:
    """The next such day of the common calendar after `today`."""
    for year in (today.year, today.year + 1):
        found = _date(year, month, day)
        if found and found > today:
            return found
    return None


def resolve(name: str, found: re.Match[str], context: Context) -> tuple[date | None, date | None]:
    """First and last day of what the pattern `name` found; None where there is no such day."""
    today = context.today
    back = bool(_LOOKS_BACK.search(context.question))
    if name in ("iso", "full"):
        day = _date(_year(found["year"]), _number(found["month"]), _number(found["day"]))
        return day, day
    if name == "relative":
        word = found.group()
        word = {"早": word[0] + "天", "晚": word[0] + "天"}.get(word[-1], word)
        day = today + timedelta(days=_RELATIVE[word])
        return day, day
    if name in ("weekday", "weekend", "week"):
        return _in_week(name, found, today, back)
    if name in ("part", "month", "month_day", "day", "pair"):
        return _in_month(name, found, today, back)
    return _counted(name, found, today)


def _in_week(name: str, found: re.Match[str], today: date, back: bool) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    offset = _offset(found["which"])
    if name == "week":
        first = monday + timedelta(weeks=offset or 0)
        return first, first + timedelta(days=6)
    if name == "weekend":
        saturday = monday + timedelta(weeks=offset or 0, days=5)
        if offset is None and back and saturday > today:
            saturday -= timedelta(weeks=1)
        return saturday, saturday + timedelta(days=1)
    weekday = min(WEEKDAYS.index(found["weekday"]), 6)
    day = monday + timedelta(weeks=offset or 0, days=weekday)
    if offset is None and back:
        day -= timedelta(weeks=1 if day > today else 0)
    elif offset is None and day <= today:
        day += timedelta(weeks=1)
    return day, day


def _in_month(name: str, found: re.Match[str], today: date, back: bool) -> tuple[date | None, date | None]:
    if name == "month_day":
        return _month_day(found, today, back)
    if name == "day":
        return _bare_day(_number(found["day"]), today, back)
    if name == "pair":
        return _neighbours(found, today, back)
    offset = _offset(found["which"])
    first: date | None = _months_on(today.replace(day=1), offset or 0)
    if found.groupdict().get("month"):
        offset, first = 0, _month_named(_number(found["month"]), today, back)
    if first is None:
        return None, None
    last = first.replace(day=monthrange(first.year, first.month)[1])
    if name == "month":
        return first, last
    if found["part"] in ("底", "末"):
        return last - timedelta(days=4), last
    if found["part"].startswith("中"):
        return first.replace(day=11), first.replace(day=20)
    if (offset is None and today.day > 5) or (offset is None and today.day > 1):
        first = _months_on(first, 1)
    return first, first.replace(day=5)


def _month_named(number: int, today: date, back: bool) -> date | None:
    """The first of the named month: the next to come or the present one; looking back, the last that was."""
    first = _date(today.year, number, 1)
    if first is None:
        return None
    if back and first > today:
        return first.replace(year=today.year - 1)
    return first.replace(year=today.year + 1) if not back and number < today.month else first


def _neighbours(found: re.Match[str], today: date, back: bool) -> tuple[date | None, date | None]:
    """十二三号: the 12th to the 13th."""
    if found["pair"] == "几":
        first = _number(found["head"])
        last = first + 9
    else:
        first, last = (_number(found["head"] + one) for one in found["pair"])
    month: date | None = None
    if found["rel"]:
        month = _months_on(today.replace(day=1), _offset(found["rel"]) or 0)
    elif found["month"]:
        month = _month_named(_number(found["month"]), today, back)
    if month:
        return _date(month.year, month.month, first), _date(month.year, month.month, last)
    start = _bare_day(first, today, back)[0]
    return start, _date(start.year, start.month, last) if start else None


def _month_day(found: re.Match[str], today: date, back: bool) -> tuple[date | None, date | None]:
    number = _number(found["day"])
    if found["rel"]:
        month = _months_on(today.replace(day=1), _offset(found["rel"]) or 0)
        day = _date(month.year, month.month, number)
        return day, day
    month_number = _number(found["month"])
    day = _date(today.year, month_number, number)
    if day and back and day > today:
        day = _date(today.year - 1, month_number, number)
    elif day and not back and day < today:
        day = _date(today.year + 1, month_number, number)
    return day, day


def _bare_day(number: int, today: date, back: bool) -> tuple[date | None, date | None]:
    """N号: the next to come; looking back, the last that was."""
    for ahead in range(0, -3, -1) if back else range(3):
        month = _months_on(today.replace(day=1), ahead)
        day = _date(month.year, month.month, number)
        if day and (day <= today if back else day > today):
            return day, day
    return None, None


def _counted(name: str, found: re.Match[str], today: date) -> tuple[date | None, date | None]:
    groups = found.groupdict()
    word = groups.get("number") or groups.get("number2") or ""
    unit = groups.get("unit") or groups.get("unit2") or ""
    sign = -1 if name == "ago" else 1
    if word == "半":
        day = today + timedelta(days=sign * 15) if "月" in unit else today
        return day, day
    number = _number(word)
    if number < 0 or number > 400:
        return None, None
    if "月" in unit:
        day = _months_on(today, sign * number)
    else:
        day = today + timedelta(days=sign * number * (1 if unit == "天" else 7))
    return day, day
