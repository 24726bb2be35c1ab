"""Dates relative to today, ISO; ranges; lunar days converted. Rules: values.md, `date`.

Of 136 cases with one day `dateparser` 1.5 reads 19 rightly and 2 wrongly, `jionlp` 1.5 reads 92 rightly and
35 wrongly. `lunardate` serves for the lunar calendar. `chinese-calendar` knows days off only as far as they
are decreed, and no rule here asks for them.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import segments
from assistant.understanding.numerals import numeral_at
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import lunar, single
from assistant.understanding.values.reckoning import WEEKDAYS, next_of, next_on, resolve, tomb_sweeping

_N = r"[零一二两三四五六七八九十廿0-9]{1,3}"
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
            "大前天|大后天|前天|后天|昨[天日儿]|今[天日儿]|明[天日儿]|[前后]儿(?!子|女|童)|(?<=[,。])明早|^明早|明晚|今晚|今早|昨晚"
        ),
    ),
    ("weekend", re.compile(rf"{_WHICH}(?:周末|双休日)")),
    (
        "weekday",
        re.compile(
            rf"(?<!每)(?<!逢){_WHICH}{_WEEK_WORD}(?P<weekday>[{WEEKDAYS}])(?![个次片十百]|到周[一二三四五六日天]都)"
        ),
    ),
    (
        "part",
        re.compile(
            rf"(?:(?P<which>下下个?|下个?|上个?|这个?|本)|(?P<month>{_N}))?月(?P<part>底|末|中旬?|头|初(?![一二三四五六七八九十](?!号)|次))"
        ),
    ),
    (
        "pair",
        re.compile(
            r"(?:(?P<rel>下个?|上个?|这个?|本)月|(?P<month>十?[一二三四五六七八九]|十|\d{1,2})月)?(?P<head>[二三]?十)(?P<pair>一二|二三|三四|四五|五六|六七|七八|八九|几)(?:号|日)(?!楼)"
        ),
    ),
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
            r"(?:再?过|隔|等)?(?P<number>[零一二两俩仨三四五六七八九十半0-9]{1,3})(?P<unit>个?星期|个?礼拜|周"
            r"|天|个?月)(?:以后|之后|后(?!天))"
            r"|(?:再?过|隔)(?P<number2>[零一二两俩仨三四五六七八九十半0-9]{1,3})(?P<unit2>个?星期|个?礼拜|周"
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
    ("week", re.compile(rf"(?P<which>下下个?|下个?|上个?|这个?|本){_WEEK_WORD}(?![{WEEKDAYS}末])")),
    ("month", re.compile(r"(?P<which>下个?|上个?|这个?|本)月(?![0-9一二三四五六七八九十初底末中头])")),
)
_FEAST = re.compile("|".join(f"(?P<f{index}>{name})节?" for index, name in enumerate(_FIXED)))
_TO = re.compile(r"(?:到|至|~|-|—)+")
_BOTH = re.compile(r"[都也][行可成有]|都")
_OR = re.compile(r"(?:或者?|还是|和|跟|与|、)+")
_BOUND = re.compile(r"(?P<after>以后|之后|过后|过了)|(?:以前|之前)")
_ABOUT = re.compile(r"左右|前后|上下")
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|可能|估计)(?:是|在)?$")
_CALL_BACK = re.compile(
    r"再打|打(?:过)?来|打给|联系|再说|过来|再来|约|改(?:天|到|成|在)|挂号|复诊|复查|去(?:医院|中心|看|量|拿"
    r"|取)|来(?:吧|医院|中心|看|量|拿)|有空|方便|可以|行"
    r"|回来|回家|在家"
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
    pattern: str = ""
    """Which pattern found it; `bare weekday` for one without a week of its own."""
    open_end: str = ""
    """`from` for 五号以后, `to` for 五号以前."""

    def json(self) -> JsonValue:
        """ISO date, or `{"from", "to"}`."""
        if self.first is None or self.last is None:
            return None
        if self.open_end:
            day = self.first if self.open_end == "from" else self.last
            return {end: day.isoformat() if end == self.open_end else None for end in ("from", "to")}
        if self.first == self.last:
            return self.first.isoformat()
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The day meant, when a day or hour was asked for or a call-back or visit is spoken of."""
    asked = context.expects in (ValueKind.DATE, ValueKind.TIME)
    if not asked and not (_CALL_BACK.search(sentence.text) or sentence.text.endswith("吧")):
        return []
    days = days_in(sentence.text, context)
    if not asked:
        days = [day for day in days if _spoken_of(sentence.text, day)]
    if not days:
        return []
    day, doubtful = _meant(sentence.text, days) if asked else (days[-1], False)
    if day is None:
        return []
    return [
        sentence.value(
            ValueKind.DATE,
            day.json(),
            (day.start, day.end),
            day.approx,
            lunar=day.lunar,
            confirm=doubtful or day.first is None,
        )
    ]


