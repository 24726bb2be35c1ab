"""Jobs that the visit leaves behind: the review, a referral, the next follow-up, and what was promised."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from assistant.care.assessment.result import NextStep
from assistant.care.chart.alerts import alerting
from assistant.care.chart.datatypes import concept, machine_made, moment
from assistant.care.chart.draft import Draft
from assistant.care.chart.naming import CONCLUSIONS, TASKS, Resource
from assistant.care.visit import CHINA
from assistant.dialogue.events import AlertLevel, Disposition, TaskRequested

REVIEW_WITHIN = timedelta(days=3)
"""How long a draft may wait for the doctor's signature."""

_PRIORITIES = {
    AlertLevel.NONE: "routine",
    AlertLevel.DOCTOR_REVIEW: "urgent",
    AlertLevel.URGENT: "stat",
    AlertLevel.EMERGENCY: "stat",
}
_KINDS = {
    "callback": ("callback", "Call back", "回访"),
    "handoff": ("handoff", "Hand over", "转人工"),
    "question": ("question", "Answer a question", "答复居民的问题"),
    "service_request": ("service-request", "Service request", "办理居民的要求"),
    "contact_update": ("contact-update", "Update contact details", "核实并更新联系方式"),
    "do_not_call": ("do-not-call", "Do not call", "停止外呼"),
    "death_reported": ("death-reported", "Death reported", "核实死亡报告"),
    "wrong_number": ("wrong-number", "Wrong number", "核实联系电话"),
    "complaint": ("complaint", "Complaint", "处理投诉"),
    "emergency": ("emergency", "Emergency", "紧急情况处理"),
}
_URGENT_KINDS = frozenset({"handoff", "emergency"})


def review(draft: Draft) -> Resource:
    """The doctor's job to check the draft and sign it, with the proposal and its reasons."""
    authored = draft.visit.last_moment
    notes = [{"text": _cited(reason.text, reason.source.citation)} for reason in draft.outcome.reasons]
    return _task(
        draft,
        "review",
        concept(TASKS, "review", "Review and sign", "审核签字"),
        status="requested",
        intent="order",
        priority=_PRIORITIES[draft.outcome.alert_level],
        description=f"审核并签署：{draft.form.title}",
        focus=draft.entry("response" if draft.answered else "communication"),
        restriction={"period": {"start": moment(authored), "end": moment(authored + REVIEW_WITHIN)}},
        **({"note": notes} if notes else {}),
        input=list(_conclusions(draft)),
    )


def _conclusions(draft: Draft) -> Iterator[Resource]:
    published = draft.outcome.published()
    for name, label in (
        ("classification", "建议分类"),
        ("alert_level", "提示级别"),
        ("next_step", "建议下一步"),
        ("disposition", "通话结果"),
    ):
        if published[name] is not None:
            yield {"type": concept(CONCLUSIONS, name, text=label), "valueString": published[name]}


def referral(draft: Draft) -> Resource | None:
    """A proposed referral, for the doctor to decide on; None where none is proposed."""
    step = draft.outcome.next_step
    if step not in (NextStep.REFER, NextStep.URGENT_REFERRAL):
        return None
    return _task(
        draft,
        "referral",
        concept(TASKS, "referral", "Referral", "转诊"),
        status="draft",
        intent="proposal",
        priority="stat" if step is NextStep.URGENT_REFERRAL else "urgent",
        description=f"建议{step.value}，由医生决定",
        focus=draft.entry("response" if draft.answered else "communication"),
    )


def follow_up(draft: Draft) -> Resource | None:
    """The next follow-up, planned; None where none is due."""
    due = draft.outcome.next_follow_up
    if due is None:
        return None
    return _task(
        draft,
        "follow-up",
        concept(TASKS, "follow-up", "Follow-up", "下次随访"),
        status="draft",
        intent="plan",
        priority="routine",
        description=due.reason,
        restriction={"period": {"end": due.date.isoformat()}},
    )


def requested(draft: Draft) -> Iterator[tuple[str, Resource]]:
    """Part and Task of everything that the conversation promised or asked for."""
    seen: Counter[str] = Counter()
    for task in _promised(draft):
        seen[task.kind] += 1
        part = f"task/{task.kind}" if seen[task.kind] == 1 else f"task/{task.kind}/{seen[task.kind]}"
        known = _KINDS.get(task.kind, (task.kind, task.kind, task.kind))
        words = (task.reason or known[2], _when(task.due))
        resource = _task(
            draft,
            part,
            concept(TASKS, *known),
            status="requested",
            intent="order",
            priority="urgent" if task.kind in _URGENT_KINDS else "routine",
            description="；".join(word for word in words if word),
            focus=draft.entry("communication"),
            **_until(draft, task.due),
        )
        yield part, resource


def _promised(draft: Draft) -> Iterator[TaskRequested]:
    """What was requested, less what the alert's own Task says; a broken-off call makes a call-back due."""
    tasks = draft.visit.tasks
    yield from (task for task in tasks if not (task.kind == "emergency" and alerting(draft)))
    planned = any(task.kind == "callback" for task in tasks)
    if draft.visit.disposition is Disposition.PARTIAL and not planned:
        yield TaskRequested(kind="callback", reason="通话中断，需再次联系居民完成随访")


def _task(draft: Draft, part: str, code: Resource, **elements: Any) -> Resource:
    at = moment(draft.visit.last_moment)
    resource = {
        "resourceType": "Task",
        "identifier": [draft.identifier(part)],
        "code": code,
        "for": draft.patient,
        **({"encounter": draft.entry("encounter")} if draft.reached else {}),
        "authoredOn": at,
        "lastModified": at,
        "requester": draft.device,
        "owner": draft.owner,
        **elements,
    }
    return machine_made(resource)


def _cited(text: str, citation: str | None) -> str:
    return f"{text}（依据：{citation}）" if citation else text


def _until(draft: Draft, due: JsonValue) -> Resource:
    """The promised moment as the end of the Task's period, where one moment was promised."""
    end = _moment_of(due)
    if end is None or end < draft.visit.last_moment:
        return {}
    return {"restriction": {"period": {"start": moment(draft.visit.last_moment), "end": moment(end)}}}


def _moment_of(due: JsonValue) -> datetime | None:
    if not isinstance(due, str):
        return None
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _when(due: JsonValue) -> str:
    """When it was promised, in the words that are there."""
    at = _moment_of(due)
    if at is not None and isinstance(due, str):
        told = at.astimezone(CHINA)
        return f"约定时间：{told:%Y-%m-%d %H:%M}" if "T" in due else f"约定日期：{told:%Y-%m-%d}"
    if isinstance(due, dict):
        words = [str(part) for part in due.values() if part is not None]
    else:
        words = [str(due)] if due else []
    return f"约定时间：{' '.join(words)}" if words else ""
