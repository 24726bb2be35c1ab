"""Written Chinese to words that can be spoken: no digits, no units in letters, no signs.

`血压 145/92 mmHg` becomes `血压 一百四十五、九十二 毫米汞柱`. Synthesisers lose the decimal point, read dates
in English and spell units, so they are given characters only.
"""

import re
import unicodedata
from collections.abc import Callable

from voice.numerals import cardinal, decimal, one_by_one

_UNITS = {
    "mmHg": "毫米汞柱", "kPa": "千帕", "mmol/L": "毫摩尔每升", "μmol/L": "微摩尔每升", "mg/dL": "毫克每分升",
    "g/L": "克每升", "kg/m2": "公斤每平方米", "kg/m²": "公斤每平方米", "bpm": "次每分钟",
    "kg": "公斤", "g": "克", "mg": "毫克", "μg": "微克", "ug": "微克", "IU": "国际单位",
    "L": "升", "dL": "分升", "ml": "毫升", "mL": "毫升", "km": "公里", "m": "米", "cm": "厘米", "mm": "毫米",
    "℃": "摄氏度", "°C": "摄氏度", "h": "小时", "min": "分钟",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SIGNS = {
    "≥": "大于等于",
    "≤": "小于等于",
    ">": "大于",
    "<": "小于",
    "=": "等于",
    "±": "正负",
    "×": "乘",
    "+": "加",
    "&": "和",
}
_COUNTED = "个次片粒颗支根包瓶杯两斤天周年位种分小盒遍句口袋顿滴项针岁元块毫公名条件步下"
"""Measure words before which 2 is 两. 月, 日 and 号 are not among them: 2月 is a month."""
_MOBILE = r"1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"
_LANDLINE = r"0\d{2,3}[-\s]?\d{7,8}"
_SERVICE = r"[48]00[-\s]?\d{3}[-\s]?\d{4}"

_WIDE = {ord("０") + n: str(n) for n in range(10)} | {
    ord("～"): "~", ord("％"): "%", ord("／"): "/", ord("．"): ".", ord("－"): "-", ord("＋"): "+",
    ord("㎏"): "kg",
}  # fmt: skip
"""Full-width signs to the ones that the rules look for."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _rule(pattern: str, said: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), said


def _clock(found: re.Match[str]) -> str:
    minute = int(found["minute"])
    shown = f"零{cardinal(minute)}" if minute < 10 else cardinal(minute)
    hour = "两" if int(found["hour"]) == 2 else cardinal(int(found["hour"]))
    return hour + "点" + (f"{shown}分" if minute else "")


def _date(found: re.Match[str]) -> str:
    return f"{one_by_one(found['year'])}年{cardinal(int(found['month']))}月{cardinal(int(found['day']))}日"


def _telephone(found: re.Match[str]) -> str:
    parts = re.split(r"[-\s]+", found[0].removeprefix("+"))
    return "，".join(one_by_one(part, one="幺") for part in parts if part)


def _pressure_or_fraction(found: re.Match[str]) -> str:
    upper, lower = int(found["upper"]), int(found["lower"])
    if 50 <= upper <= 300 and 30 <= lower <= 200:
        return f"{cardinal(upper)}、{cardinal(lower)}"
    return f"{cardinal(lower)}分之{cardinal(upper)}"


def _number(found: re.Match[str]) -> str:
    digits = found[0]
    if "." in digits:
        return decimal(digits)
    if len(digits) > 1 and digits.startswith("0"):
        return one_by_one(digits)
    return cardinal(int(digits))


_RULES: tuple[Rule, ...] = (
    _rule(r"(?<=\d),(?=\d{3}(?!\d))", lambda found: ""),
    _rule(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)", _date),
    _rule(r"(?<!\d)\d{4}(?=年)", lambda found: one_by_one(found[0])),
    _rule(r"(?<!\d)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)", _clock),
    _rule(r"(?<=[点分半刻])\s*[-~–—]\s*(?=[一二三四五六七八九十])", lambda found: "到"),
    _rule(r"(?<![\dA-Za-z])\d{17}[\dXx](?!\d)", lambda found: one_by_one(found[0].upper())),
    _rule(rf"(?<![\d.])(?:\+?86[-\s]?)?(?:{_MOBILE}|{_LANDLINE}|{_SERVICE})(?!\d)", _telephone),
    _rule(r"(?<![\d.])\d{7,}(?![\d.])", _telephone),
    _rule(
        r"(?:(?<=[打拨叫])|(?<=打了)|(?<=打个))\s*\d{3,6}(?!\d)",
        lambda found: one_by_one(found[0].strip(), one="幺"),
    ),
    _rule(r"(?<!\d)\d{3,6}(?=急救|热线|报警)", lambda found: one_by_one(found[0], one="幺")),
    _rule(
        r"(?<=[号位码])(?P<gap>[是为:：]?\s*)(?P<id>\d{4,6})(?!\d)",
        lambda found: found["gap"] + one_by_one(found["id"]),
    ),
    _rule(
        r"(?P<n>\d+(?:\.\d+)?)\s*[-~–—]\s*(?P<m>\d+(?:\.\d+)?)(?=%)",
        lambda found: f"{found['n']}%到{found['m']}",
    ),
    _rule(r"(?<=\d)\s*[-~–—]\s*(?=\d)", lambda found: "到"),
    _rule(r"(?<=%)\s*[-~–—]\s*(?=\d)", lambda found: "到"),
    _rule(r"(?<![\d.])(?P<upper>\d{1,3})\s*/\s*(?P<lower>\d{1,3})(?![\d.])", _pressure_or_fraction),
    _rule(rf"(?<=[\d\s、一-鿿])(?:{_UNIT})(?![A-Za-z])", lambda found: _UNITS[found[0]]),
    _rule(r"(?<=[一-鿿])/(?=[一-鿿])", lambda found: "每"),
    _rule(r"每分(?!钟|升)", lambda found: "每分钟"),
    _rule(r"(?<=[一-鿿])\s*[~–]\s*(?=\d)", lambda found: "到"),
    _rule(r"(?P<n>\d+(?:\.\d+)?)\s*%", lambda found: "百分之" + decimal(found["n"])),
    _rule(r"(?<![\w.])-(?=\d)", lambda found: "负"),
    _rule(rf"(?<![\d.第])2(?=\s*(?:[{_COUNTED}]|点(?!\d)))", lambda found: "两"),
    _rule(r"\d+(?:\.\d+)?", _number),
    _rule("[" + "".join(map(re.escape, _SIGNS)) + "]", lambda found: _SIGNS[found[0]]),
    _rule(r"[（(【\[]|[)）】\]]", lambda found: "，"),
    _rule(r"[^\w\s，、。！？；：,.!?;:…—]", lambda found: " "),
    _rule(r"\s+", lambda found: " "),
    _rule(r"\s?，[\s，]*(?=[，。！？；：]|$)|^[\s，]+", lambda found: ""),
)
"""Applied from first to last: what is recognised by its surroundings before what is a plain number."""


def speakable(text: str) -> str:
    """`text` in characters that a Mandarin voice reads as people do. Empty when nothing is to be said."""
    said = unicodedata.normalize("NFC", text).translate(_WIDE)
    for pattern, replacement in _RULES:
        said = pattern.sub(replacement, said)
    return said.strip()