def _spoken_of(text: str, day: Day) -> bool:
    """Whether the day is that of a call-back, not of a measurement already made."""
    if re.match(r".{0,6}[量测查称吃]|先?(?:别|不要|不用)", text[day.end :]):
        return False
    if re.match(r"(?:[上中下]午|早上|晚上|再)*吧$", text[day.end :]):
        return True
    return bool(_CALL_BACK.search(text[day.end :])) or bool(re.search(r"改|约", text[: day.start]))


def last_day_before(sentence: Sentence, context: Context) -> tuple[int, tuple[int, int]] | None:
    """Days since the past day that is named (从上周五开始), and where."""
    looking_back = context.model_copy(update={"question": "是哪天开始的"})
    days = [day for day in days_in(sentence.text, looking_back) if day.first and day.first <= context.today]
    if not days or days[0].first is None or days[0].first != days[0].last:
        return None
    return (context.today - days[0].first).days, (days[0].start, days[0].end)


def days_in(text: str, context: Context) -> list[Day]:
    """Every day named in the normalised `text`, ranges joined."""
    days = [Day(start, end, day, day, lunar=True) for day, start, end in lunar.find(text, context.today)]
    for name, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if any(found.start() < day.end and day.start < found.end() for day in days):
                continue
            first, last = resolve(name, found, context)
            how = "bare weekday" if name == "weekday" and not found["which"] else name
            days.append(Day(found.start(), found.end(), first, last, approx=name == "pair", pattern=how))
    if (clear := text.find("清明")) >= 0:
        sweeping = next_of(tomb_sweeping, context.today)
        days.append(Day(clear, clear + (3 if text.startswith("清明节", clear) else 2), sweeping, sweeping))
    for found in _FEAST.finditer(text):
        month, dom = list(_FIXED.values())[int((found.lastgroup or "f0")[1:])]
        if not any(found.start() < day.end and day.start < found.end() for day in days):
            day = next_on(month, dom, context.today)
            days.append(Day(found.start(), found.end(), day, day))
    days.sort(key=lambda day: day.start)
    days += _day_instead(text, days)
    return [_hedged(text, day) for day in _joined(text, days)]


_INSTEAD = re.compile(
    r"[,。](?:那|就|改|还是|要不|换|到|成|在|是)*(?P<day>[二三]?十[一二三四五六七八九]?|[12]\d|3[01])(?=[吧行好可也,。]|$)"
)
"""Behind a day of a month: 二十四号我有事, 二十五吧."""


def _day_instead(text: str, days: list[Day]) -> list[Day]:
    """The day of the same month that is named by its number alone after the last of `days`."""
    last = days[-1] if days else None
    if last is None or last.first is None or last.first != last.last or last.pattern not in _OF_A_MONTH:
        return []
    found = _INSTEAD.search(text, last.end)
    numeral = numeral_at(text, found.start("day")) if found else None
    if found is None or numeral is None or numeral.end != found.end("day"):
        return []
    try:
        day = last.first.replace(day=int(numeral.low))
    except ValueError:
        return []
    return [Day(*found.span("day"), day, day, pattern="day")]


_OF_A_MONTH = frozenset({"iso", "full", "month_day", "day"})


