"""Numbers as they are said: where one ends, what a hedge makes of it, and what only looks like one."""

import pytest

from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import scan


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ("一百四", [140]),
        ("一四五", [145]),
        ("一百零五", [105]),
        ("一百十五", [115]),
        ("十三点五", [13.5]),
        ("俩小时", [2]),
        ("两百", [200]),
        ("半斤", [0.5]),
        ("七块八", [7.8]),
        ("一万三千步", [13000]),
        ("两千五", [2500]),
        ("壹佰肆拾", [140]),
        ("１４０", [140]),
        ("幺二零", [120]),
        ("一百四九十", [140, 90]),
        ("一百四十九十", [140, 90]),
        ("一百三十八八十五", [138, 85]),
        ("一百零五七十", [105, 70]),
        ("二零八十", [20, 80]),
        ("八点二十", [8, 20]),
        ("十二千帕", [12]),
    ],
)
def test_numbers(said: str, worth: list[float]) -> None:
    assert [number.exact for number in scan(normalise(said).text)] == worth


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("十几", 10, 19),
        ("七十多", 70, 79),
        ("一百四十多", 140, 149),
        ("一百四出头", 140, 149),
        ("不到一百四", 130, 139),
        ("不到七", None, 7),
        ("七点多", 7, 7.9),
        ("七八十", 70, 80),
        ("一百三四", 130, 140),
        ("一百三四十", 130, 140),
        ("十二三", 12, 13),
        ("八十七八", 87, 88),
        ("三到五次", 3, 5),
        ("130-140", 130, 140),
        ("一百四以上", 140, None),
        ("三百以内", None, 300),
        ("九十来", 90, 90),
        ("差不多九十", 90, 90),
        ("六十公斤左右", 60, 60),
    ],
)
def test_hedges_and_ranges(said: str, low: float | None, high: float | None) -> None:
    (number,) = scan(normalise(said).text)
    assert (number.low, number.high) == (low, high)
    assert number.approx or "到" in said or "-" in said


@pytest.mark.parametrize(
    "said",
    [
        "一直这样",
        "万一呢",
        "一般",
        "第一次",
        "二甲双胍",
        "星期三",
        "四肢发麻",
        "三高",
        "一点儿",
        "半边身子",
        "千万别",
        "十分舒服",
    ],
)
def test_words_that_only_look_like_numbers(said: str) -> None:
    assert scan(normalise(said).text) == ()
