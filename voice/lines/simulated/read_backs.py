"""Whether a read-back agrees with a fact: her own judgement, independent of the assistant's parsers."""

import re
from typing import Final

from pydantic import JsonValue

from voice.lines.simulated.persona import Fact

_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_SPOKEN: Final = r"(?:[零〇一二两三四五六七八九十百]|千(?!克))+(?:点[零〇一二三四五六七八九]+)?"
_NUMERAL: Final = re.compile(rf"\d+(?:\.\d+)?|{_SPOKEN}")
_JIN: Final = re.compile(rf"(\d+(?:\.\d+)?|{_SPOKEN})斤")


def agrees(fact: Fact, text: str) -> bool:
    """Whether `text`, which repeats what was understood, says what is true.

    All numbers of the fact must be in it, as spoken or as figures (斤 are half kilograms); a fact without
    numbers is recognised by its words.
    """
    if fact.read_as:
        return any(words in text for words in fact.read_as)
    wanted = _numbers_of(fact.value)
    if wanted:
        found = numbers_in(text)
        if isinstance(fact.value, dict) and "kg" in fact.value and (in_jin := _JIN.findall(text)):
            found = {_number(numeral) / 2 for numeral in in_jin}
        return all(number in found for number in wanted)
    return any(words in text for words in (*_words_of(fact.value), *fact.say))


def numbers_in(text: str) -> set[float]:
    """The numbers that `text` names."""
    return {_number(match.group()) for match in _NUMERAL.finditer(text)}


def _numbers_of(value: JsonValue) -> list[float]:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, int | float):
        return [float(value)]
    parts = value.values() if isinstance(value, dict) else value
    return [number for part in parts for number in _numbers_of(part)]


def _words_of(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict | list):
        return [
            word
            for part in (value.values() if isinstance(value, dict) else value)
            for word in _words_of(part)
        ]
    return []


def _number(numeral: str) -> float:
    if numeral[0].isdigit():
        return float(numeral)
    whole, _, fraction = numeral.partition("点")
    decimals = "".join(str(_DIGITS[char]) for char in fraction)
    if not any(char in _UNITS for char in whole):
        return float("".join(str(_DIGITS[char]) for char in whole) + (f".{decimals}" if decimals else ""))
    total, digit, unit = 0, 0, 1
    for char in whole:
        if char in _UNITS:
            unit = _UNITS[char]
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGITS[char]
            unit = 10 if char in "零〇" else unit
    total += digit * (unit // 10 if unit > 10 and "零" not in whole and "〇" not in whole else 1)
    return total + (float(f"0.{decimals}") if decimals else 0.0)
