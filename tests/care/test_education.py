"""Which closing advice is given."""

from typing import Any

import pytest
from pydantic import JsonValue

from assistant.care.assessment.findings import Findings
from assistant.care.assessment.hypertension import assess
from assistant.care.education import MOST, advice
from tests.care.visits import stated
from tests.care.yaml_cases import CONTENT, cases, read_yaml

FORBIDDEN = ("毫克", "mg", "片", "粒", "诊断", "您患有", "您得了", "加量", "换成")
RESPONSES = read_yaml(CONTENT / "domain" / "advice.yml")["responses"]


def given(answers: dict[str, JsonValue], pregnant: bool = False) -> tuple[str, ...]:
    slots = {slot: stated(value) for slot, value in answers.items()}
    findings = Findings.of(slots, age=60, pregnant=pregnant, completed=True)
    return advice(assess(findings), findings, slots)


@pytest.mark.parametrize("case", cases("advice"))
def test_advises(case: dict[str, Any]) -> None:
    pressure = {"blood_pressure": {"systolic": 130, "diastolic": 80}}
    keys = given({**pressure, **case["answers"]}, case.get("pregnant", False))
    assert [key.removeprefix("utter_advice_") for key in keys] == case["advice"]
    assert len(keys) <= MOST
    assert set(keys) <= set(RESPONSES)


@pytest.mark.parametrize("key", RESPONSES)
def test_advice_neither_doses_nor_prescribes_nor_diagnoses(key: str) -> None:
    for variant in RESPONSES[key]:
        text = variant["text"]
        assert not any(
            word in text for word in ("毫克", "mg", "片", "粒", "诊断", "您患有", "您得了", "加量", "换成")
        )
        assert text.endswith("。")


def test_every_advice_is_given_to_somebody() -> None:
    spoken = {f"utter_advice_{key}" for case in cases("advice") for key in case.values[0]["advice"]}
    assert spoken == set(RESPONSES)
