"""Ends conversations that nobody will continue, so that what was stated in them is filed as a draft.

A call whose process died is noticed when nothing has come in for longer than any silence in a live call
lasts; a chat when its reader has gone away for good. Both end as if the line had broken: `partial`, with a
call-back.
"""

import asyncio
import contextlib
from datetime import timedelta

import structlog

from assistant.conversations import store
from assistant.conversations.clock import RealClock
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import ConversationEnded, HungUpIn
from assistant.settings import Hosting
from assistant.storage import Database

log = structlog.get_logger(__name__)

_CALLS = ("voice",)
_CHATS = ("voice_text", "text", "web", "wechat")


class Reaper:
    """Looks for idle conversations at start-up and from then on every so often."""

    def __init__(
        self, database: Database, conversations: Conversations, hosting: Hosting, clock: RealClock
    ) -> None:
        self._database = database
        self._conversations = conversations
        self._hosting = hosting
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sweep in the background until `stop`."""
        self._task = asyncio.create_task(self._run(), name="reaper")

    async def stop(self) -> None:
        """Wait for the sweep under way to be abandoned."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def sweep(self) -> int:
        """End what has been idle for too long; gives how many there were."""
        now = self._clock()
        call_limit = now - timedelta(seconds=self._hosting.call_idle_seconds)
        chat_limit = now - timedelta(seconds=self._hosting.chat_idle_seconds)
        async with self._database.read() as connection:
            idle = await store.idle(connection, _CALLS, call_limit)
            idle += await store.idle(connection, _CHATS, chat_limit)
        for conversation_id in idle:
            with contextlib.suppress(ConversationEnded):
                await self._conversations.receive(conversation_id, HungUpIn(reason="failed"))
        return len(idle)

    async def _run(self) -> None:
        while True:
            try:
                ended = await self.sweep()
                if ended:
                    log.info("idle_conversations_ended", count=ended)
            except Exception:
                log.exception("sweep_failed")
            await asyncio.sleep(self._hosting.sweep_seconds)
