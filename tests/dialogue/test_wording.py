"""Values in words."""

from typing import Any

import pytest

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option
from assistant.dialogue.wording import describe


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("blood_pressure", {"systolic": 145, "diastolic": 92}, "高压145，低压92"),
        ("blood_pressure", {"systolic": {"from": 140, "to": 149}, "diastolic": None}, "高压140到149"),
        ("heart_rate", {"bpm": 72}, "72次每分钟"),
        ("weight", {"kg": 60.0}, "60公斤"),
        ("weight", {"kg": 60.5}, "60.5公斤"),
        ("glucose", {"mmol_l": 6.5, "kind": "fasting"}, "空腹血糖6.5"),
        (
            "symptoms",
            {"present": ["头晕", "心悸"], "absent": [], "unsure": ["胸闷"]},
            "头晕、心悸、可能有胸闷",
        ),
        ("symptoms", {"present": [], "absent": ["头晕"], "unsure": []}, "没有不舒服"),
        ("frequency", {"times": 3, "per": "week", "minutes": 30}, "每周3次，每次30分钟"),
        ("frequency", {"times": 1, "per": "day"}, "每天1次"),
        ("quantity_per_day", {"value": 10, "unit": "支"}, "10支"),
        ("date", "2026-12-08", "12月8日星期二"),
        ("date", {"from": "2026-12-01", "to": "2026-12-05"}, "12月1日星期二到12月5日星期六"),
        ("time", {"time": "15:00", "date": "2026-11-25"}, "11月25日星期三下午3点"),
        ("time", {"time": "09:30"}, "上午9点半"),
        ("time", {"from": "19:05", "to": None}, "晚上7点05分以后"),
        ("time", {"from": "09:00", "to": "11:00"}, "上午9点到上午11点"),
        ("time", {"period": "下午"}, "下午"),
        ("yes_no", True, "是"),
        ("duration", {"value": 2, "unit": "wk"}, "2周"),
        ("free_text", "氨氯地平", "氨氯地平"),
        ("choice", None, ""),
    ],
)
def test_describe(kind: str, given: Any, words: str) -> None:
    assert describe(ValueKind(kind), given) == words


def test_a_choice_is_described_by_its_label() -> None:
    options = (Option(value="轻", label="口味淡"),)
    assert describe(ValueKind.CHOICE, "轻", options) == "口味淡"
