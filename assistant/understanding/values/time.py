"""Times of day: an hour, a span or a part of the day. The question's half of the day carries over."""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import segments
from assistant.understanding.normalise import normalise
from assistant.understanding.numerals import numeral_at
from assistant.understanding.sentence import Sentence

_PERIODS = (
    ("早上", r"早上|早晨|清早|清晨|一早|大清早|明早|今早"),
    ("上午", r"上午|[头前]晌|上半天"),
    ("中午", r"中午|晌午(?<!头晌午)"),
    ("下午", r"下午|午后|后半?晌|下半天"),
    ("傍晚", r"傍晚|黄昏"),
    ("晚上", r"晚上|夜里|夜间|半夜|今晚|明晚|昨晚|凌晨"),
)
_PERIOD = re.compile("|".join(f"(?P<p{index}>{pattern})" for index, (_, pattern) in enumerate(_PERIODS)))
_AFTERNOON = frozenset({"下午", "傍晚", "晚上"})
_H = r"(?:[二三]十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二两三四五六七八九零]|\d{1,2})"
_PAIR = r"(?:一两|两三|三四|四五|五六|六七|七八|八九|十一二)"
_CLOCK = re.compile(
    rf"(?<![零一二三四五六七八九十百0-9])(?:(?P<from_pair>{_PAIR})点(?:钟)?|(?:差(?P<less>一刻|[零一二三四五六七八九十]{{1,3}}分?|\d{{1,2}}分?)(?:钟|就|到)*)?(?P<hour>{_H})(?:点钟?|时(?!候|间))(?:(?P<half>半)|(?P<quarter>[一三])刻"
    rf"|过(?P<past>一刻|[零一二三四五六七八九十]{{1,3}}分|\d{{1,2}}分)|差(?P<short>一刻|[零一二三四五六七八九十]{{1,3}}分|\d{{1,2}}分)"
    rf"|(?P<minute>[零]?(?:[二三四五]?十[一二三四五六七八九]?|[零][一二三四五六七八九]|\d{{1,2}}))分?)?"
    rf"|(?P<h24>\d{{1,2}}):(?P<m24>\d\d))"
)
_NOT_CLOCK = re.compile(r"有$|差$|早$|快$|慢$|大$|小$|了$|好$|轻$|高$|低$|多$|一$|晚$|疼$|晕$")
_AFTER = re.compile(r"(?:钟)?(?:以后|之后|后)")
_BEFORE = re.compile(r"(?:钟)?(?:以前|之前|前)")
_ABOUT = re.compile(r"(?:钟)?(?:左右|前后|来钟|多)")
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|估计|可能)(?:是|在|[上下中]午|早上|晚上)*$")
_TO = re.compile(r"(?:到|至|~|-|—)+")
_CALL_BACK = re.compile(
    r"再打|打(?:过)?来|打给|联系|再说|约|改到|再聊|有空|方便|打吧|去(?:复诊|医院|中心|看|量|拿|做|体检)|来(?:吧|复诊|医院|中心|看|量|拿)|复诊|体检"
)


