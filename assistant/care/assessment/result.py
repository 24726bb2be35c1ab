"""What an assessment gives: a proposed class and next step, how soon to look, and why."""

from enum import StrEnum

from assistant.care.assessment.findings import Classification
from assistant.care.source import Source
from assistant.dialogue.events import AlertLevel
from assistant.dialogue.frozen import Frozen

SEVERITY: tuple[AlertLevel, ...] = (
    AlertLevel.NONE,
    AlertLevel.DOCTOR_REVIEW,
    AlertLevel.URGENT,
    AlertLevel.EMERGENCY,
)
"""Alert levels, mildest first."""


class NextStep(StrEnum):
    """下一步管理措施, by the wording of the form."""

    ROUTINE = "常规随访"
    TWO_WEEKS = "第1次控制不满意2周随访"
    REFER = "两次控制不满意转诊随访"
    URGENT_REFERRAL = "紧急转诊"


class Reason(Frozen):
    """Why the assessment says so: a sentence for the doctor, the rule that fired, and its source.

    `refers_at_once` marks what makes an urgent referral due.
    """

    rule: str
    text: str
    source: Source
    refers_at_once: bool = False


class Assessment(Frozen):
    """A proposal for the doctor, who decides. `classification` is None where the facts do not carry one."""

    classification: Classification | None
    next_step: NextStep | None
    alert_level: AlertLevel
    reasons: tuple[Reason, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Identifiers of the rules that fired, in order."""
        return tuple(reason.rule for reason in self.reasons)


def worst(levels: "tuple[AlertLevel, ...]") -> AlertLevel:
    """The most pressing of the levels, `none` of no level at all."""
    return max(levels, key=SEVERITY.index, default=AlertLevel.NONE)
