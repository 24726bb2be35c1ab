"""Screening of residents not known to have hypertension: a suggestion for the record, never a diagnosis."""

from enum import StrEnum

from assistant.care.assessment.measure import BloodPressure
from assistant.care.assessment.result import Reason
from assistant.care.source import FOLLOW_UP_STANDARD
from assistant.dialogue.frozen import Frozen

RAISED = (140, 90)
"""mmHg, systolic and diastolic: from here readings on three days are due."""
HIGH_NORMAL = (130, 85)
"""mmHg: from here, and below `RAISED`, the resident counts as at high risk."""


class Screening(StrEnum):
    """What is due after one reading."""

    THREE_DAYS = "不同3天复测血压"
    EVERY_SIX_MONTHS = "每半年测量1次血压"
    NOTHING = "无需额外安排"


class Risk(Frozen):
    """What else puts a resident at high risk. None means not known.

    `bmi` in kg/m2, `waist` in cm, `spirits` in ml of 白酒 a day.
    """

    age: int | None = None
    sex: str | None = None
    bmi: float | None = None
    waist: float | None = None
    family_history: bool = False
    salty_food: bool = False
    spirits: float | None = None

    @property
    def high(self) -> bool:
        """Whether at least one factor of the standard is certainly there."""
        waist_limit = {"M": 90.0, "F": 85.0}.get(self.sex or "")
        return (
            (self.age is not None and self.age >= 55)
            or (self.bmi is not None and self.bmi >= 24)
            or (self.waist is not None and waist_limit is not None and self.waist >= waist_limit)
            or (self.spirits is not None and self.spirits >= 100)
            or self.family_history
            or self.salty_food
        )


def screen(pressure: BloodPressure, risk: Risk) -> tuple[Screening, Reason | None]:
    """What the first reading of a resident without a diagnosis makes due."""
    if pressure.reaches(*RAISED):
        text = f"首次发现血压 {pressure}：建议在不同的3天复测，必要时转诊确诊，2周内随访结果。"
        return Screening.THREE_DAYS, Reason(rule="htn.screening", text=text, source=FOLLOW_UP_STANDARD)
    if pressure.reaches(*HIGH_NORMAL) or risk.high:
        text = "属高血压高危人群：建议每半年至少测量1次血压。"
        return Screening.EVERY_SIX_MONTHS, Reason(rule="htn.high_risk", text=text, source=FOLLOW_UP_STANDARD)
    return Screening.NOTHING, None
