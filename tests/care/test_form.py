"""Form files: the shipped one, and what is said about a bad one."""

from copy import deepcopy
from typing import Any

import pytest

from assistant.care.form import Form
from assistant.care.form_item import ReadBack
from assistant.care.form_problems import FormErrors, FormProblem
from assistant.dialogue.meaning import ValueKind
from tests.care.visits import hypertension_form
from tests.care.yaml_cases import cases

GOOD: dict[str, Any] = {
    "form": "small",
    "title": "小表",
    "version": "1",
    "url": "urn:example:small",
    "source": {"document": "某规范"},
    "items": [
        {"slot": "salt", "label": "摄盐", "kind": "choice", "options": [{"code": "1", "value": "轻"}]},
        {
            "slot": "heart_rate",
            "label": "心率",
            "kind": "heart_rate",
            "unit": {"display": "次/分", "ucum": "/min"},
            "range": {"min": 30, "max": 220},
        },
    ],
}


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    """The good form with one thing changed; a value of `$delete` takes it away."""
    form = deepcopy(GOOD)
    place: Any = form
    for part in path[:-1]:
        place = place[part]
    if value == "$delete":
        del place[path[-1]]
    elif isinstance(place, list) and path[-1] == len(place):
        place.append(value)
    else:
        place[path[-1]] = value
    return form


def problems(data: dict[str, Any], locate: Any = None) -> tuple[FormProblem, ...]:
    with pytest.raises(FormErrors) as refused:
        Form.parse(data, "small.yml", locate)
    return refused.value.problems


def test_a_good_form_has_no_problems() -> None:
    assert Form.parse(GOOD, "small.yml").canonical == "urn:example:small|1"


@pytest.mark.parametrize("case", cases("bad_forms"))
def test_a_bad_form_says_what_and_where(case: dict[str, Any]) -> None:
    found = problems(changed(case["at"], case["to"]))
    assert any(case["says"] in str(problem) for problem in found), [str(problem) for problem in found]
    assert all(str(problem).startswith("small.yml: ") for problem in found)


def test_every_problem_is_reported_at_once() -> None:
    bad = changed(["titel"], "x")
    bad["items"][0]["kind"] = "choise"
    bad["items"][1]["range"] = {"min": "low", "max": 3}
    assert [problem.path for problem in problems(bad)] == [
        ("items", 0, "kind"),
        ("items", 1, "range", "min"),
        ("titel",),
    ]


def test_the_reader_of_the_file_gives_the_line() -> None:
    found = problems(changed(["titel"], "x"), lambda path: ("forms/small.yml", 7))
    assert str(found[0]) == "forms/small.yml:7: titel: unknown key 'titel'; did you mean 'title'?"


def test_the_hypertension_form_asks_these_slots_in_this_order() -> None:
    assert [item.slot for item in hypertension_form().asked] == [
        "identity",
        "consent",
        "symptoms",
        "blood_pressure",
        "heart_rate",
        "weight",
        "smoking_per_day",
        "alcohol_per_day",
        "exercise",
        "salt",
        "mood",
        "medication_adherence",
        "medications",
        "side_effects",
        "next_visit",
    ]


def test_the_hypertension_form_has_the_codes_of_the_paper_form() -> None:
    form = hypertension_form()
    codes = {item.slot: [(option.code, option.text) for option in item.options] for item in form.items}
    assert [text for _, text in codes["symptoms"]] == [
        "无症状",
        "头痛头晕",
        "恶心呕吐",
        "眼花耳鸣",
        "呼吸困难",
        "心悸胸闷",
        "鼻衄出血不止",
        "四肢发麻",
        "下肢水肿",
        "其他",
    ]
    assert codes["salt"] == [("1", "轻"), ("2", "中"), ("3", "重")]
    assert codes["mood"] == [("1", "良好"), ("2", "一般"), ("3", "差")]
    assert codes["medication_adherence"] == [("1", "规律"), ("2", "间断"), ("3", "不服药")]
    assert codes["side_effects"] == [("1", "无"), ("2", "有")]
    assert codes["follow_up_method"] == [("1", "门诊"), ("2", "家庭"), ("3", "电话")]
    assert codes["classification"][3] == ("4", "并发症")
    assert codes["next_step"][3] == ("4", "紧急转诊")


def test_blood_pressure_is_always_read_back() -> None:
    read_back = {item.slot: item.read_back for item in hypertension_form().asked}
    assert read_back["blood_pressure"] is ReadBack.ALWAYS
    assert read_back["heart_rate"] is read_back["weight"] is ReadBack.SPOKEN
    assert read_back["symptoms"] is ReadBack.NEVER


def test_what_cannot_be_done_by_telephone_says_so() -> None:
    form = hypertension_form()
    unasked = {item.slot: item.unasked_status for item in form.items if not item.from_resident}
    assert unasked["bmi"] == unasked["other_signs"] == unasked["examinations"] == "not_by_phone"
    assert unasked["compliance"] == unasked["referral"] == "not_asked"


@pytest.mark.parametrize(
    ("slot", "value", "implausible"),
    [
        ("blood_pressure", {"systolic": 60, "diastolic": 30}, ()),
        ("blood_pressure", {"systolic": 59, "diastolic": 29}, ("systolic", "diastolic")),
        ("blood_pressure", {"systolic": 281, "diastolic": None}, ("systolic",)),
        ("blood_pressure", {"systolic": {"from": 140, "to": 149}, "diastolic": 80}, ()),
        ("blood_pressure", {"systolic": {"from": 140, "to": 300}, "diastolic": 80}, ("systolic",)),
        ("heart_rate", {"bpm": 30}, ()),
        ("heart_rate", {"bpm": 29}, ("bpm",)),
        ("heart_rate", {"bpm": 221}, ("bpm",)),
        ("weight", {"kg": 24.9}, ("kg",)),
        ("smoking_per_day", {"value": 0, "unit": "支"}, ()),
        ("smoking_per_day", {"value": 101, "unit": "支"}, ("value",)),
        ("exercise", {"times": 3, "per": "week", "minutes": 0}, ("minutes",)),
        ("mood", "良好", ()),
    ],
)
def test_implausible_numbers_are_named(slot: str, value: Any, implausible: tuple[str, ...]) -> None:
    item = hypertension_form().item(slot)
    assert item is not None
    assert item.implausible(value) == implausible


def test_choices_carry_value_label_key_and_synonyms() -> None:
    item = hypertension_form().item("salt")
    assert item is not None and item.kind is ValueKind.CHOICE
    first = item.choices()[0]
    assert (first.value, first.label, first.key) == ("轻", "轻", "1")
    assert "清淡" in first.synonyms
