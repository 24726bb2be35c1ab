"""The calls and recordings in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import insert, select, update

from assistant.dialogue.frozen import Frozen
from assistant.storage import DEFAULT_ORGANIZATION, Database
from assistant.storage.call_tables import calls, recordings
from voice.recording import Recorded

State = Literal["queued", "dialling", "ringing", "talking", "ended"]


class CallRecord(Frozen):
    """One call as stored. `timings` are its turns, as `voice.timings` gives them."""

    id: str
    organization_id: str
    resident_id: str | None
    conversation_id: str | None
    flow: str
    line: str
    direction: str
    state: State
    disposition: str | None
    persona: str | None
    placed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    timings: list[JsonValue]
    error: str | None


class RecordingRecord(Frozen):
    """A finished recording: its file, relative to the recordings folder, and its length."""

    path: str
    seconds: float


class CallLog:
    """Reads and writes the rows of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, organization_id: str, resident_id: str, flow: str, line: str, persona: str | None
    ) -> str:
        """Writes the intent to call before anything is dialled; gives the new call's id."""
        call_id = str(uuid4())
        row = {
            "id": call_id,
            "organization_id": organization_id,
            "resident_id": resident_id,
            "flow": flow,
            "line": line,
            "persona": persona,
            "direction": "outbound",
            "state": "queued",
            "placed_at": datetime.now(UTC),
        }
        async with self._database.transaction() as connection:
            await connection.execute(insert(calls).values(row))
        return call_id

    async def set(self, call_id: str, **changes: Any) -> None:
        """Changes columns of a call."""
        async with self._database.transaction() as connection:
            await connection.execute(update(calls).where(calls.c.id == call_id).values(changes))

    async def read(self, call_id: str) -> CallRecord | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(calls).where(calls.c.id == call_id))).mappings().first()
        return _record(row) if row else None

    async def newest(self, organization_id: str, limit: int) -> list[CallRecord]:
        """The last calls placed, newest first."""
        query = (
            select(calls)
            .where(calls.c.organization_id == organization_id)
            .order_by(calls.c.placed_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows: Sequence[Any] = (await connection.execute(query)).mappings().all()
        return [_record(row) for row in rows]

    async def unfinished(self) -> list[CallRecord]:
        """Calls that are not over, oldest first."""
        query = select(calls).where(calls.c.state != "ended").order_by(calls.c.placed_at)
        async with self._database.read() as connection:
            rows: Sequence[Any] = (await connection.execute(query)).mappings().all()
        return [_record(row) for row in rows]

    async def add_recording(self, call_id: str, recorded: Recorded, folder: Path) -> None:
        """Enters a finished recording; its path is kept relative to the recordings `folder`."""
        call = await self.read(call_id)
        row = {
            "id": str(uuid4()),
            "organization_id": call.organization_id if call else DEFAULT_ORGANIZATION,
            "call_id": call_id,
            "conversation_id": call.conversation_id if call else None,
            "path": str(recorded.path.relative_to(folder)),
            "sha256": recorded.sha256,
            "seconds": recorded.seconds,
            "created_at": datetime.now(UTC),
        }
        async with self._database.transaction() as connection:
            await connection.execute(insert(recordings).values(row))

    async def recording(self, call_id: str) -> RecordingRecord | None:
        query = select(recordings.c.path, recordings.c.seconds).where(recordings.c.call_id == call_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return RecordingRecord(path=row.path, seconds=row.seconds) if row else None


def _record(row: Any) -> CallRecord:
    fields = {name: row[name] for name in CallRecord.model_fields if name != "timings"}
    return CallRecord(timings=(row["timings"] or {}).get("turns", []), **fields)
