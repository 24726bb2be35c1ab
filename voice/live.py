"""One call from the order to its record: dialled, answered or not, talked through, written down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from assistant.conversations.clock import ZONE
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import ConversationEnded, HungUpIn, Incoming, Reply
from assistant.conversations.recording_consent import may_keep_recording
from assistant.dialogue.events import Disposition
from assistant.dialogue.waits import Wait
from assistant.understanding.ports import Understander
from voice.call import Call
from voice.call_log import CallLog
from voice.lines.dialling import Dialler, Order, Placed, Progress, Unanswered
from voice.lines.media_streams import MediaStreamsLine
from voice.ports import Recogniser, Synthesiser
from voice.recording import Recorded, Recording
from voice.turn_taking.judge import TurnJudge

RING_SECONDS: Final = 60.0
"""Seconds until an unanswered call is given up."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call of this process shares."""

    log: CallLog
    conversations: Conversations
    understander: Understander
    recogniser: Recogniser
    synthesiser: Synthesiser
    recordings: Path

    def recording_of(self, call_id: str) -> Path:
        return self.recordings / f"{call_id}.wav"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the call is for, and whom it reaches."""

    flow: str
    resident_id: str
    organization_id: str
    today: str | None
    age: int | None


class LiveCall:
    """A call that is not over."""

    def __init__(self, parts: Parts, order: Order, purpose: Purpose) -> None:
        self.order = order
        self.media: asyncio.Future[MediaStreamsLine] = asyncio.get_running_loop().create_future()
        """The line, as soon as the carrier has connected its media."""
        self.over = asyncio.Event()
        self.wait: Wait | None = None
        self._parts = parts
        self._purpose = purpose
        self._placed: Placed | None = None
        self._call: Call | None = None
        self._dialog = ConversationDialog(parts, order.call_id, purpose, self._replied)
        self._task: asyncio.Task[None] | None = None

    def start(self, dialler: Dialler, on_over: Callable[[], object]) -> None:
        """Dials in the background; `over` is set, and `on_over` called, when the call has its record."""
        self._task = asyncio.create_task(self._carry_out(dialler), name=f"call {self.order.call_id}")
        self._task.add_done_callback(lambda _: on_over())

    def give_up(self) -> None:
        """Hangs up, at whatever point the call is."""
        if self._call is not None:
            self._call.abort("failed")
        elif self._task is not None:
            self._task.cancel()

    async def _carry_out(self, dialler: Dialler) -> None:
        disposition: str = Disposition.FAILED
        error: str | None = None
        try:
            self._placed = await dialler.dial(self.order, self._progress)
            answer = await self._answer(self._placed)
            disposition = answer if isinstance(answer, str) else await self._talk(answer)
        except asyncio.CancelledError:
            error = "cancelled"
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            _log.exception("call_failed", call_id=self.order.call_id)
            disposition = await end_conversation(self._parts.conversations, self._dialog.conversation_id)
        finally:
            await self._finish(disposition, error)

    async def _progress(self, state: Progress) -> None:
        await self._parts.log.set(self.order.call_id, state=state)

    async def _answer(self, placed: Placed) -> MediaStreamsLine | Unanswered:
        """Waits for the media, or for the news that there will be none."""
        news = asyncio.create_task(placed.unanswered())
        first: list[asyncio.Future[Any]] = [self.media, news]
        try:
            await asyncio.wait(first, timeout=RING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if self.media.done():
                return self.media.result()
            return news.result() if news.done() else "no_answer"
        finally:
            news.cancel()
            self.media.cancel()

    async def _talk(self, line: MediaStreamsLine) -> str:
        parts, call_id = self._parts, self.order.call_id
        await parts.log.set(call_id, state="talking", answered_at=datetime.now(UTC))
        recording = Recording(parts.recording_of(call_id))
        self._call = Call(
            line=line,
            dialog=self._dialog,
            recogniser=parts.recogniser,
            synthesiser=parts.synthesiser,
            turn_judge=TurnJudge(parts.understander, lambda: datetime.now(ZONE), self._purpose.age),
            recording=recording,
        )
        try:
            reply = await self._call.run()
        finally:
            await self._write_down(self._call, recording)
        return reply.disposition or Disposition.FAILED

    async def _write_down(self, call: Call, recording: Recording) -> None:
        """What is kept of the talk besides the conversation; a failure of one part does not lose another."""
        parts, call_id = self._parts, self.order.call_id
        try:
            await parts.log.set(call_id, timings={"turns": call.timings.as_json()})
        finally:
            recorded = await recording.close()
            await keep_or_discard(parts, call_id, self._dialog.conversation_id, recorded)

    def _replied(self, reply: Reply) -> None:
        self.wait = reply.wait
        if self._placed is not None:
            self._placed.tell(reply)

    async def _finish(self, disposition: str, error: str | None) -> None:
        try:
            if self._placed is not None:
                await self._placed.close()
            await end_call(self._parts.log, self.order.call_id, disposition, error)
        finally:
            self.over.set()


class ConversationDialog:
    """The conversation of one call, as `voice.call` holds it."""

    def __init__(
        self, parts: Parts, call_id: str, purpose: Purpose, replied: Callable[[Reply], None]
    ) -> None:
        self.conversation_id: str | None = None
        self._parts = parts
        self._call_id = call_id
        self._purpose = purpose
        self._replied = replied
        self._inputs = 0

    async def start(self) -> Reply:
        """Begins the conversation; the call's record names it before the first word is spoken."""
        reply = await self._parts.conversations.start(
            flow=self._purpose.flow,
            channel="voice",
            resident_id=self._purpose.resident_id,
            today=self._purpose.today,
            organization_id=self._purpose.organization_id,
        )
        self.conversation_id = reply.conversation_id
        await self._parts.log.set(self._call_id, conversation_id=reply.conversation_id)
        self._replied(reply)
        return reply

    async def receive(self, incoming: Incoming) -> Reply:
        if self.conversation_id is None:
            raise RuntimeError("the conversation has not begun")
        self._inputs += 1
        input_id = f"{self._call_id}:{self._inputs}"
        reply = await self._parts.conversations.receive(self.conversation_id, incoming, input_id)
        self._replied(reply)
        return reply


async def keep_or_discard(
    parts: Parts, call_id: str, conversation_id: str | None, recorded: Recorded
) -> None:
    """Enters the recording of a call, or deletes it where the resident has not agreed to one."""
    view = await parts.conversations.read(conversation_id) if conversation_id is not None else None
    if view is not None and may_keep_recording(view.slots.get("consent"), view.disposition):
        await parts.log.add_recording(call_id, recorded, parts.recordings)
    else:
        recorded.path.unlink(missing_ok=True)
        _log.info("recording_discarded", call_id=call_id)


async def end_conversation(conversations: Conversations, conversation_id: str | None) -> str:
    """Tells a conversation that its line is gone; gives how it ended, now or before."""
    if conversation_id is None:
        return Disposition.FAILED
    try:
        reply = await conversations.receive(conversation_id, HungUpIn(reason="failed"))
        return reply.disposition or Disposition.FAILED
    except ConversationEnded:
        view = await conversations.read(conversation_id)
        return view.disposition or Disposition.FAILED


async def end_call(log: CallLog, call_id: str, disposition: str, error: str | None) -> None:
    """Writes down that a call is over."""
    await log.set(call_id, state="ended", disposition=disposition, ended_at=datetime.now(UTC), error=error)
    _log.info("call_ended", call_id=call_id, disposition=disposition)
