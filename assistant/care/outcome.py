"""The outcome of a visit: the record, the proposed class and next step, how soon to look, and why."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from assistant.care.assessment import ASSESSMENTS
from assistant.care.assessment.findings import Classification, Findings
from assistant.care.assessment.hypertension import STANDARD, Thresholds
from assistant.care.assessment.result import Assessment, NextStep, Reason, worst
from assistant.care.form import Form
from assistant.care.next_visit import NextFollowUp, next_follow_up
from assistant.care.visit import Visit
from assistant.dialogue.events import AlertLevel, Disposition
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotValue

NOBODYS_ANSWERS = frozenset({Disposition.WRONG_NUMBER, Disposition.DECEASED})
"""Endings after which nothing that was said counts as the resident's answer."""

_STEP_RULES = frozenset({"htn.routine", "htn.first", "htn.repeated", "htn.worst"})


class Outcome(Frozen):
    """What a visit came to. A proposal: the doctor decides.

    `record` holds the stated and confirmed slots of the form only. `classification`, `next_step` and
    `next_follow_up` are None where the visit does not carry them.
    """

    form: str
    record: Mapping[str, JsonValue]
    classification: Classification | None
    alert_level: AlertLevel
    disposition: Disposition | None
    next_step: NextStep | None
    next_follow_up: NextFollowUp | None
    reasons: tuple[Reason, ...] = ()

    def published(self) -> dict[str, Any]:
        """The outcome as clients get it, in JSON types. A source that nobody verified is not cited."""
        due = self.next_follow_up
        return {
            "form": self.form,
            "record": dict(self.record),
            "classification": self.classification,
            "alert_level": self.alert_level.value,
            "disposition": self.disposition.value if self.disposition else None,
            "next_step": self.next_step.value if self.next_step else None,
            "next_follow_up": {"date": due.date.isoformat(), "reason": due.reason} if due else None,
            "reasons": published_reasons(self.reasons),
        }


def outcome(visit: Visit, form: Form, thresholds: Thresholds = STANDARD) -> Outcome:
    """The outcome of the visit. Pure: the day counted from is that on which the visit began."""
    slots = answers(visit)
    completed = visit.disposition in (None, Disposition.COMPLETED)
    assessed = _assess(visit, form, slots, thresholds)
    level = worst((assessed.alert_level, *_raised(visit)))
    emergency = level is AlertLevel.EMERGENCY
    step = _next_step(assessed, emergency, completed)
    return Outcome(
        form=form.form,
        record={item.slot: slots[item.slot].value for item in form.items if _filled(slots, item.slot)},
        classification=assessed.classification if completed and not emergency else None,
        alert_level=level,
        disposition=visit.disposition,
        next_step=step,
        next_follow_up=next_follow_up(step, visit.today),
        reasons=tuple(r for r in assessed.reasons if step is assessed.next_step or r.rule not in _STEP_RULES),
    )


def answers(visit: Visit) -> Mapping[str, SlotValue]:
    """The slots that may be taken for the resident's answers: only the identity where that failed."""
    if visit.verified and visit.disposition not in NOBODYS_ANSWERS:
        return visit.slots
    return {name: slot for name, slot in visit.slots.items() if name == "identity"}


def _assess(visit: Visit, form: Form, slots: Mapping[str, SlotValue], thresholds: Thresholds) -> Assessment:
    if form.assessment is None:
        return Assessment(classification=None, next_step=None, alert_level=AlertLevel.NONE)
    findings = Findings.of(
        slots,
        age=visit.resident.age,
        pregnant=visit.resident.pregnant,
        last_visit=visit.on_file.last_visit,
        completed=visit.disposition is Disposition.COMPLETED,
    )
    return ASSESSMENTS[form.assessment](findings, thresholds)


def _raised(visit: Visit) -> tuple[AlertLevel, ...]:
    """The levels that the conversation itself asks for."""
    ending = AlertLevel.EMERGENCY if visit.disposition is Disposition.EMERGENCY else AlertLevel.NONE
    return (*(alert.level for alert in visit.alerts), ending)


def _next_step(assessed: Assessment, emergency: bool, completed: bool) -> NextStep | None:
    """An urgent referral stands however the conversation ended; anything else needs the whole form."""
    if emergency or assessed.next_step is NextStep.URGENT_REFERRAL:
        return NextStep.URGENT_REFERRAL
    return assessed.next_step if completed else None


def _filled(slots: Mapping[str, SlotValue], slot: str) -> bool:
    return slot in slots and slots[slot].filled


def published_reasons(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Reasons in JSON types, each with the citation of its source, null while that is unverified."""
    return [{"rule": r.rule, "text": r.text, "source": r.source.citation} for r in reasons]