def _hedged(text: str, day: Day) -> Day:
    if bound := _BOUND.match(text, day.end):
        return replace(day, open_end="from" if bound["after"] else "to", end=bound.end())
    if about := _ABOUT.match(text, day.end):
        return replace(day, approx=True, end=about.end())
    return replace(day, approx=day.approx or bool(_ABOUT_BEFORE.search(text[: day.start])))


def _in_the_part_named(text: str, one: Day, other: Day) -> Day | None:
    """下个月初五号: the fifth of the month whose beginning was named."""
    beside = text[one.end : other.start] in ("", "的")
    if one.pattern != "part" or other.pattern != "day" or not (beside and one.first and other.first):
        return None
    try:
        day = one.first.replace(day=other.first.day)
    except ValueError:
        return None
    return replace(one, end=other.end, first=day, last=day)


def _in_the_week_named(text: str, one: Day, other: Day) -> Day:
    """下周四或者周五: the week named counts on for the bare weekday."""
    between = text[one.end : other.start]
    joined = _OR.fullmatch(between) or _TO.fullmatch(between)
    if not (joined and other.pattern == "bare weekday" and one.first and other.first and other.last):
        return other
    weeks = max(0, -(-(one.first - other.first).days // 7))
    shift = timedelta(weeks=weeks)
    return replace(other, first=other.first + shift, last=other.last + shift)


def _side_by_side(text: str, one: Day, other: Day) -> bool:
    """周三或者周四, 周三周四都行."""
    between = text[one.end : other.start]
    return bool(_OR.fullmatch(between)) or (not between and bool(_BOTH.match(text, other.end)))


def _joined(text: str, days: list[Day]) -> list[Day]:
    joined: list[Day] = []
    for day in days:
        before = joined[-1] if joined else None
        if before and (exact := _in_the_part_named(text, before, day)):
            joined[-1] = exact
            continue
        if before:
            day = _in_the_week_named(text, before, day)
        if (
            before
            and before.first
            and day.last
            and _TO.fullmatch(text[before.end : day.start])
            and before.first < day.last
        ):
            joined[-1] = replace(before, end=day.end, last=day.last)
        elif before and before.last and day.first and _side_by_side(text, before, day):
            # 周三或者周四: either will do; two days apart they are no range, and the first is taken.
            if day.first - before.last == timedelta(days=1):
                joined[-1] = replace(before, end=day.end, last=day.last)
        else:
            joined.append(day)
    return joined


_REFUSED = re.compile(
    r"[^,。;]{0,4}?(?:不行|不成|不可以|没空|住院|手术|出差|没时间|没工夫|不方便|不得空|不得闲|有事|来不了|去不了|不在|忙"
    r"|[得要](?:去|上班|带|接|陪|开|做|出门))"
)
_BUSY_WITH = re.compile(r"[^,。;]{0,4}?[得要](?:去|带|陪|做)")
"""周五要去医院 alone is a visit elsewhere, or this one."""
_EXCEPT = re.compile(r"除[了开]$|(?:只要|最好)(?:不是|不在|别|不要)$")
_PASSED = re.compile(r"过[完了]$")
_EITHER = re.compile(r"都|也[行成可]|随")


def _meant(text: str, days: list[Day]) -> tuple[Day | None, bool]:
    """The day meant, and whether it is in doubt; None when every day named was turned down."""
    groups = segments(text, [day.start for day in days], [day.end for day in days])
    left = [days[index] for index in groups[-1]] if groups else days[-1:]
    starts = [day.start for day in days] + [len(text)]
    suiting = [
        day
        for day in left
        if not (_PASSED.search(text[: day.start]) or _EXCEPT.search(text[: day.start]))
        and not _REFUSED.match(text, day.end, min(start for start in starts if start > day.start))
    ]
    suiting = [suiting[index] for index in single.held_now(text, [day.start for day in suiting])]
    if not suiting:
        return (left[0], True) if len(left) == 1 and _BUSY_WITH.match(text, left[0].end) else (None, False)
    doubtful = len({str(day.json()) for day in suiting}) > 1 and not _EITHER.search(text)
    return suiting[0], doubtful
