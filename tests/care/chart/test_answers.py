"""Slot values as coded answers, and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from assistant.care.chart.answers import response_items
from assistant.care.chart.draft import Draft
from assistant.care.chart.questionnaire_response import questionnaire_response
from assistant.care.chart.reading import origin, recorded
from assistant.care.outcome import outcome
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker
from tests.care.visits import ANSWERS, hypertension_form, stated, visit

FORM = hypertension_form()
SYSTEM = "urn:health-centre-assistant:form:followup_hypertension"


def items(slot: str, value: SlotValue) -> list[dict[str, Any]]:
    item = FORM.item(slot)
    assert item is not None
    return response_items(FORM, item, value)


def codes(slot: str, value: JsonValue) -> list[tuple[str, str]]:
    coded = [answer["valueCoding"] for answer in items(slot, stated(value))[0].get("answer", ())]
    assert all(coding["system"] == f"{SYSTEM}:{slot}" for coding in coded)
    return [(coding["code"], coding["display"]) for coding in coded]


def response(**changes: Any) -> dict[str, Any]:
    one = visit(**changes)
    return questionnaire_response(Draft(one, outcome(one, FORM), FORM))


def by_link(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["linkId"]: item for item in found["item"]}


@pytest.mark.parametrize(
    ("slot", "value", "coded"),
    [
        ("salt", "重", [("3", "重")]),
        ("mood", "良好", [("1", "良好")]),
        ("medication_adherence", "不服药", [("3", "不服药")]),
        ("side_effects", True, [("2", "有")]),
        ("side_effects", False, [("1", "无")]),
        ("consent", True, [("1", "同意")]),
        ("symptoms", {"present": ["头晕"]}, [("2", "头痛头晕")]),
        ("symptoms", {"present": ["胸闷", "头晕", "头痛"]}, [("2", "头痛头晕"), ("6", "心悸胸闷")]),
        ("symptoms", {"present": ["下肢水肿", "乏力"]}, [("9", "下肢水肿"), ("10", "其他")]),
        ("symptoms", {"none": True}, [("1", "无症状")]),
        ("symptoms", {"present": [], "absent": ["头晕"]}, []),
        ("symptoms", {"present": [], "unsure": ["头晕"]}, []),
    ],
)
def test_codes_are_those_of_the_form(slot: str, value: JsonValue, coded: list[tuple[str, str]]) -> None:
    assert codes(slot, value) == coded


def test_every_symptom_denied_one_by_one_is_no_symptom() -> None:
    absent = ["头痛", "恶心", "耳鸣", "呼吸困难", "心悸", "鼻衄", "四肢发麻", "下肢水肿"]
    assert codes("symptoms", {"present": [], "absent": absent}) == [("1", "无症状")]
    assert codes("symptoms", {"present": [], "absent": absent[:-1]}) == []


def test_the_symptoms_own_words_stay_under_their_code() -> None:
    other = items("symptoms", stated({"present": ["头晕", "乏力"]}))[0]["answer"][1]
    assert other["item"][0]["answer"] == [{"valueString": "乏力"}]


def test_what_was_said_of_a_side_effect_is_kept_beside_its_code() -> None:
    told = items("side_effects", stated(True, said="吃了脚有点肿"))[0]["answer"][0]
    assert told["item"][0]["linkId"] == "side_effects.text"
    assert told["item"][0]["answer"] == [{"valueString": "吃了脚有点肿"}]
    assert "item" not in items("side_effects", stated(False, said="没有"))[0]["answer"][0]


def test_numbers_have_units() -> None:
    found = by_link(response())
    pressures = [part["answer"][0]["valueQuantity"] for part in found["blood_pressure"]["item"]]
    assert [(one["value"], one["code"]) for one in pressures] == [(152, "mm[Hg]"), (88, "mm[Hg]")]
    assert found["smoking_per_day"]["answer"][0]["valueQuantity"]["unit"] == "支/日"
    times, minutes = (part["answer"][0]["valueQuantity"] for part in found["exercise"]["item"])
    assert (times["value"], times["unit"], minutes["value"], minutes["unit"]) == (3, "次/周", 30, "分钟")


def test_times_a_day_stay_times_a_day() -> None:
    times = items("exercise", stated({"times": 1, "per": "day"}))[0]["item"][0]
    assert times["answer"][0]["valueQuantity"]["code"] == "{times}/d"


def test_a_day_or_a_span_of_days() -> None:
    assert items("next_visit", stated("2026-12-08"))[0]["answer"] == [{"valueDate": "2026-12-08"}]
    span = items("next_visit", stated({"from": "2026-12-01", "to": "2026-12-05"}))[0]["answer"][0]
    assert (span["valueDate"], span["extension"][0]["valueDate"]) == ("2026-12-01", "2026-12-05")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (SlotStatus.UNKNOWN, "asked-unknown"),
        (SlotStatus.REFUSED, "asked-declined"),
        (SlotStatus.NOT_ASKED, "not-asked"),
        (SlotStatus.NOT_BY_PHONE, "not-performed"),
    ],
)
@pytest.mark.parametrize("slot", ["weight", "blood_pressure", "salt", "symptoms"])
def test_no_answer_says_why(slot: str, status: SlotStatus, reason: str) -> None:
    found = items(slot, SlotValue(status=status))[0]
    assert "answer" not in found and "item" not in found
    assert found["extension"][-1]["valueCode"] == reason


def test_every_item_of_the_form_is_in_the_response() -> None:
    assert {item.slot for item in FORM.items} <= set(by_link(response()))


def test_constants_and_proposals_are_filled() -> None:
    found = by_link(response())
    assert found["follow_up_method"]["answer"][0]["valueCoding"]["code"] == "3"
    assert found["classification"]["answer"][0]["valueCoding"]["code"] == "2"
    assert found["next_step"]["answer"][0]["valueCoding"]["code"] == "2"
    assert found["next_follow_up"]["answer"] == [{"valueDate": "2026-12-08"}]
    assert "answer" not in by_link(response(disposition="partial"))["classification"]


def test_an_answer_keeps_where_it_came_from() -> None:
    said = stated({"kg": 60}, turn=6, confidence=0.91234, approx=True, said="大概一百二十斤")
    assert origin(items("weight", said)[0]) == {
        "status": "stated",
        "turn": 6,
        "speaker": Speaker.SELF.value,
        "confidence": 0.912,
        "approximate": True,
        "said": "大概一百二十斤",
    }


def test_no_identity_number_reaches_the_chart() -> None:
    identity = stated({"is_patient": True, "birth_year": 1958, "id_last4": "4321"})
    assert "4321" not in str(response(answers={"identity": identity}))


def test_the_answers_can_be_read_back() -> None:
    expected = {**ANSWERS, "identity": {"is_patient": True}}
    proposed = {"classification", "next_step", "next_follow_up", "follow_up_method"}
    found = recorded(response(), FORM)
    assert {slot: value for slot, value in found.items() if slot not in proposed} == expected
    assert {slot: found[slot] for slot in proposed} == {
        "classification": "控制不满意",
        "next_step": "第1次控制不满意2周随访",
        "next_follow_up": "2026-12-08",
        "follow_up_method": "电话",
    }


NUMBERS = st.integers(60, 180) | st.fixed_dictionaries(
    {"from": st.none() | st.integers(60, 120), "to": st.integers(121, 180)}
)
TERMS = st.lists(st.sampled_from(["头痛", "头晕", "恶心", "心悸", "乏力", "下肢水肿", "咳嗽"]), unique=True)
VALUES = {
    "blood_pressure": st.fixed_dictionaries({"systolic": NUMBERS, "diastolic": st.none() | NUMBERS}),
    "heart_rate": st.fixed_dictionaries({"bpm": NUMBERS}),
    "weight": st.fixed_dictionaries({"kg": st.floats(30, 150).map(lambda kg: round(kg, 1))}),
    "smoking_per_day": st.fixed_dictionaries({"value": NUMBERS, "unit": st.just("支")}),
    "exercise": st.fixed_dictionaries(
        {"times": st.integers(0, 20), "per": st.sampled_from(["day", "week"])},
        optional={"minutes": st.integers(1, 90)},
    ),
    "salt": st.sampled_from(["轻", "中", "重"]),
    "side_effects": st.booleans(),
    "medications": st.text(min_size=1).map(str.strip).filter(bool),
    "next_visit": st.dates().map(lambda day: day.isoformat()),
}


@pytest.mark.parametrize("slot", VALUES)
def test_whatever_is_written_is_read_back(slot: str) -> None:
    @given(VALUES[slot])
    def holds(value: JsonValue) -> None:
        assert recorded({"item": items(slot, stated(value))}, FORM) == {slot: value}

    holds()


@given(TERMS, TERMS, TERMS)
def test_symptoms_are_read_back_term_by_term(
    present: list[str], absent: list[str], unsure: list[str]
) -> None:
    value: JsonValue = {"present": [*present], "absent": [*absent], "unsure": [*unsure]}
    found = recorded({"item": items("symptoms", stated(value))}, FORM).get("symptoms", {})
    assert isinstance(found, dict)
    assert set(found.get("present", [])) == set(present)
    assert (found.get("absent", []), found.get("unsure", [])) == (absent, unsure)
