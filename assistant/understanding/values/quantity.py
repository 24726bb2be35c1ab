"""Any other measured quantity, {value, unit}, with its UCUM unit where there is one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import Number, scan
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import PRESSURES, Topic
from assistant.understanding.values import single

CM_PER_CHI = 100 / 3

_UNITS: tuple[tuple[str, str | None, float], ...] = (
    (r"毫克|mg", "mg", 1),
    (r"微克|ug|μg", "ug", 1),
    (r"公斤|千克|kg", "kg", 1),
    (r"克|g", "g", 1),
    (r"毫升|ml", "mL", 1),
    (r"升|l(?![a-z])", "L", 1),
    (r"厘米|公分|cm", "cm", 1),
    (r"毫米汞柱|mmhg", "mm[Hg]", 1),
    (r"毫米|mm", "mm", 1),
    (r"公里|km", "km", 1),
    (r"里路?", "km", 0.5),
    (r"尺", "cm", CM_PER_CHI),
    (r"米|m(?![a-z])", "m", 1),
    (r"摄氏度|度|°c|℃|°", "Cel", 1),
    (r"%", "%", 1),
    (r"个?单位", "[IU]", 1),
    (r"周?岁", "a", 1),
    (r"斤", "kg", 0.5),
    (r"(?:片|粒|颗|丸|支|袋|滴|喷|步|次|遍|杯|碗|口(?!人)|瓶)", None, 1),
    (r"个?(?:口?人)|口人", "人", 1),
)
_UNIT = re.compile("|".join(f"(?P<u{index}>{pattern})" for index, (pattern, _, _) in enumerate(_UNITS)))
_UNIT_BEFORE = re.compile(r"[片粒颗丸支袋斤克升米里]$")
_HEIGHT = re.compile(
    r"(?P<metres>[一二12])(?:米|m)(?P<rest>零?[一二三四五六七八九]{1,2}|零[一二三四五六七八九]|\d{1,2})?"
    r"(?:点(?P<tenth>[零一二三四五六七八九0-9]))?"
)
_DEGREES = re.compile(
    r"(?P<whole>三十[三四五六七八九]|四十[一二]?|3[3-9]|4[0-2])度(?P<tenth>[零一二三四五六七八九0-9])?"
)
_CHI = re.compile(r"(?P<chi>[一二两三])尺(?P<cun>[一二三四五六七八九])?")
# What the question asks for: its unit when the answer gives none, and what is plausible.
_ASKED: tuple[tuple[re.Pattern[str], str, float, float], ...] = (
    (re.compile(r"身高|多高|个子"), "cm", 101, 220),
    (re.compile(r"腰围|臀围"), "cm", 40, 170),
    (re.compile(r"体温|烧到|发烧"), "Cel", 34, 42.5),
    (re.compile(r"血氧|氧饱和"), "%", 50, 100),
    (re.compile(r"糖化"), "%", 3, 20),
    (re.compile(r"多大年纪|多大岁数|几岁|年龄|多大了"), "a", 0, 120),
)


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The quantity asked for; nothing when none was asked for."""
    if context.expects is not ValueKind.QUANTITY:
        return []
    question = normalise(context.question).text
    asked = next((entry for entry in _ASKED if entry[0].search(question)), None)
    for special in (_heights, _degrees, _waists):
        if told := special(sentence):
            return _chosen(sentence, asked, told)
        if told is None:
            return []
    numbers = [
        number
        for number in sentence.numbers
        if sentence.mine(number.core[0])
        and sentence.topic_of_span(number.core) not in _OTHERS
        and not sentence.scope(number.start, number.end).supposed
        and not (number.style is Style.HALF and _UNIT_BEFORE.search(sentence.text[: number.core[0]]))
    ]
    standing = single.after_repairs(sentence, numbers)
    number = single.latest(sentence, standing)
    if number is None:
        return []
    wavers = _wavers(sentence.text, standing) or _is_change(sentence.text, number)
    found = _UNIT.match(sentence.text, number.core[1]) or _UNIT.match(sentence.text, number.end)
    end = max(number.end, found.end()) if found else number.end
    if found is None:
        percent = sentence.text[max(0, number.core[0] - 3) : number.core[0]] == "百分之"
        unit = "%" if percent else asked[1] if asked else None
        wavers = wavers or (unit is None and sentence.text[number.end : number.end + 1] == "个")
        return [_checked(sentence, asked, number, unit, (number.start - 3 * percent, end), wavers)]
    _, unit, factor = _UNITS[int((found.lastgroup or "u0")[1:])]
    if sentence.text[found.end() : found.end() + 1] == "半" and number.exact is not None:
        number, end = replace(number, low=number.exact + 0.5, high=number.exact + 0.5), found.end() + 1
    number = number.times(factor, 1) if factor != 1 else number
    if unit == "Cel" and number.exact is not None and sentence.text[end : end + 1] in ("多", "几"):
        # 三十八度多 is a tenth more or nine.
        number = replace(number, high=round(number.exact + 0.9, 1), approx=True)
        end += 1
    return [_checked(sentence, asked, number, unit or found.group(), (number.start, end), wavers)]


