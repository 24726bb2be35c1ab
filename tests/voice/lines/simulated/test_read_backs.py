"""The simulated resident agrees to a read-back only when it is true."""

import pytest
from pydantic import JsonValue

from voice.lines.simulated.persona import Fact
from voice.lines.simulated.read_backs import agrees, numbers_in

PRESSURE: JsonValue = {"systolic": 150, "diastolic": 95}


@pytest.mark.parametrize(
    ("value", "text", "right"),
    [
        (PRESSURE, "高压150，低压95，对吗？", True),
        (PRESSURE, "高压一百五，低压九十五，对吗？", True),
        (PRESSURE, "高压一百五十，低压九十，对吗？", False),
        (PRESSURE, "高压一百一十五，低压九十五，对吗？", False),
        ({"kg": 60}, "体重六十千克，对吗？", True),
        ({"kg": 60}, "体重一百二十斤，对吗？", True),
        ({"kg": 60}, "体重120千克，对吗？", False),
        ({"kg": 60}, "体重60斤，对吗？", False),
        ({"kg": 60}, "体重60公斤，对吗？", True),
        ({"kg": 72.5}, "体重七十二点五千克，对吗？", True),
        ({"bpm": 72}, "心率七十七次，对吗？", False),
        ("间断", "您是间断吃药，对吗？", True),
        ("间断", "您是规律吃药，对吗？", False),
    ],
)
def test_agrees(value: JsonValue, text: str, right: bool) -> None:
    assert agrees(Fact(value=value, say=["问我"]), text) is right


def test_words_to_agree_to_can_be_named() -> None:
    fact = Fact(value=False, say=["没有"], read_as=["没有不舒服"])
    assert agrees(fact, "您没有不舒服，对吗？")
    assert not agrees(fact, "您有不舒服，对吗？")


@pytest.mark.parametrize(
    ("text", "number"),
    [("一百五", 150), ("一百零五", 105), ("一百五十二", 152), ("十二", 12), ("二十", 20), ("一四五", 145),
     ("七十二点五", 72.5), ("两", 2), ("100", 100), ("36.5", 36.5), ("两千", 2000)],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    assert numbers_in(text) == {number}
