"""Chinese and Arabic numerals as they are said: where one ends, and what it is worth.

`cn2an` 0.5 converts a string that is known to be one numeral as well as this module does (every number to
1,000 in each way of saying it), but finds the one number of an answer in only 121 of 188 cases of heart rate
and glucose: spoken answers run numerals together (一百四九十 is 140 and 90) and say two neighbours for a
range (七八十), so the reading here is our own.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_D = "[一二两三四五六七八九俩仨]"
_NOT_TENS = "(?![十百万]|千(?![帕克瓦卡]))"


class Style(StrEnum):
    """How a numeral was said."""

    UNITS = "units"
    """With 十 百 千: 一百四, 七十二."""
    RUN = "run"
    """Digit by digit in Chinese: 一四五."""
    ARABIC = "arabic"
    SINGLE = "single"
    """One Chinese digit."""
    DECIMAL = "decimal"
    COINED = "coined"
    """七块八 or 七个八: a decimal, only where such values are spoken of so."""
    HALF = "half"
    GAPPED = "gapped"
    """Cut where a pause was written inside it."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A bare numeral, [start, end) in the normalised text, worth `low` to `high` (equal when exact).

    `digits` is the run of digits as said, for what is told digit by digit. `two_readings` marks 一百八九十,
    which is 180–190 or 180 and 90.
    """

    start: int
    end: int
    low: float
    high: float
    style: Style
    digits: str = ""
    two_readings: bool = False


_MEASURE = (
    r"(?:[个天日次回遍趟片粒颗包根支条盒瓶罐杯碗斤公年月岁周小分点钟星礼克毫度层楼步下块米口顿种位成里两]"
    r"|多|来|左右)"
)
_UNITS = re.compile(
    rf"""
    (?:(?P<wan>{_D}|{_D}?十{_D}?|{_D}百)万)?
    (?:(?P<qian>{_D})千(?![帕克瓦卡]))?
    (?:
      零(?P<tail>{_D}十{_D}?{_NOT_TENS}|{_D}{_NOT_TENS})
     |(?P<bai>{_D})百
        (?: 零(?P<zero>{_D}){_NOT_TENS}
          | (?P<ten>{_D})?十(?:(?P<one>{_D}){_NOT_TENS})?
          | (?P<short>[一二三四五六七八九]){_NOT_TENS} )?
     |(?P<ten_alone>{_D})?十(?:(?P<one_alone>{_D}){_NOT_TENS})?
     |(?P<bare>[一二三四五六七八九]){_NOT_TENS}
    )?
    """,
    re.X,
)
_ARABIC = re.compile(r"\d+(?:\.\d+)?")
_ARABIC_POINT = re.compile(r"(\d+)点(\d{1,2})(?![\d分刻])")
_RUN = re.compile(r"[零一二三四五六七八九]{2,}")
_DECIMAL_TAIL = re.compile(
    r"(?:点|\.)(?P<digits>[零一二三四五六七八九]{1,3})(?![十百刻分点钟]|千(?![帕克])"
    r"|[次片粒颗个天号月年位人](?!零))"
)
_COINED_TAIL = re.compile(r"(?:块|个)(?P<digits>[零一二三四五六七八九]|\d)(?![十百千个块点天月年周\d])")
_NEIGHBOURS = "一二|两三|二三|三四|四五|五六|六七|七八|八九|三五|一两"
_PAIR = {pair: (DIGITS[pair[0]], DIGITS[pair[1]]) for pair in _NEIGHBOURS.split("|")}
# What follows a range is no more of it: nothing, or a number of its own (一百五六 九十).
_NEXT_NUMBER = "(?![零一二三四五六七八九](?![一二三四五六七八九]?[十百]))"
_RANGE_TENS = re.compile(rf"(?:(?P<bai>{_D})百)?(?P<pair>{_NEIGHBOURS})十(?!{_D}(?!{_D}?[十百]))")
_RANGE_HUNDREDS = re.compile(rf"(?P<pair>{_NEIGHBOURS})(?P<unit>[百千万])")
_RANGE_SHORT = re.compile(rf"(?P<bai>{_D})百(?P<pair>{_NEIGHBOURS}){_NOT_TENS}{_NEXT_NUMBER}")
_RANGE_ONES = re.compile(rf"(?P<head>(?:{_D}百)?{_D}?十)(?P<pair>{_NEIGHBOURS}){_NOT_TENS}{_NEXT_NUMBER}")
_RANGE_SINGLE = re.compile(rf"(?P<pair>{_NEIGHBOURS})(?={_MEASURE})(?!两[酒,。]|两$|两白|两饭|两米)")

# Characters of numerals inside words that are no numbers.
_WORDS = re.compile(
    r"一(?:直|下|些|样|起|般|定|切|会|边边|旦|向|辈子|律|路|块儿|块(?=[住去来])|阵|氧化碳|概|再|味|心|行|家"
    r"|两句"
    r"|点(?![零一二三四五六七八九0-9半多钟左来])|侧|身|头汗|脸|面|方面|声|跳一跳|共|口气|句|见|看|摸|碰|动"
    r"|走(?!一)|爬|躺|站|闻"
    r"|想|听|提|说|喝|个人|家人|瘸|惊|紧)|万一|下一[个题次]|上一[个题次]|换一个|统一|唯一"
    r"|第[一二三四五六七八九十]|(?<![一每两1]个)(?<![一两1])(?:星期|礼拜)[一二三四五六]"
    r"(?![一二三四五六七]?[十百次回包趟瓶两斤遍天片个顿根支])|隔三差五|三天两头"
    r"|三(?:高|轮|七粉|叉)|四(?:肢|川|处|周|环|季)|五(?:官|香|脏)|六神|七(?:上八下|窍)|八卦|九泉"
    r"|十(?:分(?!钟|之)|足|全|字路)|两(?:边|侧|口子|条腿|只[手脚眼腿]|个?腿|眼|脚|手|便|头|胳膊|样|者)"
    r"|二(?:甲双胍|便|胎|儿子|女儿|姐|哥|叔|婶|妈|舅|姑|院|维码|话)|百姓|千万(?![一二三四五六七八九元])"
    r"|半(?:边|身|夜|路|月板|死|信|晌)"
    r"|不三不四|一五一十|乱七八糟|三天两头|一天到晚|一天比一天|四面|丢三落四|陆续"
)


def _digit(text: str | None) -> int:
    return DIGITS[text] if text else 0


def _digits(text: str) -> str:
    return "".join(str(DIGITS[one]) if one in DIGITS else one for one in text)


def _tens(text: str) -> int:
    if text == "十":
        return 10
    return DIGITS[text[0]] * 10


def _units_worth(found: re.Match[str]) -> int:
    part = found.groupdict()
    total = 0
    if part["wan"]:
        total += _section(part["wan"]) * 10_000
    total += _digit(part["qian"]) * 1000
    if part["tail"]:
        total += _section(part["tail"])
    elif part["bai"]:
        total += _digit(part["bai"]) * 100 + _digit(part["zero"]) + _digit(part["short"]) * 10
        if found.group("bai") and "十" in found.group()[found.group().index("百") :]:
            total += (_digit(part["ten"]) or 1) * 10 + _digit(part["one"])
    elif part["bare"]:
        total += _digit(part["bare"]) * (100 if part["qian"] else 1000)
    elif "十" in found.group().rpartition("万")[2]:
        total += (_digit(part["ten_alone"]) or 1) * 10 + _digit(part["one_alone"])
    return total


def _section(text: str) -> int:
    """一, 十二, 三十, 二百 as a number."""
    if "百" in text:
        return _digit(text[0]) * 100
    if "十" in text:
        before, _, after = text.partition("十")
        return (_digit(before) or 1) * 10 + _digit(after)
    return _digit(text)


def _range(text: str, at: int) -> Numeral | None:
    if found := _RANGE_TENS.match(text, at):
        base = _digit(found["bai"]) * 100
        low, high = _PAIR[found["pair"]]
        doubtful = bool(found["bai"]) and high >= 5
        return Numeral(at, found.end(), base + low * 10, base + high * 10, Style.UNITS, two_readings=doubtful)
    if found := _RANGE_HUNDREDS.match(text, at):
        unit = {"百": 100, "千": 1000, "万": 10_000}[found["unit"]]
        if found.end() < len(text) and text[found.end()] in DIGITS and found["pair"] != "一两":
            return None
        low, high = _PAIR[found["pair"]]
        return Numeral(at, found.end(), low * unit, high * unit, Style.UNITS)
    if found := _RANGE_SHORT.match(text, at):
        base = _digit(found["bai"]) * 100
        low, high = _PAIR[found["pair"]]
        return Numeral(at, found.end(), base + low * 10, base + high * 10, Style.UNITS)
    if found := _RANGE_ONES.match(text, at):
        head = found["head"]
        base = _digit(head[0]) * 100 if "百" in head else 0
        base += _tens(head.rpartition("百")[2])
        low, high = _PAIR[found["pair"]]
        return Numeral(at, found.end(), base + low, base + high, Style.UNITS)
    found = _RANGE_SINGLE.match(text, at)
    if found and not (found["pair"] == "一两" and re.match(r"左右|多|来", text[found.end() :])):
        low, high = _PAIR[found["pair"]]
        return Numeral(at, found.end(), low, high, Style.SINGLE)
    return None


def _whole(text: str, at: int) -> Numeral | None:
    """The integer at `at`."""
    if found := _RUN.match(text, at):
        end = found.end()
        # 二零八十: the last digit belongs to the tens that follow.
        if end < len(text) and text[end] in "十百千万":
            end -= 1
        if end - at >= 2:
            run = _digits(text[at:end])
            return Numeral(at, end, int(run), int(run), Style.RUN, digits=run)
    found = _UNITS.match(text, at)
    if found and found.end() > at and re.search("[十百千万]", found.group()):
        worth = _units_worth(found)
        return Numeral(at, found.end(), worth, worth, Style.UNITS)
    if text[at] in DIGITS:
        worth = DIGITS[text[at]]
        return Numeral(at, at + 1, worth, worth, Style.SINGLE, digits=str(worth))
    return None


def _with_decimals(text: str, whole: Numeral) -> Numeral:
    if found := _DECIMAL_TAIL.match(text, whole.end):
        worth = float(f"{whole.low:.0f}.{_digits(found['digits'])}")
        return Numeral(whole.start, found.end(), worth, worth, Style.DECIMAL)
    if found := _COINED_TAIL.match(text, whole.end):
        worth = float(f"{whole.low:.0f}.{_digits(found['digits'])}")
        return Numeral(whole.start, found.end(), worth, worth, Style.COINED)
    return whole


def numeral_at(text: str, at: int) -> Numeral | None:
    """The numeral that begins at `at` of the normalised text, or None."""
    character = text[at]
    if character.isascii() and character.isdigit():
        if found := _ARABIC_POINT.match(text, at):
            worth = float(f"{found[1]}.{found[2]}")
            return Numeral(at, found.end(), worth, worth, Style.DECIMAL)
        return _arabic(text, at)
    if character == "半":
        return Numeral(at, at + 1, 0.5, 0.5, Style.HALF)
    if character not in DIGITS and character != "十":
        return None
    ranged = _range(text, at)
    if ranged:
        return ranged
    integer = _whole(text, at)
    return _with_decimals(text, integer) if integer else None


def _arabic(text: str, at: int) -> Numeral | None:
    found = _ARABIC.match(text, at)
    if found is None:
        return None
    worth = float(found.group())
    style = Style.DECIMAL if "." in found.group() else Style.ARABIC
    whole = Numeral(at, found.end(), worth, worth, style, digits=found.group())
    return _with_decimals(text, whole) if style is Style.ARABIC else whole


def word_at(text: str, at: int) -> int | None:
    """The end of a word at `at` that only looks like a numeral (一直, 万一, 二甲双胍), or None."""
    found = _WORDS.match(text, at)
    return found.end() if found else None
