"""Calls: places them, connects their media, tells how they stand, and cleans up after a process that died."""

import asyncio
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import structlog

from assistant.conversations.clock import ZONE
from assistant.conversations.contents import Contents
from assistant.conversations.incoming import UnknownFlow, UnknownResident
from assistant.conversations.ports import RecordService
from assistant.dialogue.engine import startable
from assistant.dialogue.waits import Wait
from assistant.storage import DEFAULT_ORGANIZATION
from voice.call_log import CallRecord, RecordingRecord
from voice.lines.dialling import Dialler, Order
from voice.lines.line import LineError
from voice.lines.media_streams import MediaStreamsLine, TextSocket
from voice.live import LiveCall, Parts, Purpose, end_call, end_conversation, keep_or_discard
from voice.recording import recover

CLOSE_SECONDS: Final = 10.0
"""Seconds that calls get to write themselves down when the process stops."""

_log = structlog.get_logger(__name__)


class UnknownCall(Exception):
    """There is no such call in this organisation."""


@dataclass(frozen=True, slots=True)
class CallView:
    """A call with what only its process knows: what it waits for at this moment."""

    record: CallRecord
    wait: Wait | None
    recording: RecordingRecord | None


class Calls:
    """All calls of this process."""

    def __init__(
        self, parts: Parts, *, contents: Contents, records: RecordService, diallers: Mapping[str, Dialler]
    ) -> None:
        self._parts = parts
        self._contents = contents
        self._records = records
        self._diallers = diallers
        self._live: dict[str, LiveCall] = {}

    async def place(
        self,
        order: Order,
        *,
        line: str,
        flow: str,
        today: str | None = None,
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> CallRecord:
        """Writes a call down and begins to dial it.

        Raises `LineNotConfigured`, ValueError for what the line cannot do, `UnknownResident`, `UnknownFlow`.
        """
        dialler = self._diallers[line]
        dialler.check(order)
        known = startable((await self._contents.newest()).content)
        if flow not in known:
            raise UnknownFlow(flow, list(known))
        resident = await self._records.resident(order.resident_id)
        if resident is None:
            raise UnknownResident(order.resident_id)
        call_id = await self._parts.log.add(
            organization_id=organization_id,
            resident_id=order.resident_id,
            flow=flow,
            line=line,
            persona=order.persona,
        )
        birth_date = date.fromisoformat(resident.birth_date) if resident.birth_date else None
        order = replace(
            order,
            call_id=call_id,
            media_token=secrets.token_urlsafe(24),
            birth_year=birth_date.year if birth_date else None,
        )
        purpose = Purpose(flow, order.resident_id, organization_id, today, _age(birth_date))
        live = LiveCall(self._parts, order, purpose)
        self._live[call_id] = live
        live.start(dialler, lambda: self._live.pop(call_id, None))
        return await self._record(call_id)

    async def view(self, call_id: str, organization_id: str = DEFAULT_ORGANIZATION) -> CallView:
        """Raises `UnknownCall`."""
        record = await self._record(call_id)
        if record.organization_id != organization_id:
            raise UnknownCall(call_id)
        live = self._live.get(call_id)
        recording = await self._parts.log.recording(call_id) if record.state == "ended" else None
        return CallView(record, live.wait if live else None, recording)

    async def newest(self, organization_id: str = DEFAULT_ORGANIZATION, limit: int = 50) -> list[CallRecord]:
        """The last calls, newest first."""
        return await self._parts.log.newest(organization_id, limit)

    async def recording(self, call_id: str, organization_id: str = DEFAULT_ORGANIZATION) -> Path | None:
        """The sound file of a call that is over, None when there is none (yet). Raises `UnknownCall`."""
        view = await self.view(call_id, organization_id)
        return self._parts.recordings / view.recording.path if view.recording else None

    async def cancel(self, call_id: str, organization_id: str = DEFAULT_ORGANIZATION) -> CallRecord:
        """Hangs up, at whatever point the call is; a call that is over stays as is. Raises `UnknownCall`."""
        await self.view(call_id, organization_id)
        if live := self._live.get(call_id):
            live.give_up()
            await live.over.wait()
        return await self._record(call_id)

    async def ended(self, call_id: str) -> None:
        """Waits until a call of this process is over."""
        if live := self._live.get(call_id):
            await live.over.wait()

    async def media(self, socket: TextSocket) -> None:
        """Serves one media stream until its call is over. Raises `LineError` when no call waits for it."""
        line = await MediaStreamsLine.accept(socket)
        live = self._live.get(line.start.parameters.get("call_id", ""))
        token = line.start.parameters.get("token", "")
        if live is None or live.media.done() or not hmac.compare_digest(live.order.media_token, token):
            raise LineError("media stream: no call waits for this stream")
        live.media.set_result(line)
        await live.over.wait()

    async def recover(self) -> int:
        """Ends the calls that a process left behind when it died, and finishes their recordings.

        To be run once, before any call is placed. Gives their number.
        """
        parts = self._parts
        left = await parts.log.unfinished()
        for record in left:
            disposition = await end_conversation(parts.conversations, record.conversation_id)
            recorded = await asyncio.to_thread(recover, parts.recording_of(record.id))
            if recorded is not None:
                await keep_or_discard(parts, record.id, record.conversation_id, recorded)
            await end_call(parts.log, record.id, disposition, "the process that held the call ended")
        return len(left)

    async def close(self) -> None:
        """Hangs up all calls of this process and waits for their records."""
        live = list(self._live.values())
        for call in live:
            call.give_up()
        if live:
            _log.info("calls_hung_up", calls=len(live))
            await asyncio.wait(
                [asyncio.create_task(call.over.wait()) for call in live], timeout=CLOSE_SECONDS
            )

    async def _record(self, call_id: str) -> CallRecord:
        record = await self._parts.log.read(call_id)
        if record is None:
            raise UnknownCall(call_id)
        return record


def _age(birth_date: date | None) -> int | None:
    """Whole years, near enough for the patience that we have with somebody."""
    return None if birth_date is None else (datetime.now(ZONE).date() - birth_date).days * 4 // 1461
