"""Any other measured quantity, {value, unit}, with its UCUM unit where there is one."""

import re
from dataclasses import replace

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import Number, scan
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
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
)
_DEGREES = re.compile(
    r"(?P<whole>三十[三四五六七八九]|四十[一二]?|3[3-9]|4[0-2])度(?P<tenth>[零一二三四五六七八九0-9])"
)
_CHI = re.compile(r"(?P<chi>[一二两三])尺(?P<cun>[一二三四五六七八九])?")
# What the question asks for: its unit when the answer gives none, and what is plausible.
_ASKED: tuple[tuple[re.Pattern[str], str, float, float], ...] = (
    (re.compile(r"身高|多高|个子"), "cm", 100, 220),
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
    for special in (_height, _degrees, _chi):
        if told := special(sentence):
            return [_checked(sentence, asked, *told)]
    numbers = [
        number
        for number in sentence.numbers
        if sentence.mine(number.core[0])
        and not sentence.scope(number.start, number.end).supposed
        and not (number.style is Style.HALF and _UNIT_BEFORE.search(sentence.text[: number.core[0]]))
    ]
    number = single.latest(sentence, single.after_repairs(sentence, numbers))
    if number is None:
        return []
    found = _UNIT.match(sentence.text, number.core[1]) or _UNIT.match(sentence.text, number.end)
    end = max(number.end, found.end()) if found else number.end
    if found is None:
        percent = sentence.text[max(0, number.core[0] - 3) : number.core[0]] == "百分之"
        unit = "%" if percent else asked[1] if asked else None
        return [_checked(sentence, asked, number, unit, (number.start - 3 * percent, end))]
    _, unit, factor = _UNITS[int((found.lastgroup or "u0")[1:])]
    if sentence.text[found.end() : found.end() + 1] == "半" and number.exact is not None:
        number, end = replace(number, low=number.exact + 0.5, high=number.exact + 0.5), found.end() + 1
    number = number.times(factor, 1) if factor != 1 else number
    return [_checked(sentence, asked, number, unit or found.group(), (number.start, end))]


def _checked(
    sentence: Sentence,
    asked: tuple[re.Pattern[str], str, float, float] | None,
    number: Number,
    unit: str | None,
    span: tuple[int, int],
) -> Value:
    doubtful = False
    if asked:
        _, wanted, least, most = asked
        if unit == "m" and wanted == "cm":
            number, unit = number.times(100, 1), "cm"
        doubtful = unit != wanted or not single.within(number, least, most)
    value = {"value": number.json(), "unit": unit}
    return sentence.value(ValueKind.QUANTITY, value, span, number.approx, confirm=doubtful)


def _exact(worth: float, span: tuple[int, int]) -> Number:
    return Number(span[0], span[1], worth, worth, Style.UNITS, span)


def _height(sentence: Sentence) -> tuple[Number, str, tuple[int, int]] | None:
    """一米六五, 一米六, 一米零五 in cm."""
    found = _HEIGHT.search(sentence.text)
    if found is None or not found["rest"]:
        return None
    digits = "".join(
        one if one.isdigit() else str("零一二三四五六七八九".index(one)) for one in found["rest"]
    )
    centimetres = int(digits) * 10 if len(digits) == 1 else int(digits)
    metres = {"一": 1, "二": 2}.get(found["metres"]) or int(found["metres"])
    return _exact(metres * 100 + centimetres, found.span()), "cm", found.span()


def _degrees(sentence: Sentence) -> tuple[Number, str, tuple[int, int]] | None:
    """三十八度五: 38.5 °C."""
    found = _DEGREES.search(sentence.text)
    if found is None:
        return None
    whole = scan(found["whole"])[0].middle
    tenth = found["tenth"] if found["tenth"].isdigit() else str("零一二三四五六七八九".index(found["tenth"]))
    return _exact(whole + int(tenth) / 10, found.span()), "Cel", found.span()


def _chi(sentence: Sentence) -> tuple[Number, str, tuple[int, int]] | None:
    """二尺四 of a waist: 80 cm."""
    found = _CHI.search(sentence.text)
    if found is None:
        return None
    chi = {"一": 1, "二": 2, "两": 2, "三": 3}[found["chi"]]
    cun = "零一二三四五六七八九".index(found["cun"]) if found["cun"] else 0
    return _exact(round((chi + cun / 10) * CM_PER_CHI, 1), found.span()), "cm", found.span()
