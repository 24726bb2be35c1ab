"""The hypertension rules on both sides of every boundary."""

from typing import Any

import pytest

from assistant.care.assessment.findings import Findings, LastVisit
from assistant.care.assessment.hypertension import Thresholds, assess
from assistant.care.assessment.measure import BloodPressure
from assistant.care.assessment.result import NextStep
from tests.care.yaml_cases import cases

STEPS = {
    "routine": NextStep.ROUTINE,
    "two_weeks": NextStep.TWO_WEEKS,
    "refer": NextStep.REFER,
    "urgent": NextStep.URGENT_REFERRAL,
    "none": None,
}


def pressure(pair: list[Any] | None) -> BloodPressure:
    systolic, diastolic = pair or (None, None)
    return BloodPressure.of({"systolic": systolic, "diastolic": diastolic})


def findings(case: dict[str, Any]) -> Findings:
    last = None
    if "last" in case or "last_bp" in case:
        last = LastVisit(blood_pressure=pressure(case.get("last_bp")), classification=case.get("last"))
    return Findings(
        blood_pressure=pressure(case["bp"]),
        symptoms=tuple(case.get("symptoms", ())),
        age=case.get("age", 60),
        pregnant=case.get("pregnant", False),
        side_effects=case.get("side_effects"),
        adherence=case.get("adherence"),
        last_visit=last,
    )


@pytest.mark.parametrize("case", cases("hypertension"))
def test_proposes(case: dict[str, Any]) -> None:
    assessed = assess(findings(case))
    assert assessed.classification == case["class"]
    assert assessed.next_step == STEPS[case["step"]]
    assert assessed.alert_level == case.get("alert", "none")


@pytest.mark.parametrize("case", cases("hypertension"))
def test_says_why_whenever_it_says_anything(case: dict[str, Any]) -> None:
    assessed = assess(findings(case))
    assert assessed.reasons
    assert all(reason.text.endswith("。") and reason.rule.startswith("htn.") for reason in assessed.reasons)
    assert len(set(assessed.rules)) == len(assessed.rules)


def test_a_centre_may_set_its_own_elderly_target() -> None:
    strict = Thresholds(elderly_target=(140, 90))
    elderly = findings({"bp": [145, 85], "age": 70})
    assert assess(elderly).classification == "控制满意"
    assert assess(elderly, strict).classification == "控制不满意"


def test_only_verified_sources_can_be_cited() -> None:
    standard = assess(findings({"bp": [130, 80]})).reasons[0]
    elderly = assess(findings({"bp": [130, 80], "age": 70})).reasons[0]
    assert standard.source.citation == "《国家基本公共卫生服务规范（第三版）》高血压患者健康管理服务规范"
    assert elderly.rule == "htn.met" and elderly.source.citation is None


def test_a_reading_that_was_not_yet_asked_for_is_not_missing() -> None:
    assert assess(Findings(finished=False)).reasons == ()
