"""What proves who somebody is: the year of birth and the last four digits of the identity card."""

import re

from pydantic import JsonValue

from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs

OLDEST_YEARS = 120


_YEAR_FULL = re.compile(r"(?P<year>(?:一九|二零|19|20)[零一二三四五六七八九0-9]{2}|(?:1 9|2 0) \d \d)年?")
_YEAR_SHORT = re.compile(
    r"(?<![零一二三四五六七八九十百0-9])(?P<year>[零一二三四五六七八九0-9]{2})年(?!前|了|多|来|级)(?:的|生"
    r"|出生|$|[,。]|[一二三四五六七八九十0-9])?"
)
_YEAR_BARE = re.compile(r"^(?:我|是|嗯|哦|,)*(?P<year>[零一二三四五六七八九0-9]{2})(?:的)?$")
_WHOLE_ID = re.compile(r"(?<!\d)\d{6}(?P<year>(?:19|20)\d\d)\d{7}(?P<last>[\dx])(?![\dx])")
ASKS_YEAR = re.compile(r"出生|哪一?年|年份|生日|哪年")
ASKS_DIGITS = re.compile(r"后四位|身份证|尾号|末四位|最后四")
_DIGITS = re.compile(
    r"(?P<digits>[零一二三四五六七八九0-9](?:[零一二三四五六七八九0-9 ,.、]*)(?:[x叉]|艾克斯)?)"
)
_FIGURES = {
    "零": "0",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "叉": "X",
    "x": "X",
}


def proofs_in(text: str, context: Context) -> tuple[dict[str, JsonValue], list[tuple[int, int]], bool]:
    """The birth year and last four digits told, where, and whether digits of a wrong number were told."""
    proofs: dict[str, JsonValue] = {}
    spans: list[tuple[int, int]] = []
    if whole := _WHOLE_ID.search(_figures(text)):
        last4 = _figures(text)[whole.end() - 4 : whole.end()].upper()
        return {"birth_year": int(whole["year"]), "id_last4": last4}, [whole.span()], False
    rest = text
    digits_only = bool(ASKS_DIGITS.search(context.question)) and not ASKS_YEAR.search(context.question)
    year = None if digits_only and not re.search("年|出生", text) else _birth_year(text, context)
    if year:
        proofs["birth_year"] = year[0]
        spans.append(year[1])
        rest = text[: year[1][0]] + "〇" * (year[1][1] - year[1][0]) + text[year[1][1] :]
    if not ASKS_DIGITS.search(context.question + text):
        return proofs, spans, False
    unsure = False
    for found in _DIGITS.finditer(rest):
        figures = "".join(_FIGURES.get(one, one) for one in re.sub(r"[ ,.、]", "", found["digits"])).replace(
            "艾克斯", "X"
        )
        if len(figures) >= 15:
            figures = figures[-4:]
        if len(figures) == 4:
            proofs["id_last4"] = figures
            spans.append((found.start(), found.end()))
        elif digits_only and not year:
            unsure = True
    return proofs, spans, unsure and "id_last4" not in proofs


def _figures(text: str) -> str:
    """Chinese figures as Arabic ones, offsets kept."""
    return "".join(_FIGURES.get(one, one).lower() for one in text)


def _birth_year(text: str, context: Context) -> tuple[int, tuple[int, int]] | None:
    patterns = [_YEAR_FULL, _YEAR_SHORT]
    if ASKS_YEAR.search(context.question):
        patterns.append(_YEAR_BARE)
    mended = max((end for _, end in repairs(text)), default=0)
    for pattern in patterns:
        for found in pattern.finditer(text, mended):
            if (
                pattern is _YEAR_FULL
                and not found.group().endswith("年")
                and not ASKS_YEAR.search(context.question + text)
            ):
                continue
            figures = "".join(_FIGURES.get(one, one) for one in found["year"].replace(" ", ""))
            year = int(figures)
            if year < 100:
                year += 2000 if year <= context.today.year % 100 - 2 and year < 20 else 1900
            if 0 <= context.today.year - year <= OLDEST_YEARS:
                return year, found.span("year")
    return None
