"""Dates relative to today, ISO; ranges; lunar days converted. Rules: values.md, `date`."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import segments
from assistant.understanding.numerals import numeral_at
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import lunar

_N = r"[零一二两三四五六七八九十廿0-9]{1,3}"
_WEEKDAY = "一二三四五六日天"
_RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "后天": 2,
    "大后天": 3,
}
_FIXED = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "国庆": (10, 1),
    "十一(?=放假|假期|长假|国庆)": (10, 1),
    "三八(?=节|妇女)": (3, 8),
}
_WEEK_WORD = r"(?:周|星期|礼拜)"
_WHICH = r"(?P<which>下下个?|下个?|上上个?|上个?|这个?|本)?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("iso", re.compile(r"(?P<year>(?:19|20)\d\d)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?")),
    ("full", re.compile(rf"(?P<year>[零一二三四五六七八九]{{4}})年(?P<month>{_N})月(?P<day>{_N})[日号]?")),
    (
        "relative",
        re.compile(
            "大前天|大后天|前天|后天|昨[天日]|今[天日儿]|明[天日儿]|(?<=[,。])明早|^明早|明晚|今晚|今早|昨晚"
        ),
    ),
    ("weekend", re.compile(rf"{_WHICH}(?:周末|双休日)")),
    (
        "weekday",
        re.compile(
            rf"(?<!每)(?<!逢){_WHICH}{_WEEK_WORD}(?P<weekday>[{_WEEKDAY}])(?![个次片十百]|到?周[一二三四五六日天]都)"
        ),
    ),
    ("part", re.compile(r"(?P<which>下个?|上个?|这个?|本)?月(?P<part>初|底|末|中旬?|头)(?!次)")),
    (
        "month_day",
        re.compile(
            rf"(?:(?P<rel>下下个?|下个?|上个?|这个?|本)月|(?P<month>{_N})月)(?P<day>{_N})(?:[号日](?!楼)"
            rf"|(?![号日个天次点片多年几])(?<=[一二三四五六七八九十0-9]))"
        ),
    ),
    ("day", re.compile(rf"(?<![0-9一二三四五六七八九十月第])(?P<day>{_N})号(?!楼|线|店|门|车|公|院|病)")),
    (
        "ahead",
        re.compile(
            r"(?:再?过|隔|等)?(?P<number>[零一二两俩三四五六七八九十半0-9]{1,3})(?P<unit>个?星期|个?礼拜|周"
            r"|天|个?月)(?:以后|之后|后(?!天))"
            r"|(?:再?过|隔)(?P<number2>[零一二两俩三四五六七八九十半0-9]{1,3})(?P<unit2>个?星期|个?礼拜|周"
            r"|天|个?月)(?!半)"
        ),
    ),
    (
        "ago",
        re.compile(
            r"(?P<number>[零一二两俩三四五六七八九十半0-9]{1,3})(?P<unit>个?星期|个?礼拜|周|天"
            r"|个?月)(?:以前|之前|前)"
        ),
    ),
    ("week", re.compile(rf"(?P<which>下下个?|下个?|上个?|这个?|本){_WEEK_WORD}(?![{_WEEKDAY}末])")),
    ("month", re.compile(r"(?P<which>下个?|上个?|这个?|本)月(?![0-9一二三四五六七八九十初底末中头])")),
)
_FEAST = re.compile("|".join(f"(?P<f{index}>{name})节?" for index, name in enumerate(_FIXED)))
_TO = re.compile(r"(?:到|至|~|-|—)+")
_OR = re.compile(r"(?:或者?|还是|和|、)+")
_ABOUT = re.compile(r"左右|前后|上下")
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|可能|估计)(?:是|在)?$")
_LOOKS_BACK = re.compile(r"量的|测的|查的|开始的?|上次|出院|是哪|哪天.{0,2}的|什么时候.{0,4}的|发生")
_CALL_BACK = re.compile(
    r"再打|打(?:过)?来|打给|联系|再说|过来|再来|约|改(?:天|到|成|在)|挂号|复诊|复查|去(?:医院|中心|看|量|拿"
    r"|取)|来(?:吧|医院|中心|看|量|拿)|有空|方便|可以|行"
    r"|吧$|回来|回家|在家"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day or range of days named, [start, end) in the normalised text; `first` None when there is no such
    day.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    lunar: bool = False
    approx: bool = False

    def json(self) -> JsonValue:
        """ISO date, or `{"from", "to"}`."""
        if self.first is None or self.last is None:
            return None
        if self.first == self.last:
            return self.first.isoformat()
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The day meant, when a day or hour was asked for or a call-back or visit is spoken of."""
    asked = context.expects in (ValueKind.DATE, ValueKind.TIME)
    if not asked and not _CALL_BACK.search(sentence.text):
        return []
    days = days_in(sentence.text, context)
    if not asked:
        days = [day for day in days if _spoken_of(sentence.text, day)]
    if not days:
        return []
    day = _meant(sentence.text, days) if asked else days[-1]
    return [
        sentence.value(
            ValueKind.DATE,
            day.json(),
            (day.start, day.end),
            day.approx,
            lunar=day.lunar,
            confirm=day.first is None,
        )
    ]


