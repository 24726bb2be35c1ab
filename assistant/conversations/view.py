"""A conversation as people and programs see it from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assistant.conversations.contents import Edition
from assistant.conversations.store import Stored
from assistant.conversations.trail import Line, Recorded, transcript
from assistant.dialogue.conversation import Channel
from assistant.dialogue.events import Disposition
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotStatus, SlotValue
from assistant.dialogue.waits import Wait


class ChartEntry(Frozen):
    """A resource that the conversation left in the chart."""

    type: str
    id: str


class ConversationView(Frozen):
    """Everything about a conversation. Times are by its own clock; `chart` is empty until delivered."""

    id: str
    organization_id: str
    flow: str
    channel: Channel
    resident_id: str | None
    wait: Wait | None
    ended: bool
    disposition: Disposition | None
    transcript: tuple[Line, ...]
    slots: dict[str, SlotValue]
    outcome: dict[str, Any] | None
    chart: tuple[ChartEntry, ...]
    started_at: datetime
    ended_at: datetime | None
    content_version: str


def view(
    stored: Stored, happened: tuple[Recorded, ...], edition: Edition, chart: Sequence[ChartEntry]
) -> ConversationView:
    """Put together what the tables hold."""
    state = stored.state
    return ConversationView(
        id=state.id,
        organization_id=stored.organization_id,
        flow=state.flow,
        channel=state.channel,
        resident_id=state.resident_id,
        wait=None if state.ended else state.wait,
        ended=state.ended,
        disposition=state.disposition,
        transcript=tuple(transcript(happened)),
        slots=_open_slots(edition, state.flow) | state.slots,
        outcome=stored.outcome,
        chart=tuple(chart),
        started_at=stored.started_at,
        ended_at=stored.ended_at,
        content_version=state.content_version,
    )


def _open_slots(edition: Edition, flow: str) -> dict[str, SlotValue]:
    """The form's slots as they stand before any question."""
    form = edition.forms.get(edition.content.flows[flow].form or "")
    if form is None:
        return {}
    return {
        item.slot: SlotValue(status=SlotStatus.NOT_ASKED if item.by_phone else SlotStatus.NOT_BY_PHONE)
        for item in form.items
        if item.from_resident or not item.by_phone
    }
