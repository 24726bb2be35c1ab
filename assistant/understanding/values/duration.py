"""How long: {value, unit} with the units d wk mo h min a."""

import re
from dataclasses import dataclass, replace

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs, struck
from assistant.understanding.numbers import Number, tidy
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import date, single

_UNITS: tuple[tuple[str, str], ...] = (
    ("quarter", r"刻钟"),
    ("h", r"个?(?:[多来把])?(?:小时|钟头)|h(?:ours?)?(?![a-z])"),
    ("min", r"分钟?(?!之)|min(?:utes?|s)?(?![a-z])"),
    ("mo", r"(?:个(?:[多来把])?|(?<=[半俩两仨])|多)月(?![一二三四五六七八九十0-9号日份初底])"),
    ("wk", r"个?(?:[多来把])?(?:星期|礼拜|周(?!岁|围))(?![一二三四五六日天末])"),
    ("a", r"年(?!级|初|底|纪|[一二三四五六七八九十0-9]+月)"),
    ("d", r"天(?!天|后|气|以后|之后)|日(?!子|期)|晚上|宿|夜"),
)
_UNIT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS))
_HALF = re.compile(r"半(?!径)")
_AFTERWARDS = re.compile(r"(?:多)?(?:以?后|之后|(?P<ago>以?前|之前)|内(?!科))")
"""Tells when, not how long; but 两个月前 answers 多久了."""
_CALL_BACK_IN = re.compile(r"(?:过|等|隔)$")
_CALL_BACK = re.compile(r"再|打|联系")
_RATE = re.compile(r"(?:每|一)$")
_RATE_TIMES = re.compile(r"[一二两三四五六七八九十几0-9到-]+(?:次|回|趟|遍|顿|片|粒|包|支|根|两|斤|克)|都|各")
_LONG = re.compile(
    r"好久|很久|很长时间|老长时间|一直(?:这样|都)|一直(?=$|[,。])|一辈子|多年|好多年|长期|老早|早就"
    r"|刚刚?(?=$|[,。开])|刚才(?=$|[,。])|说不清多久"
)
_SINCE = re.compile(r"开始|起(?=$|[,。就一到])|到现在|以来")
_COMPOUND = {
    ("a", "mo"): (12, "mo"),
    ("h", "min"): (60, "min"),
    ("mo", "d"): (30, "d"),
    ("wk", "d"): (7, "d"),
    ("h", "quarter"): (60, "min"),
}


@dataclass(frozen=True, slots=True)
class _Span:
    number: Number
    unit: str
    end: int


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """How long something lasts or has lasted; an exact duration is never made of 好久了."""
    asked = context.expects is ValueKind.DURATION
    if not asked and context.expects not in _BESIDE:
        return []
    if since := _since(sentence, context, asked):
        return [since]
    spans = _spans(sentence, asked)
    if not asked:
        spans = [span for span in spans if _tells_duration(sentence.text, span, context)]
    if spans:
        joined = _joined(spans)
        value = {"value": joined.number.json(), "unit": joined.unit}
        span = (joined.number.start, joined.end)
        return [
            sentence.value(
                ValueKind.DURATION, value, span, joined.number.approx, confirm=_wavers(sentence.text, spans)
            )
        ]
    if asked and (found := _LONG.search(sentence.text)):
        return [sentence.value(ValueKind.DURATION, None, found.span(), confirm=True)]
    return []


_BESIDE = frozenset({None, ValueKind.SYMPTOMS, ValueKind.FREQUENCY, ValueKind.YES_NO, ValueKind.FREE_TEXT})
"""Where a duration may be told beside what was asked."""


def _tells_duration(text: str, span: _Span, context: Context) -> bool:
    """每次半小时 beside a frequency; 三天了 beside a symptom."""
    if context.expects is ValueKind.FREQUENCY:
        return span.unit in ("h", "min")
    if context.expects is ValueKind.SYMPTOMS:
        return True
    return bool(re.match(r"了|左右|多|来|以上", text[span.end :])) or "开始" in text


