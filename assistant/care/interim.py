"""What an `assess` action answers within a conversation: the proposal so far, and what to advise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import JsonValue

from assistant.care.assessment import ASSESSMENTS
from assistant.care.assessment.findings import Findings
from assistant.care.assessment.hypertension import STANDARD, Thresholds
from assistant.care.education import advice
from assistant.care.form import Form
from assistant.care.next_visit import next_follow_up
from assistant.care.outcome import published_reasons
from assistant.care.visit import OnFile
from assistant.dialogue.slots import SlotValue


def assess_so_far(
    form: Form,
    slots: Mapping[str, SlotValue],
    facts: Mapping[str, JsonValue],
    today: date,
    thresholds: Thresholds = STANDARD,
) -> dict[str, Any]:
    """`{classification, alert_level, next_step, next_follow_up, reasons, advice}` in JSON types.

    `facts` are those of the conversation (`age`, `pregnant`, `on_file`); what is missing or has another
    shape counts as unknown. `advice` are response keys, most important first. Raises ValueError when the
    form has no assessment.
    """
    if form.assessment is None:
        raise ValueError(f"form {form.form} has no assessment")
    age = facts.get("age")
    findings = Findings.of(
        slots,
        age=age if isinstance(age, int) and not isinstance(age, bool) else None,
        pregnant=facts.get("pregnant") is True,
        last_visit=OnFile.of(facts.get("on_file")).last_visit,
    )
    assessed = ASSESSMENTS[form.assessment](findings, thresholds)
    due = next_follow_up(assessed.next_step, today)
    return {
        "classification": assessed.classification,
        "alert_level": assessed.alert_level.value,
        "next_step": assessed.next_step.value if assessed.next_step else None,
        "next_follow_up": {"date": due.date.isoformat(), "reason": due.reason} if due else None,
        "reasons": published_reasons(assessed.reasons),
        "advice": list(advice(assessed, findings, slots)),
    }