def _spoken_of(text: str, day: Day) -> bool:
    """Whether the day is that of a call-back, not of a measurement already made."""
    if re.match(r".{0,6}[量测查称吃]|先?(?:别|不要|不用)", text[day.end :]):
        return False
    return bool(_CALL_BACK.search(text[day.end :])) or bool(re.search(r"改|约", text[: day.start]))


def last_day_before(sentence: Sentence, context: Context) -> tuple[int, tuple[int, int]] | None:
    """Days since the past day that is named (从上周五开始), and where."""
    looking_back = context.model_copy(update={"question": "是哪天开始的"})
    days = [day for day in days_in(sentence.text, looking_back) if day.first and day.first <= context.today]
    if not days or days[0].first is None:
        return None
    return (context.today - days[0].first).days, (days[0].start, days[0].end)


def days_in(text: str, context: Context) -> list[Day]:
    """Every day named in the normalised `text`, ranges joined."""
    days = [Day(start, end, day, day, lunar=True) for day, start, end in lunar.find(text, context.today)]
    for name, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if any(found.start() < day.end and day.start < found.end() for day in days):
                continue
            first, last = _resolve(name, found, context)
            days.append(Day(found.start(), found.end(), first, last))
    if (clear := text.find("清明")) >= 0:
        sweeping = _next_of(_tomb_sweeping, context.today)
        days.append(Day(clear, clear + (3 if text.startswith("清明节", clear) else 2), sweeping, sweeping))
    for found in _FEAST.finditer(text):
        month, dom = list(_FIXED.values())[int((found.lastgroup or "f0")[1:])]
        if not any(found.start() < day.end and day.start < found.end() for day in days):
            day = _next_on(month, dom, context.today)
            days.append(Day(found.start(), found.end(), day, day))
    days.sort(key=lambda day: day.start)
    return [_hedged(text, day) for day in _joined(text, days)]


def _hedged(text: str, day: Day) -> Day:
    if about := _ABOUT.match(text, day.end):
        return replace(day, approx=True, end=about.end())
    return replace(day, approx=bool(_ABOUT_BEFORE.search(text[: day.start])))


def _joined(text: str, days: list[Day]) -> list[Day]:
    joined: list[Day] = []
    for day in days:
        before = joined[-1] if joined else None
        if (
            before
            and before.first
            and day.last
            and _TO.fullmatch(text[before.end : day.start])
            and before.first < day.last
        ):
            joined[-1] = replace(before, end=day.end, last=day.last)
        elif before and before.last and day.first and _OR.fullmatch(text[before.end : day.start]):
            # 周三或者周四: either will do; two days apart they are no range, and the first is taken.
            if day.first - before.last == timedelta(days=1):
                joined[-1] = replace(before, end=day.end, last=day.last)
        else:
            joined.append(day)
    return joined


def _meant(text: str, days: list[Day]) -> Day:
    groups = segments(text, [day.start for day in days])
    return days[groups[-1][0]] if groups else days[-1]


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


def _tomb_sweeping(year: int) -> date:
    """清明 of a year from 1901 to 2099, by the usual reckoning of the solar term."""
    base = 4.81 if year >= 2000 else 5.59
    in_century = year % 100
    return date(year, 4, int(in_century * 0.2422 + base) - in_century // 4)


def _next_of(feast: Callable[[int], date], today: date) -> date:
    return next(day for day in (feast(today.year), feast(today.year + 1)) if day > today)


def _next_on(month: int, day: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        found = _date(year, month, day)
        if found and found > today:
            return found
    return None


def _resolve(name: str, found: re.Match[str], context: Context) -> tuple[date | None, date | None]:
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
    if name in ("part", "month", "month_day", "day"):
        return _in_month(name, found, today, back)
    return _counted(name, found, today)


def _in_week(name: str, found: re.Match[str], today: date, back: bool) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    offset = _offset(found["which"])
    if name == "week":
        first = monday + timedelta(weeks=offset or 0)
        return (max(first, today) if offset == 0 else first), first + timedelta(days=6)
    if name == "weekend":
        saturday = monday + timedelta(weeks=offset or 0, days=5)
        return saturday, saturday + timedelta(days=1)
    weekday = min(_WEEKDAY.index(found["weekday"]), 6)
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
    offset = _offset(found["which"])
    first = _months_on(today.replace(day=1), offset or 0)
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
