"""An urgent or emergency outcome as a Flag on the chart and a Task that wants acknowledgement at once."""

from datetime import timedelta

from assistant.care.chart.datatypes import concept, machine_made, moment
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import TASKS, Resource
from assistant.dialogue.events import AlertLevel

CATEGORIES = "http://terminology.hl7.org/CodeSystem/flag-category"

ACKNOWLEDGE_WITHIN = {
    AlertLevel.EMERGENCY: timedelta(minutes=5),
    AlertLevel.URGENT: timedelta(minutes=30),
}
"""How soon somebody must acknowledge it before it goes to the next on duty."""

_TITLES = {AlertLevel.EMERGENCY: "紧急情况", AlertLevel.URGENT: "需尽快处理"}


_WHEREABOUTS = {"emergency_location": "所在位置", "emergency_companion": "身边的人"}
"""What the emergency pattern asks for, by slot."""


def alerting(draft: Draft) -> bool:
    """Whether the outcome cannot wait for the ordinary review."""
    return draft.outcome.alert_level in ACKNOWLEDGE_WITHIN


def flag(draft: Draft) -> Resource:
    """The warning that everybody sees who opens the chart."""
    return machine_made(
        {
            "resourceType": "Flag",
            "identifier": [draft.identifier("flag")],
            "status": "active",
            "category": [concept(CATEGORIES, "clinical", "Clinical", "临床")],
            "code": {"text": _summary(draft)},
            "subject": draft.patient,
            "period": {"start": moment(draft.visit.last_moment)},
            **({"encounter": draft.entry("encounter")} if draft.reached else {}),
            "author": draft.device,
        }
    )


def alert_task(draft: Draft) -> Resource:
    """The job to look now."""
    raised = draft.visit.last_moment
    due = raised + ACKNOWLEDGE_WITHIN[draft.outcome.alert_level]
    return machine_made(
        {
            "resourceType": "Task",
            "identifier": [draft.identifier("alert")],
            "status": "requested",
            "intent": "order",
            "priority": "stat",
            "code": concept(TASKS, "alert", "Alert", "紧急提示"),
            "description": _summary(draft),
            "focus": draft.entry("flag"),
            "for": draft.patient,
            **({"encounter": draft.entry("encounter")} if draft.reached else {}),
            "authoredOn": moment(raised),
            "requester": draft.device,
            "owner": draft.owner,
            "restriction": {"period": {"start": moment(raised), "end": moment(due)}},
        }
    )


def _summary(draft: Draft) -> str:
    """The level, what raised it in the conversation, what the rules say, and where the person is."""
    raised = [
        f"{alert.reason}（原话：{alert.text}）" if alert.text else alert.reason
        for alert in draft.visit.alerts
        if alert.level in ACKNOWLEDGE_WITHIN
    ]
    ruled = [reason.text for reason in draft.outcome.reasons if reason.refers_at_once]
    slots = draft.visit.slots
    where = [
        f"{label}：{slots[slot].value}"
        for slot, label in _WHEREABOUTS.items()
        if slot in slots and slots[slot].filled
    ]
    return "；".join([_TITLES[draft.outcome.alert_level], *dict.fromkeys(raised + ruled), *where])
