"""The end of a conversation: its outcome, its entry for the chart, and what it changes for later calls."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.care.chart import transaction
from assistant.care.outcome import outcome
from assistant.conversations.clock import RealClock
from assistant.conversations.outbox import Effect, Outbox
from assistant.conversations.recording_consent import may_keep_recording
from assistant.conversations.trail import Trail
from assistant.conversations.view import ChartEntry
from assistant.conversations.visits import form_of, visit_of
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.events import TaskRequested
from assistant.storage import Database, calls, effects, residents

RECORDING_URL = "/api/calls/{call_id}/recording"

_STOPS = {
    "do_not_call": ("do_not_call_since", "do_not_call_source"),
    "death_reported": ("deceased_reported_at", None),
}
"""Tasks that stop every later call: the column that says since when, and the one that says who told."""


class Finishing:
    """Joins the transaction of the turn that ends a conversation."""

    def __init__(self, database: Database, outbox: Outbox, clock: RealClock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def finish(self, connection: AsyncConnection, trail: Trail) -> dict[str, Any] | None:
        """The published outcome, with the chart entry enqueued. None when the flows have no form.

        A conversation with nobody on file has an outcome but no chart to write to.
        """
        await self._note_wishes(connection, trail)
        form = form_of(trail)
        if form is None:
            return None
        visit = visit_of(trail, form, await self._recording_url(connection, trail.state))
        came_to = outcome(visit, form)
        if trail.state.resident_id is not None:
            await self._outbox.add(
                connection,
                Effect(
                    id=chart_effect(trail.state.id),
                    organization_id=trail.organization_id,
                    conversation_id=trail.state.id,
                    kind="chart",
                    payload=transaction(visit, came_to, form),
                ),
            )
        return came_to.published()

    async def chart(self, connection: AsyncConnection, conversation_id: str) -> Sequence[ChartEntry]:
        """The resources that the conversation has left in the chart so far."""
        results = await connection.scalars(
            select(effects.c.result)
            .where(effects.c.conversation_id == conversation_id, effects.c.status == "delivered")
            .order_by(effects.c.created_at)
        )
        return [entry for result in results for entry in delivered(result)]

    async def _recording_url(self, connection: AsyncConnection, state: Conversation) -> str | None:
        if not may_keep_recording(state.slots.get("consent"), state.disposition):
            return None
        call_id = await connection.scalar(select(calls.c.id).where(calls.c.conversation_id == state.id))
        return RECORDING_URL.format(call_id=call_id) if call_id is not None else None

    async def _note_wishes(self, connection: AsyncConnection, trail: Trail) -> None:
        resident_id = trail.state.resident_id
        if resident_id is None:
            return
        now = self._clock()
        changes: dict[str, Any] = {}
        consent = trail.state.slots.get("consent")
        if consent is not None and isinstance(consent.value, bool) and trail.state.verified:
            changes["recording_consent"] = consent.value
        for task in trail.of(TaskRequested):
            since, source = _STOPS.get(task.kind, (None, None))
            if since is not None:
                changes[since] = now
            if source is not None:
                changes[source] = f"conversation/{trail.state.id}"
        if not changes:
            return
        dialect = sqlite if self._database.is_sqlite else postgresql
        changes["updated_at"] = now
        key = {"id": resident_id, "organization_id": trail.organization_id}
        await connection.execute(
            dialect.insert(residents)
            .values(**key, **changes)
            .on_conflict_do_update(index_elements=["id"], set_=changes)
        )


def chart_effect(conversation_id: str) -> str:
    """Id of the effect, and of the workflow, that takes a conversation into the chart."""
    return f"{conversation_id}-chart"


def delivered(response: dict[str, Any] | None) -> Sequence[ChartEntry]:
    """The resources in a transaction-response, by the location that each entry was answered with."""
    entries = []
    for entry in (response or {}).get("entry", []):
        parts = str(entry.get("response", {}).get("location", "")).split("/_history/")[0].rsplit("/", 2)
        if len(parts) >= 2:
            entries.append(ChartEntry(type=parts[-2], id=parts[-1]))
    return entries
