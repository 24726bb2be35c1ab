"""Numbers in an utterance with their hedges: what 大概一百四十多, 不到七 and 三到五 are worth."""

import re
from dataclasses import dataclass, replace

from pydantic import JsonValue

from assistant.understanding.numerals import Numeral, Style, numeral_at, word_at


@dataclass(frozen=True, slots=True)
class Number:
    """A number or range, [start, end) in the normalised text including its hedges.

    `low` and `high` are equal for one number; None leaves an end open. `core` is the numeral alone.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    style: Style
    core: tuple[int, int]
    approx: bool = False
    digits: str = ""
    two_readings: bool = False

    @property
    def exact(self) -> float | None:
        """The one number it is, or None for a range."""
        return self.low if self.low == self.high else None

    @property
    def middle(self) -> float:
        """A single figure to judge by: the number, the middle of a range, or its known end."""
        if self.low is None or self.high is None:
            known = self.low if self.low is not None else self.high
            return known if known is not None else 0.0
        return (self.low + self.high) / 2

    def times(self, factor: float, digits: int = 2) -> "Number":
        """The same number in another unit."""
        return replace(
            self,
            low=None if self.low is None else round(self.low * factor, digits),
            high=None if self.high is None else round(self.high * factor, digits),
        )

    def json(self) -> JsonValue:
        """A plain number, or `{"from", "to"}` inclusive with null for an open end."""
        if self.exact is not None:
            return tidy(self.exact)
        return {"from": tidy(self.low), "to": tidy(self.high)}


def tidy(number: float | None) -> int | float | None:
    """An int where the number is whole."""
    if number is None:
        return None
    return int(number) if float(number).is_integer() else round(number, 3)


_BEFORE = re.compile(
    r"(?P<below>差一?点[儿到]?|还?不[到足]|没[到有]?到|不够|低于|少于|小于|不超过|没超过|最多|顶多)"
    r"|(?P<above>超过|高于|大于|不止|多于|至少|起码|不低于|不少于|最少)"
    r"|(?P<about>大概[是有]?|大约[是有]?|差不多[是有]?|可能[是有]?|估计[是有]?|好像[是有]?|应该[是有]?|约[摸莫]?"
    r"|将近|接近|(?<![得很太点不])快到?|也就(?!是)|上下)"
)
_BEFORE_REACH = 5
_AFTER = re.compile(
    r"(?P<below>以下|以内|之内|以里)"
    r"|(?P<above>以上|开外|往上|朝上)"
    r"|(?P<about>左右|上下|的样子|差不多|吧?(?:大概|好像|估计)|附近|这样子?|那样子?)"
)
_SOME = re.compile(r"(?P<whole>多(?!少)|几(?!乎)|出头|冒头|好几|挂零)|(?P<keep>来(?![了到过看我的电医院打]))")
_UNIT_BETWEEN = (
    r"(?:个|块|点|毫米汞柱|mmhg|公?斤|千克|kg|次|下|天|年|岁|分钟|个?小时|个?月|周|支|根|两|克|步|毫克|片"
    r"|粒|毫升|公里|厘米|度|米|包|瓶|杯)?"
)
_AFTER_UNIT = re.compile(
    _UNIT_BETWEEN + r"(?P<hedge>多|左右|上下|以上|以下|以内|的样子|来[天岁年月]"
    r"|来个?(?:小时|钟头|分钟|星期|礼拜))"
)
_POINT_SOME = re.compile(r"点(?P<some>几|多)|(?:个|块)(?P<coined>多)(?![月小星])")
_TO = re.compile(r"(?:毫米汞柱|点|斤|次|天)?(?:到|至|~|-|—|–)+")


def _place(number: Numeral) -> float:
    """The size of the last place said: 十 for 一百四 and 七十, 一 for 七十二."""
    worth = number.low
    if number.style in (Style.DECIMAL, Style.COINED):
        return 0.1
    for place in (1000.0, 100.0, 10.0):
        if worth >= place and worth % place == 0:
            return place
    return 1.0


def _widen(low: float, place: float) -> tuple[float, float]:
    step = 0.1 if place == 1.0 and low < 1 else 1.0
    return low, round(low + place - step, 3)


class _Scanner:
    """Walks the text once and collects its numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Number] = []

    def run(self) -> tuple[Number, ...]:
        at = 0
        while at < len(self.text):
            skip = word_at(self.text, at)
            if skip:
                at = skip
                continue
            number = self._at(at)
            if number:
                self.found.append(number)
                at = number.end
            else:
                at += 1
        return tuple(_join_ranges(self.text, self.found))

    def _at(self, at: int) -> Number | None:
        if self.text[at] == "几":
            return self._few(at)
        numeral = numeral_at(self.text, at)
        if numeral is None:
            return None
        return self._hedged(numeral)

    def _few(self, at: int) -> Number | None:
        """几天, 好几次: three to nine; 几十: twenty to ninety-nine."""
        if re.compile(r"几[个天次回遍年根支片粒口杯瓶小分周月斤两]").match(self.text, at):
            return Number(at, at + 1, 3, 9, Style.SINGLE, (at, at + 1), approx=True)
        if self.text.startswith("几十", at):
            return Number(at, at + 2, 20, 99, Style.UNITS, (at, at + 2), approx=True)
        return None

    def _hedged(self, numeral: Numeral) -> Number:
        number = Number(
            numeral.start,
            numeral.end,
            float(numeral.low),
            float(numeral.high),
            numeral.style,
            (numeral.start, numeral.end),
            digits=numeral.digits,
            two_readings=numeral.two_readings,
            approx=numeral.low != numeral.high,
        )
        number = self._after(number, numeral)
        return self._before(number, numeral)

    def _after(self, number: Number, numeral: Numeral) -> Number:
        text, end = self.text, number.end
        if numeral.style in (Style.SINGLE, Style.UNITS, Style.ARABIC) and (
            found := _POINT_SOME.match(text, end)
        ):
            low = numeral.low
            number = replace(number, end=found.end(), low=low, high=round(low + 0.9, 1), approx=True)
            return number if not found["coined"] else replace(number, style=Style.COINED)
        if (found := _SOME.match(text, end)) and numeral.style is not Style.HALF:
            if found["keep"]:
                return replace(number, end=found.end(), approx=True)
            place = _place(numeral)
            if place > 1 or numeral.style is Style.DECIMAL:
                low, high = _widen(numeral.high, place)
                return replace(number, end=found.end(), low=numeral.low, high=high, approx=True)
        if found := _AFTER.match(text, end):
            return self._apply(replace(number, end=found.end(), approx=True), numeral, found, prefix=False)
        if found := _AFTER_UNIT.match(text, end):
            # The hedge stands behind the unit (一年多, 七十公斤左右): the unit keeps its place.
            if found["hedge"] in ("以上", "以下", "以内"):
                above = found["hedge"] == "以上"
                return replace(
                    number,
                    approx=True,
                    low=number.low if above else None,
                    high=None if above else number.high,
                )
            return replace(number, approx=True)
        return number

    def _before(self, number: Number, numeral: Numeral) -> Number:
        window = max(0, number.start - _BEFORE_REACH)
        best: re.Match[str] | None = None
        for found in _BEFORE.finditer(self.text, window, number.start):
            if found.end() == number.start or self.text[found.end() : number.start] in (
                "是",
                "有",
                "就",
                "了",
            ):
                best = found
        if best is None:
            return number
        return self._apply(replace(number, start=best.start(), approx=True), numeral, best, prefix=True)

    def _apply(self, number: Number, numeral: Numeral, hedge: re.Match[str], prefix: bool) -> Number:
        if hedge["about"]:
            return number
        if hedge["above"]:
            return replace(number, high=None)
        place = _place(numeral)
        if prefix and place >= 10 and numeral.low > 10 and hedge.group() not in ("最多", "顶多"):
            return replace(number, low=numeral.low - 10, high=numeral.low - 1)
        return replace(number, low=None)


_WIDEST = 10
"""胖了五斤到一百三十五了 is no range from 5 to 135."""


def _can_span(first: Number, last: Number) -> bool:
    if first.exact is None or last.exact is None:
        return False
    return first.exact < last.exact <= max(first.exact, 1) * _WIDEST


def _join_ranges(text: str, numbers: list[Number]) -> list[Number]:
    """三到五, 130-140: two numbers with a word for `to` between them are one range."""
    joined: list[Number] = []
    for number in numbers:
        before = joined[-1] if joined else None
        if before and _can_span(before, number):
            between = text[before.end : number.start]
            if _TO.fullmatch(between):
                approx = before.approx or number.approx
                joined[-1] = replace(
                    number,
                    start=before.start,
                    core=(before.core[0], number.core[1]),
                    low=before.low,
                    approx=approx,
                )
                continue
        joined.append(number)
    return joined


def scan(text: str) -> tuple[Number, ...]:
    """All numbers of the normalised `text`, in order, without overlaps."""
    return _Scanner(text).run()
