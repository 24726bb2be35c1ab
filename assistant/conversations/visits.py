"""A finished conversation as the visit that the forms and the chart are written from."""

from collections.abc import Mapping

from pydantic import JsonValue

from assistant.care.form import Form
from assistant.care.visit import Line, OnFile, Resident, Visit
from assistant.conversations.trail import Trail, transcript
from assistant.dialogue.events import AlertRaised, FlowStarted, TaskRequested
from assistant.dialogue.slots import SlotStatus


def form_of(trail: Trail) -> Form | None:
    """The form of the conversation's flow, or of the first flow with one that it went on to."""
    content = trail.edition.content
    names = (trail.state.flow, *(event.flow for event in trail.of(FlowStarted)))
    for name in names:
        form = content.flows[name].form
        if form is not None:
            return trail.edition.forms.get(form)
    return None


def visit_of(trail: Trail, form: Form, recording_url: str | None) -> Visit:
    """Everything that the conversation left behind. Without a resident the resident's id is empty."""
    state = trail.state
    return Visit(
        conversation_id=state.id,
        organization_id=trail.organization_id,
        resident=_resident(state.resident_id or "", state.facts),
        practitioner_id=_text(state.facts.get("practitioner_id")),
        channel=state.channel,
        flow=state.flow,
        form=form.form,
        started=trail.started_at,
        ended=trail.last_moment if state.ended else None,
        transcript=tuple(
            Line(turn=line.turn, role=line.role, text=line.text, at=line.at)
            for line in transcript(trail.happened)
        ),
        slots=state.slots,
        speaker=state.speaker,
        verified=_was_verified(trail),
        alerts=trail.of(AlertRaised),
        tasks=trail.of(TaskRequested),
        disposition=state.disposition,
        on_file=OnFile.of(state.facts.get("on_file")),
        recording_url=recording_url,
    )


def _was_verified(trail: Trail) -> bool:
    """Whether the person was verified at some time: what was said then stays true when another takes over."""
    identity = trail.state.slots.get("identity")
    return trail.state.verified or (identity is not None and identity.status is SlotStatus.CONFIRMED)


def _resident(id_: str, facts: Mapping[str, JsonValue]) -> Resident:
    age, sex = facts.get("age"), facts.get("sex")
    return Resident(
        id=id_,
        name=_text(facts.get("patient_name")) or "",
        sex="F" if sex == "F" else "M" if sex == "M" else None,
        age=age if isinstance(age, int) else None,
        pregnant=facts.get("pregnant") is True,
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
