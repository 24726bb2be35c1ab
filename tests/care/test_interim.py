"""What the `assess` action answers during a conversation."""

from datetime import date

import pytest
from pydantic import JsonValue

from assistant.care.interim import assess_so_far
from assistant.dialogue.slots import SlotStatus, SlotValue
from tests.care.visits import hypertension_form, stated

TODAY = date(2026, 11, 24)
FACTS: dict[str, JsonValue] = {
    "age": 60,
    "pregnant": False,
    "on_file": {"last_visit": {"date": "2026-08-20", "classification": "控制不满意"}},
}
RAISED = {"blood_pressure": stated({"systolic": 150, "diastolic": 85})}


def test_reads_slots_and_facts() -> None:
    found = assess_so_far(hypertension_form(), RAISED, FACTS, TODAY)
    assert found["classification"] == "控制不满意"
    assert found["next_step"] == "两次控制不满意转诊随访"
    assert found["next_follow_up"] == {"date": "2026-12-08", "reason": "建议转诊，2周内随访转诊情况"}
    assert found["alert_level"] == "doctor_review"
    assert found["advice"] == ["utter_advice_uncontrolled", "utter_advice_danger_signs"]


def test_the_same_without_a_visit_before() -> None:
    found = assess_so_far(hypertension_form(), RAISED, {"age": 60}, TODAY)
    assert found["next_step"] == "第1次控制不满意2周随访"


def test_pregnancy_is_read_from_the_facts() -> None:
    assert assess_so_far(hypertension_form(), RAISED, {"pregnant": True}, TODAY)["alert_level"] == "urgent"


@pytest.mark.parametrize("status", [SlotStatus.UNKNOWN, SlotStatus.REFUSED])
def test_a_reading_that_was_asked_for_in_vain_is_missing(status: SlotStatus) -> None:
    found = assess_so_far(hypertension_form(), {"blood_pressure": SlotValue(status=status)}, {}, TODAY)
    assert found["classification"] is None
    assert found["alert_level"] == "doctor_review"


def test_before_any_question_there_is_nothing_to_say() -> None:
    found = assess_so_far(hypertension_form(), {}, {}, TODAY)
    assert (found["classification"], found["alert_level"], found["next_step"]) == (None, "none", None)


@pytest.mark.parametrize(
    "odd", [None, 3, "x", [], {"last_visit": "x"}, {"last_visit": {"classification": "好"}}]
)
def test_what_is_on_file_in_another_shape_counts_as_unknown(odd: JsonValue) -> None:
    found = assess_so_far(hypertension_form(), RAISED, {"age": "六十", "on_file": odd}, TODAY)
    assert found["next_step"] == "第1次控制不满意2周随访"


def test_a_form_without_rules_is_not_assessed() -> None:
    form = hypertension_form().model_copy(update={"assessment": None})
    with pytest.raises(ValueError, match="has no assessment"):
        assess_so_far(form, {}, {}, TODAY)
