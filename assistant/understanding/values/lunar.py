"""Days of the Chinese lunar calendar and the feasts that follow it, as days of the common calendar.

`lunardate` holds the table of months for 1900–2099; what is here is only how residents name the days.
"""

import re
from datetime import date, timedelta

from lunardate import LunarDate

_D = "一二三四五六七八九十"
_MONTHS = {"正": 1, "冬": 11, "腊": 12}
FEASTS: dict[str, tuple[int, int]] = {
    "大年初一": (1, 1), "春节": (1, 1), "过年": (1, 1), "新年初一": (1, 1),
    "元宵": (1, 15), "正月十五": (1, 15), "龙抬头": (2, 2),
    "端午": (5, 5), "七夕": (7, 7), "中元": (7, 15), "中秋": (8, 15),
    "八月节": (8, 15), "重阳": (9, 9), "腊八": (12, 8),
}  # fmt: skip
EVE = re.compile(r"除夕|大年三十|年三十|大年夜")
_FEAST = re.compile("|".join(FEASTS) + "")
_MARKED = r"(?:阴历|农历|旧历|老历)"
_DAY = rf"(?:初(?P<first>[{_D}])(?!号)|(?P<day>(?:二?十|三)[{_D}]?|[{_D}]|廿[{_D}]?))"
_MONTH_DAY = re.compile(
    rf"(?P<marked>{_MARKED})?的?(?P<leap>闰)?(?:(?P<month>[正冬腊]|十?[{_D}])月)(?:{_DAY})(?![月岁点天个次片年])(?:是|的|,)?(?P<behind>{_MARKED})?"
)
_DAY_ALONE = re.compile(
    rf"(?P<marked>{_MARKED})(?P<day>(?:二?十|三十?)[{_D}]?)(?![月岁点天个次片年])|(?:大年|年)?初(?P<first>[{_D}])(?!次|号|中|级"
    rf"|期|诊|步|一[见看听])"
)


def _number(text: str) -> int:
    text = text.replace("廿", "二十")
    if "十" not in text:
        return _D.index(text) + 1
    tens, _, ones = text.partition("十")
    return (_D.index(tens) + 1 if tens else 1) * 10 + (_D.index(ones) + 1 if ones else 0)


def _common(year: int, month: int, day: int) -> date | None:
    try:
        return LunarDate(year, month, day).to_solar_date()
    except (ValueError, AttributeError):
        return None


def _next(month: int, day: int, today: date) -> date | None:
    """The next such day after `today`."""
    for year in (today.year - 1, today.year, today.year + 1):
        found = _common(year, month, day)
        if found and found > today:
            return found
    return None


def _next_in_any_month(day: int, today: date) -> date | None:
    for ahead in range(1, 62):
        candidate = today + timedelta(days=ahead)
        if LunarDate.from_solar_date(candidate.year, candidate.month, candidate.day).day == day:
            return candidate
    return None


def _eve(today: date) -> date | None:
    for year in (today.year, today.year + 1):
        new_year = _common(year, 1, 1)
        if new_year and new_year - timedelta(days=1) > today:
            return new_year - timedelta(days=1)
    return None


def find(text: str, today: date) -> list[tuple[date | None, int, int]]:
    """Lunar days named in the normalised `text`: (day or None where there is no such day, start, end).

    三月十五 without 阴历 and without 初 is a day of the common calendar and is not found here.
    """
    found: list[tuple[date | None, int, int]] = []
    taken: list[tuple[int, int]] = []

    def take(day: date | None, start: int, end: int) -> None:
        if not any(start < e and s < end for s, e in taken):
            taken.append((start, end))
            found.append((day, start, end))

    for match in EVE.finditer(text):
        take(_eve(today), *match.span())
    for match in _MONTH_DAY.finditer(text):
        if not (match["marked"] or match["behind"] or match["first"] or match["month"] in "正冬腊"):
            continue
        month = _MONTHS.get(match["month"]) or _number(match["month"])
        day = _number(match["first"] or match["day"])
        take(_next(month, day, today), *match.span())
    for match in _FEAST.finditer(text):
        take(
            _next(*FEASTS[match.group()], today),
            match.start(),
            match.end() + (1 if text[match.end() : match.end() + 1] == "节" else 0),
        )
    for match in _DAY_ALONE.finditer(text):
        if match["first"] and "年" in match.group():
            take(_next(1, _number(match["first"]), today), *match.span())
        else:
            take(_next_in_any_month(_number(match["first"] or match["day"]), today), *match.span())
    return sorted(found, key=lambda item: item[1])
