"""The page of one visit, put together from the call's facts and the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from assistant.care.form import Form
from assistant.care.outcome import outcome
from assistant.console.desk import Desk
from assistant.console.pages import HOME
from assistant.console.queries import call_facts, visit_chart
from assistant.console.queries.call_facts import CallFacts
from assistant.console.queries.fields import field_views
from assistant.console.queries.filled_form import FilledItem, filled
from assistant.console.queries.open_alerts import PRESSING, alert_view
from assistant.console.queries.tasks import KIND_OF_PROMISE, ChartTask, person
from assistant.console.queries.transcript import lines
from assistant.console.queries.visit_chart import VisitChart
from assistant.console.views import Conclusion, Person, Reason, Recording, Signature, Visit
from assistant.console.wording import CHANNELS, CLASSIFICATIONS, LEVELS, SEXES, clock, day, disposition
from assistant.conversations.alerts import Alert
from assistant.conversations.clock import ZONE
from assistant.conversations.visits import form_of, visit_of
from assistant.dialogue.events import Said

_NOT_DELIVERED = {
    "dead": "写入健康档案失败，请联系系统管理员。通话内容没有丢失。",
    None: "这次对话没有对应的健康档案。",
}
_ADVICE = "utter_advice"


@dataclass(frozen=True)
class VisitMaterial:
    """Everything that is known of a visit: what the page shows and what a signature needs."""

    facts: CallFacts
    form: Form | None
    chart: VisitChart | None
    items: Mapping[str, FilledItem]

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """The alerts that nobody has acknowledged."""
        return tuple(alert for alert in self.facts.alerts if alert.acknowledged_at is None)

    @property
    def pressing(self) -> tuple[Alert, ...]:
        """Those of them that want more than the review that a signature is."""
        return tuple(alert for alert in self.open_alerts if alert.level in PRESSING)


async def read(desk: Desk, conversation_id: str, organization_id: str) -> VisitMaterial | None:
    """The material of a visit, None when this organisation has no such conversation."""
    facts = await call_facts.read(desk, conversation_id, organization_id)
    if facts is None:
        return None
    form = form_of(facts.trail)
    chart = None
    if form is not None and facts.delivery == "delivered":
        chart = await visit_chart.read(desk.charts, organization_id, conversation_id, form)
    response = chart.response if chart else None
    items = filled(form, response) if form and response else {}
    return VisitMaterial(facts, form, chart, items)


def visit_page(material: VisitMaterial, now: datetime) -> Visit:
    """The page as it is shown."""
    facts, chart = material.facts, material.chart
    state = facts.trail.state
    now = now.astimezone(ZONE)
    at = facts.stored.started_at.astimezone(ZONE)
    transcript = lines(facts.happened(), facts.spoken(), _names_of_roles(facts))
    fields = (
        field_views(material.form, material.items, chart, transcript, _doubtful_below(facts))
        if chart and material.form
        else ()
    )
    return Visit(
        id=state.id,
        person=_person(material, at.date()),
        title=facts.trail.edition.content.flows[state.flow].title,
        why=_why(facts),
        channel=CHANNELS.get(state.channel, state.channel),
        at=at,
        length=_length(facts.length_seconds),
        disposition=disposition(state.disposition) if state.ended else "进行中",
        tone="emergency" if state.disposition == "emergency" else "plain",
        version=chart.version if chart else None,
        alerts=tuple(alert_view(alert, now, facts.acknowledged_by) for alert in facts.alerts),
        recording=_recording(facts),
        lines=transcript,
        fields=tuple(f for f in fields if not f.aside),
        aside=tuple(f for f in fields if f.aside),
        conclusion=_conclusion(material, at.date()) if chart else None,
        promised=_promised(chart) if chart else (),
        signature=_signature(chart) if chart and chart.signed else None,
        delivering=state.ended and facts.delivery == "pending",
        notice=_notice(facts),
        open_alerts=len(material.pressing),
    )


def _person(material: VisitMaterial, today: date) -> Person:
    """From the chart; from what the conversation knew while that has nothing."""
    if material.chart and material.chart.patient:
        return person(material.chart.patient, today)
    state = material.facts.trail.state
    age, sex = state.facts.get("age"), state.facts.get("sex")
    return Person(
        id=state.resident_id,
        name=str(state.facts.get("patient_name") or "姓名不详"),
        age=age if isinstance(age, int) else None,
        sex=SEXES.get(str(sex)),
    )


def _names_of_roles(facts: CallFacts) -> dict[str, str]:
    known = facts.trail.state.facts
    resident = known.get("honorific") or known.get("patient_name") or "居民"
    return {"assistant": "语音助手", "resident": str(resident), "staff": "工作人员"}


def _why(facts: CallFacts) -> str:
    known = facts.trail.state.facts
    last = known.get("on_file")
    visit = last.get("last_visit") if isinstance(last, dict) else None
    since, classification = (
        (visit.get("date"), visit.get("classification")) if isinstance(visit, dict) else (None, None)
    )
    doctor = known.get("doctor_name")
    parts = (
        f"受{doctor}医生委托" if doctor else "",
        f"上次随访 {since}" if since else "",
        f"上次分类 {classification}" if classification else "",
    )
    return "，".join(part for part in parts if part)


def _length(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest:02d}秒" if minutes else f"{rest}秒"


def _doubtful_below(facts: CallFacts) -> float:
    """The confidence below which the dialog itself reads a value back."""
    return float(str(facts.trail.edition.content.settings.get("read_back_confidence", 0.7)))


def _recording(facts: CallFacts) -> Recording | None:
    if facts.sound is None:
        return None
    return Recording(
        href=f"{HOME}/visits/{facts.trail.state.id}/recording",
        seconds=facts.sound.seconds,
        length=clock(facts.sound.seconds),
    )


def _conclusion(material: VisitMaterial, today: date) -> Conclusion | None:
    chart, items = material.chart, material.items
    review = ChartTask.of(chart.review) if chart and chart.review else None
    if review is None and not items:
        return None
    told = review.conclusions if review else {}
    classification = _text(items, "classification") or (None if items else told.get("classification"))
    level = told.get("alert_level", "none")
    tone = CLASSIFICATIONS.get(classification or "", "plain")
    due = _text(items, "next_follow_up")
    planned = _task_of(chart, "follow-up")
    return Conclusion(
        classification=classification,
        tone=LEVELS[level][1] if level in ("urgent", "emergency") else tone,
        reasons=_reasons(material, review),
        next_step=_text(items, "next_step") or (None if items else told.get("next_step")),
        next_visit=day(date.fromisoformat(due), today) if due else None,
        next_visit_reason=planned.description if planned else None,
        advice=_advice(material.facts),
    )


def _text(items: Mapping[str, FilledItem], slot: str) -> str | None:
    item = items.get(slot)
    return item.value if item and isinstance(item.value, str) else None


def _reasons(material: VisitMaterial, review: ChartTask | None) -> tuple[Reason, ...]:
    """As noted for the review; worked out again once a doctor has changed what they rest on."""
    if material.form and any(item.amended for item in material.items.values()):
        visit = visit_of(material.facts.trail, material.form, None).amended(amendments_of(material.items))
        came_to = outcome(visit, material.form)
        return tuple(Reason(reason.text, reason.source.citation) for reason in came_to.reasons)
    return tuple(_reason(note) for note in (review.notes if review else ()))


def amendments_of(items: Mapping[str, FilledItem]) -> dict[str, JsonValue]:
    """The values that doctors have put in so far, by slot; None where one was taken away."""
    return {slot: item.value for slot, item in items.items() if item.amended}


def _reason(note: str) -> Reason:
    text, _, cited = note.partition("（依据：")
    return Reason(text, cited.removesuffix("）") or None)


def _advice(facts: CallFacts) -> tuple[str, ...]:
    said = (event for event in facts.trail.of(Said) if event.response.startswith(_ADVICE))
    return tuple(dict.fromkeys(event.text for event in said))


def _task_of(chart: VisitChart | None, code: str) -> ChartTask | None:
    tasks = (ChartTask.of(r) for r in (chart.resources if chart else ()) if r["resourceType"] == "Task")
    return next((task for task in tasks if task.code == code), None)


def _promised(chart: VisitChart) -> tuple[str, ...]:
    tasks: Sequence[ChartTask] = [
        ChartTask.of(resource)
        for resource in chart.resources
        if resource["resourceType"] == "Task" and resource["status"] not in ("completed", "cancelled")
    ]
    return tuple(
        f"{KIND_OF_PROMISE[task.code]}：{task.description}" for task in tasks if task.code in KIND_OF_PROMISE
    )


def _signature(chart: VisitChart) -> Signature | None:
    change = chart.signature
    if change is None or change.at is None:
        return _closed(chart)
    later = any(other.version > change.version for other in chart.changes)
    return Signature(chart.practitioners.get(change.by or "", change.by or "医生"), change.at, later)


def _closed(chart: VisitChart) -> Signature | None:
    """A review without a form was closed, not signed."""
    review = ChartTask.of(chart.review) if chart.review else None
    return Signature("医生", review.modified) if review and review.modified else None


def _notice(facts: CallFacts) -> str | None:
    if not facts.trail.state.ended:
        return "对话还在进行。"
    return _NOT_DELIVERED.get(facts.delivery)
