"""Telephone calls and their recordings."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, UniqueConstraint

from assistant.storage.columns import Json, JsonObject, Tenanted, Timestamp, metadata


class CallColumns(Tenanted):
    """One call. `line`: simulated, twilio, audiosocket; `direction`: outbound, inbound; `state`: queued,
    dialling, ringing, talking, ended. `carrier_id` is the carrier's own name of the call. `timings` holds
    the measured times of each turn in seconds. `error` says why it failed."""

    id: Named[str] = Column(primary_key=True)
    conversation_id: Named[str | None] = Column(ForeignKey("conversations.id"))
    resident_id: Named[str | None]
    flow: Named[str]
    line: Named[str]
    direction: Named[str]
    state: Named[str]
    disposition: Named[str | None]
    persona: Named[str | None]
    carrier_id: Named[str | None]
    placed_at: Named[datetime] = Column(Timestamp)
    answered_at: Named[datetime | None] = Column(Timestamp)
    ended_at: Named[datetime | None] = Column(Timestamp)
    timings: Named[JsonObject | None] = Column(Json)
    error: Named[str | None]


class RecordingColumns(Tenanted):
    """A sound file: `path` relative to the recordings folder, `sha256` of its bytes, length in seconds."""

    id: Named[str] = Column(primary_key=True)
    call_id: Named[str] = Column(ForeignKey("calls.id"))
    conversation_id: Named[str | None] = Column(ForeignKey("conversations.id"))
    path: Named[str]
    sha256: Named[str]
    seconds: Named[float]
    created_at: Named[datetime] = Column(Timestamp)


calls = Table("calls", metadata, CallColumns, UniqueConstraint("line", "carrier_id"))
recordings = Table("recordings", metadata, RecordingColumns)

Index(None, calls.c.organization_id, calls.c.placed_at)
Index(None, calls.c.conversation_id)
Index(None, calls.c.state)
Index(None, recordings.c.call_id)
Index(None, recordings.c.conversation_id)
