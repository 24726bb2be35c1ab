"""Body weight in kg. 斤 are halved; a bare number of 100 and more is 斤, of 40–99 kg (values.md)."""

import re
from dataclasses import replace

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.numbers import Number, tidy
from assistant.understanding.numerals import DIGITS, Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import Topic
from assistant.understanding.values import single, vague

LEAST_KG, MOST_KG = 25, 200
BARE_KG, BARE_JIN = 40, 100

_JIN = re.compile(r"(?:多|来|左右)?斤(?P<half>半)?")
_KILO = re.compile(r"(?:多|来|左右)?(?:公斤|千克|kg)(?P<half>半)?")
_LIANG = re.compile(r"(?<=斤)(?P<liang>[一二三四五六七八九1-9])两")
_KG_PER_LIANG = 0.05
_CHANGE = re.compile(
    r"(?:轻|瘦|胖|(?<![体毛净不超])重|长|掉|减|涨|少|多|增加|下降|减少)了?(?:有|大概|差不多|好)*$"
)


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The patient's weight, or what must be confirmed of it."""
    numbers = single.numbers_for(sentence, context, ValueKind.WEIGHT, Topic.WEIGHT)
    numbers = [number for number in numbers if number.style is not Style.HALF]
    odd = [found.span() for found in _LIANG.finditer(sentence.text)]
    numbers = [n for n in numbers if not any(start <= n.core[0] < end for start, end in odd)]
    whole = [number for number in numbers if not _is_change(sentence, number)]
    number = single.latest(sentence, whole)
    asked = context.expects is ValueKind.WEIGHT
    if number is None:
        if numbers and (asked or "体重" in sentence.text):
            return [sentence.value(ValueKind.WEIGHT, None, (numbers[0].start, numbers[0].end), confirm=True)]
        return vague.parse(sentence, context, ValueKind.WEIGHT)
    if not asked and not re.search(r"体重|称|公斤|kg|我.{0,3}$", sentence.text[: number.end + 3]):
        return []
    value = _value(sentence, number)
    if single.in_doubt(sentence, whole) and len({_kilograms(sentence, one) for one in whole}) > 1:
        value = value.model_copy(update={"needs_confirmation": True})
    return [value]


def _kilograms(sentence: Sentence, number: Number) -> str:
    """What a number comes to, to compare 六十公斤 with 一百二十斤."""
    return str(_value(sentence, number).value)


def _figure(character: str) -> int:
    return DIGITS[character] if character in DIGITS else int(character)


def _is_change(sentence: Sentence, number: Number) -> bool:
    return bool(_CHANGE.search(sentence.text[: number.start]))


def _value(sentence: Sentence, number: Number) -> Value:
    rest = sentence.text[number.core[1] :]
    jin, kilo = _JIN.match(rest), _KILO.match(rest)
    jin, kilo = jin or _JIN.match(sentence.text, number.end), kilo or _KILO.match(sentence.text, number.end)
    unit = jin or kilo
    end = number.end
    if unit and unit["half"] and number.exact is not None:
        half = number.exact + 0.5
        number = replace(number, low=half, high=half)
    bare = unit is None
    if jin or (bare and number.middle >= BARE_JIN):
        number = number.times(0.5)
    if jin and number.exact is not None and (odd := _LIANG.search(sentence.text, number.core[1])):
        more = round(number.exact + _figure(odd["liang"]) * _KG_PER_LIANG, 2)
        number = replace(number, low=more, high=more)
    doubtful = not single.within(number, LEAST_KG, MOST_KG) or (bare and number.middle < BARE_KG)
    if unit:
        end = max(end, number.core[1] + unit.end() if unit.string is rest else unit.end())
    worth = number.json() if number.exact is None else tidy(number.exact)
    return sentence.value(
        ValueKind.WEIGHT, {"kg": worth}, (number.start, end), number.approx, confirm=doubtful
    )