@dataclass(frozen=True, slots=True)
class _Moment:
    """An hour named, in minutes of the day; `sure` unless nothing tells the half of the day."""

    start: int
    end: int
    minutes: int
    until: int | None
    period: str | None
    sure: bool
    approx: bool


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The time meant, when a time or day was asked for or a call-back is spoken of."""
    text = sentence.text
    asked = context.expects in (ValueKind.TIME, ValueKind.DATE)
    if not asked and not _CALL_BACK.search(text):
        return []
    if in_a_while := _in_a_while(sentence, context):
        return [in_a_while]
    moments = _moments(text, context)
    if not asked:
        moments = [moment for moment in moments if not re.match(r".{0,4}[量测吃]", text[moment.end :])]
    if moments:
        return [_spoken(sentence, moments)]
    return _period_only(sentence, asked)


def _spoken(sentence: Sentence, moments: list[_Moment]) -> Value:
    text = sentence.text
    groups = segments(text, [moment.start for moment in moments])
    chosen = [moments[index] for index in groups[-1]] if groups else moments[-1:]
    chosen = _suiting(text, chosen)
    first = chosen[0]
    end, value = first.end, _json(text, first)
    if len(chosen) > 1 and _TO.fullmatch(
        text[first.end : chosen[1].start].replace(chosen[1].period or "", "")
    ):
        value = {"from": _hhmm(first.minutes), "to": _hhmm(chosen[1].minutes)}
        end = chosen[1].end
        chosen = chosen[:1]
    impossible = first.minutes >= 25 * 60
    wavers = len({moment.minutes for moment in chosen}) > 1
    return sentence.value(
        ValueKind.TIME,
        None if impossible else value,
        (first.start, end),
        approx=first.approx,
        confirm=impossible or wavers or not first.sure,
    )


def _suiting(text: str, moments: list[_Moment]) -> list[_Moment]:
    """Without those turned down: 三点没空四点可以."""
    left = [moment for moment in moments if not _REFUSED.match(text, moment.end)]
    return left or moments


def _json(text: str, moment: _Moment) -> JsonValue:
    if moment.until is not None:
        return {"from": _hhmm(moment.minutes), "to": _hhmm(moment.until)}
    if _AFTER.match(text, moment.end):
        return {"from": _hhmm(moment.minutes), "to": None}
    if _BEFORE.match(text, moment.end):
        return {"from": None, "to": _hhmm(moment.minutes)}
    return {"time": _hhmm(moment.minutes)}


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _moments(text: str, context: Context) -> list[_Moment]:
    moments: list[_Moment] = []
    carried = _period_of(normalise(context.question).text)
    for found in _CLOCK.finditer(text):
        if _is_no_clock(text, found):
            continue
        near = text[moments[-1].end if moments else 0 : found.start()]
        period, start = _period_before(text, found.start(), near)
        period = period or (moments[-1].period if moments else None) or carried
        moments.append(_moment(text, found, start, period))
    return moments


def _a_little(text: str, found: re.Match[str]) -> bool:
    """一点 of 有一点, 快一点, 一点不疼."""
    behind = re.match(r"[头晕疼痛点的不也儿空事没]|时间|都[不没]", text[found.end() :])
    return bool(behind or _NOT_CLOCK.search(text[: found.start()]))


def _is_no_clock(text: str, found: re.Match[str]) -> bool:
    """有一点, 七点八: no hour."""
    bare = found["half"] is None and found["minute"] is None
    if bare and found["hour"] in ("一", "两") and _a_little(text, found):
        return True
    return (
        bool(re.match(r"[零一二三四五六七八九0-9](?![点十])", text[found.end() :]))
        and found["minute"] is None
    )


def _period_of(text: str) -> str | None:
    found = list(_PERIOD.finditer(text))
    periods = {_PERIODS[int((one.lastgroup or "p0")[1:])][0] for one in found}
    return periods.pop() if len(periods) == 1 else None


def _period_before(text: str, at: int, near: str) -> tuple[str | None, int]:
    named = list(_PERIOD.finditer(near))
    if not named:
        return None, at
    found = named[-1]
    start = at - len(near) + found.start()
    return (
        "凌晨" if found.group() in ("凌晨", "半夜") else _PERIODS[int((found.lastgroup or "p0")[1:])][0]
    ), start


def _worth(text: str) -> int:
    text = text.lstrip("零") or "零"
    if text.isdigit():
        return int(text)
    numeral = numeral_at(text, 0)
    return int(numeral.low) if numeral else 0


_NO_MINUTES = re.compile(r"[六七八九]十")


def _minutes(said: str | None) -> int:
    return 15 if said == "一刻" else _worth((said or "零").rstrip("分"))


def _moment(text: str, found: re.Match[str], start: int, period: str | None) -> _Moment:
    until = None
    minute = 0
    if found["from_pair"]:
        pair = found["from_pair"]
        hour = _worth("十一") if pair == "十一二" else _worth(pair[0])
        until = hour + 1
    elif found["h24"]:
        hour, minute = int(found["h24"]), int(found["m24"])
    else:
        hour = _worth(found["hour"])
        minute = 30 if found["half"] else {"一": 15, "三": 45}.get(found["quarter"] or "", 0)
        minute = _worth(found["minute"]) if found["minute"] else minute
        minute += _minutes(found["past"]) - _minutes(found["less"] or found["short"])
    shift, sure = _half_of_day(hour, period)
    sure = sure and minute < 60 and not _NO_MINUTES.match(text, found.end())
    approx = (
        until is not None or bool(_ABOUT.match(text, found.end())) or bool(_ABOUT_BEFORE.search(text[:start]))
    )
    return _Moment(
        start,
        found.end(),
        shift * 60 + minute,
        None if until is None else (shift + 1) * 60,
        None if period == "凌晨" else period,
        sure,
        approx,
    )


def _half_of_day(hour: int, period: str | None) -> tuple[int, bool]:
    """The hour on 24, and whether that is sure. Unnamed, 8–12 are of the morning and 1–5 of the afternoon."""
    if hour > 12:
        return hour, True
    if period in _AFTERNOON:
        if hour == 12:
            return (24 if period == "晚上" else 12), True
        return hour + 12, True
    if period == "中午":
        return (hour + 12 if hour < 4 else hour), True
    if period:
        return hour, True
    if 1 <= hour <= 5:
        return hour + 12, True
    return hour, hour not in (6, 7)


_GREETING = re.compile(r"好(?=$|[,。!啊呀你您请是喂])")
_REFUSED = re.compile(
    r"[^,。;早上中下晚傍]{0,3}?(?:不行|不成|不可以|没空|没时间|没工夫|不方便|不得空|有事|不在|忙|别|不要|睡|休息|上班|开会)"
)


def _period_only(sentence: Sentence, asked: bool) -> list[Value]:
    text = sentence.text
    found = [
        match
        for match in _PERIOD.finditer(text)
        if not re.match(r".{0,6}[量测吃疼晕]", text[match.end() :]) and not _GREETING.match(text, match.end())
    ]
    if any(not _REFUSED.match(text, match.end()) for match in found):
        found = [match for match in found if not _REFUSED.match(text, match.end())]
    if not found or (not asked and not _CALL_BACK.search(text[found[0].end() :])):
        return []
    groups = segments(text, [match.start() for match in found])
    chosen = [found[index] for index in groups[-1]] if groups else found
    periods = list(dict.fromkeys(_PERIODS[int((match.lastgroup or "p0")[1:])][0] for match in chosen))
    span = (chosen[0].start(), chosen[-1].end())
    value: JsonValue = {"period": periods[0]} if len(periods) == 1 else None
    return [sentence.value(ValueKind.TIME, value, span, confirm=len(periods) > 1)]


_WHILE = re.compile(
    r"(?:再?过|等"
    r"|隔)?(?P<number>[零一二两俩三四五六七八九十半0-9]{1,3})(?P<and_half>个半)?(?:个)?(?P<unit>小时|钟头"
    r"|分钟|刻钟)(?:以后"
    r"|之后|后)?"
)


def _in_a_while(sentence: Sentence, context: Context) -> Value | None:
    """半小时后再打: an hour of today, reckoned from now."""
    found = _WHILE.search(sentence.text)
    if found is None or context.now is None or not re.search(r"后|过|等|隔|再打", sentence.text):
        return None
    number = (
        0.5 if found["number"] == "半" else float(_worth(found["number"])) + (0.5 if found["and_half"] else 0)
    )
    minutes = number * {"分钟": 1, "刻钟": 15}.get(found["unit"], 60)
    at = context.now.hour * 60 + context.now.minute + int(minutes)
    return sentence.value(ValueKind.TIME, {"time": _hhmm(at)}, found.span(), approx=True)
