"""Assessments by the name that a form gives: what the findings of a visit mean, and what is due next."""

from collections.abc import Callable, Mapping

from assistant.care.assessment import hypertension
from assistant.care.assessment.findings import Findings
from assistant.care.assessment.hypertension import Thresholds
from assistant.care.assessment.result import Assessment

ASSESSMENTS: Mapping[str, Callable[[Findings, Thresholds], Assessment]] = {
    "hypertension": hypertension.assess
}