def _spans(sentence: Sentence, asked: bool) -> list[_Span]:
    text = sentence.text
    numbers = [number for number in sentence.numbers if sentence.mine(number.core[0])]
    spans: list[_Span] = []
    for number in numbers:
        unit = _UNIT.match(text, number.core[1]) or _UNIT.match(text, number.end)
        half_more = False
        if (
            unit is None
            and _HALF.match(text, number.core[1] + 1)
            and text[number.core[1] : number.core[1] + 1] == "个"
        ):
            unit = _UNIT.match(text, number.core[1] + 2)
            half_more = unit is not None
        if unit is None or (
            number.style in (Style.RUN, Style.DECIMAL, Style.COINED) and unit.lastgroup == "a"
        ):
            continue
        if re.search(r"(?:[换那哪改这隔前]|不是|不是一天)$", text[: number.start]):
            continue
        if not asked and _CALL_BACK_IN.search(text[: number.start]) and _CALL_BACK.search(text, unit.end()):
            continue
        afterwards = _AFTERWARDS.match(text, unit.end())
        if _is_rate(text, number, unit, asked) or (afterwards and not (asked and afterwards["ago"])):
            continue
        end = unit.end()
        if (
            _HALF.match(text, end)
            and unit.lastgroup in ("a", "mo", "h", "wk", "d")
            and number.exact is not None
        ):
            half_more, end = True, end + 1
        if half_more and number.exact is not None:
            number = replace(number, low=number.exact + 0.5, high=number.exact + 0.5)
        if (
            number.style is Style.HALF
            and spans
            and text[spans[-1].number.core[1] : number.core[0]] in ("个", "")
        ):
            continue
        spans.append(_Span(_quarters(number, unit.lastgroup or ""), _name(unit.lastgroup or ""), end))
    return spans


def _name(unit: str) -> str:
    return "min" if unit == "quarter" else unit


def _quarters(number: Number, unit: str) -> Number:
    return number.times(15) if unit == "quarter" else number


def _is_rate(text: str, number: Number, unit: re.Match[str], asked: bool) -> bool:
    """一天三次, 一周两回: a rate, not a duration."""
    behind = text[unit.end() : unit.end() + 8]
    if (
        number.exact == 1
        and unit.lastgroup in ("d", "wk", "mo", "a")
        and re.match(rf"[^,。;]{{0,4}}?(?:{_RATE_TIMES.pattern})", behind)
    ):
        return True
    if _RATE.search(text[: number.core[0]]) and text[max(0, number.core[0] - 1) : number.core[0]] == "每":
        return True
    if not asked and unit.lastgroup in ("d", "wk", "mo") and re.match(r"一?(?:次|回|趟|片|包)", behind):
        return True
    return False


def _wavers(text: str, spans: list[_Span]) -> bool:
    """三天还是四天, 一年多两年: two durations with nothing that mends the first or makes one of both."""
    if len(spans) < 2:
        return False
    first, second = spans[-2], spans[-1]
    if (first.number.json(), first.unit) == (second.number.json(), second.unit):
        return False
    between = text[first.end : second.number.start]
    mended = any(first.end <= start < second.number.start for start, _ in repairs(text))
    compound = (first.unit, second.unit) in _COMPOUND and len(between) <= 1
    return not (mended or compound or struck(text, first.number.start) or single.LATEST.search(between))


def _joined(spans: list[_Span]) -> _Span:
    """一年零三个月 is one duration; of several the last one stands."""
    if len(spans) >= 2:
        first, second = spans[-2], spans[-1]
        scale = _COMPOUND.get((first.unit, second.unit))
        exact = first.number.exact, second.number.exact
        if scale and second.number.start - first.end <= 1 and exact[0] is not None and exact[1] is not None:
            whole = exact[0] * scale[0] + exact[1]
            approx = first.number.approx or second.number.approx
            number = replace(second.number, start=first.number.start, low=whole, high=whole, approx=approx)
            return _Span(number, scale[1], second.end)
    return spans[-1]


def _since(sentence: Sentence, context: Context, asked: bool) -> Value | None:
    """从昨天开始: counted in days up to today."""
    if not asked or not _SINCE.search(sentence.text):
        return None
    day = date.last_day_before(sentence, context)
    if day is None:
        return None
    days, span = day
    return sentence.value(ValueKind.DURATION, {"value": tidy(days), "unit": "d"}, span)
