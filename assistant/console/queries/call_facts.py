"""What the database knows of one conversation: its trail, its call and sound, its alerts, its delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from assistant.console.desk import Desk
from assistant.console.queries.open_alerts import ALERT_COLUMNS, alert_of
from assistant.console.queries.transcript import Happened, SpokenTurn
from assistant.console.wording import staff_name
from assistant.conversations import store
from assistant.conversations.alerts import Alert
from assistant.conversations.clock import Clock
from assistant.conversations.finish import chart_effect
from assistant.conversations.store import Stored
from assistant.conversations.trail import Trail
from assistant.dialogue.events import Heard, Said
from assistant.storage import alerts, calls, effects, recordings, staff


@dataclass(frozen=True)
class Call:
    """The telephone call of a conversation. `timings` are those of its turns, in seconds."""

    id: str
    line: str
    placed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    timings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Sound:
    """A recording: its path in the recordings folder and its length in seconds."""

    path: str
    seconds: float


@dataclass(frozen=True)
class CallFacts:
    """Everything about one conversation that is not in the chart. `delivery` is that of its chart entry:
    pending, delivered, dead, or None where nothing is to be delivered."""

    stored: Stored
    trail: Trail
    call: Call | None
    sound: Sound | None
    alerts: tuple[Alert, ...]
    delivery: str | None
    acknowledged_by: Mapping[str, str]
    """Names of those who acknowledged the alerts, by id."""

    @property
    def length_seconds(self) -> float | None:
        """How long the call took."""
        if self.sound is not None:
            return self.sound.seconds
        if self.call is None or self.call.answered_at is None or self.call.ended_at is None:
            return None
        return (self.call.ended_at - self.call.answered_at).total_seconds()

    def happened(self) -> tuple[Happened, ...]:
        """What either side said, with seconds since the call was answered where there was a call."""
        answered = self.call.answered_at if self.call else None
        return tuple(
            Happened(
                turn=recorded.turn,
                type=recorded.event.type,
                data=recorded.event.model_dump(mode="json"),
                seconds=_seconds(self.stored.clock, recorded.at, answered),
            )
            for recorded in self.trail.happened
            if isinstance(recorded.event, Said | Heard)
        )

    def spoken(self) -> tuple[SpokenTurn, ...]:
        """The turns that the call measured."""
        found = [SpokenTurn.of(timing) for timing in (self.call.timings if self.call else ())]
        return tuple(turn for turn in found if turn is not None)


async def read(desk: Desk, conversation_id: str, organization_id: str) -> CallFacts | None:
    """The facts of a conversation, None when this organisation has none of that id."""
    async with desk.database.read() as connection:
        stored = await store.load(connection, conversation_id, organization_id)
        if stored is None:
            return None
        happened = await store.events_of(connection, conversation_id)
        call = (await connection.execute(_call_of(conversation_id))).first()
        raised = [*(await connection.execute(_alerts_of(conversation_id)))]
        effect = (await connection.execute(_delivery_of(conversation_id))).one_or_none()
    edition = await desk.contents.edition(stored.state.content_version)
    return CallFacts(
        stored=stored,
        trail=Trail(stored.state, organization_id, stored.started_at, edition, happened),
        call=_call(call) if call else None,
        sound=Sound(call.path, call.seconds) if call and call.path else None,
        alerts=tuple(alert_of(row) for row in raised),
        delivery=effect.status if effect else None,
        acknowledged_by={
            row.acknowledged_by: row.name or staff_name(row.acknowledged_by)
            for row in raised
            if row.acknowledged_by
        },
    )


async def sound_of(desk: Desk, conversation_id: str, organization_id: str) -> tuple[Sound, str | None] | None:
    """The recording of a conversation and whose voice it is; None when there is none."""
    query = (
        select(recordings.c.path, recordings.c.seconds, calls.c.resident_id)
        .join_from(recordings, calls, recordings.c.call_id == calls.c.id)
        .where(calls.c.conversation_id == conversation_id, recordings.c.organization_id == organization_id)
        .order_by(recordings.c.created_at.desc())
    )
    async with desk.database.read() as connection:
        row = (await connection.execute(query)).first()
    return (Sound(row.path, row.seconds), row.resident_id) if row else None


def _call_of(conversation_id: str) -> Any:
    return (
        select(calls, recordings.c.path, recordings.c.seconds)
        .join_from(calls, recordings, recordings.c.call_id == calls.c.id, isouter=True)
        .where(calls.c.conversation_id == conversation_id)
        .order_by(calls.c.placed_at.desc(), recordings.c.created_at.desc())
        .limit(1)
    )


def _alerts_of(conversation_id: str) -> Any:
    return (
        select(*ALERT_COLUMNS, staff.c.name)
        .join_from(alerts, staff, alerts.c.acknowledged_by == staff.c.id, isouter=True)
        .where(alerts.c.conversation_id == conversation_id)
        .order_by(alerts.c.raised_at)
    )


def _delivery_of(conversation_id: str) -> Any:
    return select(effects.c.status).where(effects.c.id == chart_effect(conversation_id))


def _call(row: Any) -> Call:
    timings = row.timings or {}
    turns = timings.get("turns", ()) if isinstance(timings, dict) else timings
    return Call(row.id, row.line, row.placed_at, row.answered_at, row.ended_at, tuple(turns))


def _seconds(clock: Clock, at: datetime, answered: datetime | None) -> float | None:
    """Where a moment of the conversation's own clock lies in the call."""
    if answered is None:
        return None
    real = at if clock.today is None else clock.started + (at - clock.today)
    return (real - answered).total_seconds()