def _checked(
    sentence: Sentence,
    asked: tuple[re.Pattern[str], str, float, float] | None,
    number: Number,
    unit: str | None,
    span: tuple[int, int],
    doubtful: bool = False,
) -> Value:
    if asked:
        _, wanted, least, most = asked
        if unit == "m" and wanted == "cm":
            number, unit = number.times(100, 1), "cm"
        doubtful = doubtful or unit != wanted or not single.within(number, least, most)
    value = {"value": number.json(), "unit": unit}
    return sentence.value(ValueKind.QUANTITY, value, span, number.approx, confirm=doubtful)


_Told = tuple[Number, str]
_ABOUT = re.compile(r"左右|上下|差不多|的样子|多|几")
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|约|好像|可能)(?:是|有)?$")
_CHANGE = re.compile(r"(?:矮|缩|长|高|降|升|涨|瘦|轻|重|少|多)了(?:有|大概|差不多|快)*$")


_OTHERS = (*PRESSURES, Topic.HEART_RATE, Topic.GLUCOSE)


def _wavers(text: str, standing: Sequence[Number]) -> bool:
    """Several different figures: either one or the other, or, as doses over the day, no one figure at all."""
    if len({number.exact for number in standing}) < 2:
        return False
    told = text[: standing[-1].start]
    return single.undecided(text, standing) or not (single.LATEST.search(told) or single.EARLIER.search(told))


def _is_change(text: str, number: Number) -> bool:
    """缩了两公分 tells a difference."""
    return bool(_CHANGE.search(text[: number.start]))


def _chosen(
    sentence: Sentence, asked: tuple[re.Pattern[str], str, float, float] | None, told: list[_Told]
) -> list[Value]:
    """Of several the one that stands after repairs, and now."""
    numbers = [number for number, _ in told]
    standing = single.after_repairs(sentence, numbers)
    number = single.latest(sentence, standing)
    if number is None:
        return []
    unit = next(unit for one, unit in told if one is number)
    doubtful = _wavers(sentence.text, standing)
    return [_checked(sentence, asked, number, unit, (number.start, number.end), doubtful)]


def _told(
    sentence: Sentence, pattern: re.Pattern[str], unit: str, worth: Callable[[re.Match[str]], float | None]
) -> list[_Told] | None:
    """What `pattern` finds of the patient, with what it is worth; None when all of it is somebody else's."""
    text = sentence.text
    told: list[_Told] = []
    others = False
    for found in pattern.finditer(text):
        value = worth(found)
        if value is None:
            continue
        if not sentence.mine(found.start()):
            others = True
            continue
        about = _ABOUT.match(text, found.end())
        end = about.end() if about else found.end()
        some = about is not None and about.group() in ("多", "几") and unit == "cm" and value % 10 == 0
        approx = bool(about or _ABOUT_BEFORE.search(text[: found.start()]))
        number = Number(found.start(), end, value, value + 9 * some, Style.UNITS, found.span(), approx=approx)
        told.append((number, unit))
    return None if others and not told else told


def _figure(digits: str) -> str:
    return "".join(one if one.isdigit() else str("零一二三四五六七八九".index(one)) for one in digits)


def _heights(sentence: Sentence) -> list[_Told] | None:
    """一米六五, 一米六, 一米零五 in cm."""

    def worth(found: re.Match[str]) -> float | None:
        if not found["rest"]:
            return None
        digits = _figure(found["rest"])
        centimetres = int(digits) * 10 if len(digits) == 1 else int(digits)
        return int(_figure(found["metres"])) * 100 + centimetres + int(_figure(found["tenth"] or "零")) / 10

    return _told(sentence, _HEIGHT, "cm", worth)


def _degrees(sentence: Sentence) -> list[_Told] | None:
    """三十八度五: 38.5 °C; beside one, 三十九度 counts too."""

    def worth(found: re.Match[str]) -> float:
        return scan(found["whole"])[0].middle + int(_figure(found["tenth"] or "零")) / 10

    if not any(found["tenth"] for found in _DEGREES.finditer(sentence.text)):
        return []
    return _told(sentence, _DEGREES, "Cel", worth)


def _waists(sentence: Sentence) -> list[_Told] | None:
    """二尺四 of a waist: 80 cm."""

    def worth(found: re.Match[str]) -> float:
        chi = int(_figure(found["chi"].replace("两", "二"))) + int(_figure(found["cun"] or "零")) / 10
        return round(chi * CM_PER_CHI, 1)

    return _told(sentence, _CHI, "cm", worth)
