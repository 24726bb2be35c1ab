"""The host: takes what comes in, advances the conversation, and stores the turn and its effects at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversations import store
from assistant.conversations.actions import Actions
from assistant.conversations.alerts import Alerts
from assistant.conversations.clock import Clock, RealClock, real_now
from assistant.conversations.contents import Contents, Edition
from assistant.conversations.facts import Centre, InvalidSlots, Opening, opening
from assistant.conversations.finish import Finishing
from assistant.conversations.incoming import (
    ConversationEnded,
    HungUpIn,
    Incoming,
    InputConflict,
    InvalidStart,
    KeysIn,
    Reply,
    SilenceIn,
    TextIn,
    UnknownConversation,
    UnknownFlow,
    UnknownResident,
    VoicemailIn,
    body_hash,
)
from assistant.conversations.ports import RecordService, ResidentRecord
from assistant.conversations.store import Overtaken
from assistant.conversations.trail import Trail
from assistant.conversations.turns import Taken, after, take
from assistant.conversations.view import ConversationView, view
from assistant.dialogue.conversation import Channel, Conversation
from assistant.dialogue.engine import begin, startable
from assistant.dialogue.inputs import HungUp, Input, Keys, Silence, Started, Utterance, VoicemailDetected
from assistant.storage import DEFAULT_ORGANIZATION, Database
from assistant.understanding.context import Context
from assistant.understanding.ports import Understander

log = structlog.get_logger(__name__)

_RACES = 5
"""How often a turn is taken again because another process has taken one in between."""

Listener = Callable[[Conversation], None]
"""Is told how a conversation stands after each of its turns was stored."""


class Conversations:
    """All conversations of an installation, on every channel.

    One turn at a time for each conversation: a lock in this process, the stored revision among processes.
    Understanding and actions run with no transaction open; inputs, events, state, alerts and effects are
    then stored in one.
    """

    def __init__(
        self,
        *,
        database: Database,
        contents: Contents,
        understander: Understander,
        records: RecordService,
        actions: Actions,
        alerts: Alerts,
        finishing: Finishing,
        centre: Centre,
        clock: RealClock = real_now,
    ) -> None:
        self._database = database
        self._contents = contents
        self._understander = understander
        self._records = records
        self._actions = actions
        self._alerts = alerts
        self._finishing = finishing
        self._centre = centre
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.listeners: list[Listener] = []

    async def start(
        self,
        *,
        flow: str,
        channel: Channel,
        resident_id: str | None = None,
        today: str | None = None,
        slots: dict[str, Any] | None = None,
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> Reply:
        """Begin a conversation and say its first words.

        `today` sets its clock, `slots` say who the resident is or what is known (see
        `assistant.conversations.facts`). Raises UnknownFlow, UnknownResident and InvalidStart.
        """
        edition = await self._contents.newest()
        if flow not in startable(edition.content):
            raise UnknownFlow(flow, list(startable(edition.content)))
        started = self._clock()
        clock = _set_clock(today, started)
        record = await self._resident(resident_id)
        known = self._opening(record, slots or {}, edition, clock.now(started))
        state = begin(
            id=str(uuid4()),
            flow=flow,
            channel=channel,
            content=edition.content,
            facts=known.facts,
            resident_id=resident_id,
            slots=known.slots,
        )
        trail = Trail(state, organization_id, clock.now(started), edition, ())
        taken = await take(trail, Started(), self._actions, lambda: clock.now(self._clock()))
        reply = _reply(taken)
        async with self._database.transaction() as connection:
            await self._contents.store(connection, edition, started)
            await store.insert_conversation(connection, state, organization_id, clock, started)
            await self._store_turn(
                connection, after(trail, taken), 0, taken, reply, body_hash(Started()), None
            )
        self._after(taken, channel)
        return reply

    async def receive(
        self,
        conversation_id: str,
        incoming: Incoming,
        input_id: str | None = None,
        organization_id: str | None = None,
    ) -> Reply:
        """Take one input. The same `input_id` again gives the stored reply and changes nothing.

        With an `organization_id`, another organisation's conversation is unknown. Raises
        UnknownConversation, ConversationEnded, and InputConflict when the id was used before for another
        input.
        """
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            for _ in range(_RACES):
                try:
                    return await self._receive(conversation_id, incoming, input_id, organization_id)
                except Overtaken:
                    log.info("turn_overtaken", conversation_id=conversation_id)
            raise Overtaken(conversation_id)

    async def read(self, conversation_id: str, organization_id: str | None = None) -> ConversationView:
        """Everything about a conversation, for people and programs. Raises UnknownConversation."""
        async with self._database.read() as connection:
            stored = await store.load(connection, conversation_id, organization_id)
            if stored is None:
                raise UnknownConversation(conversation_id)
            happened = await store.events_of(connection, conversation_id)
            chart = await self._finishing.chart(connection, conversation_id)
        edition = await self._contents.edition(stored.state.content_version)
        return view(stored, happened, edition, chart)

    async def _receive(
        self, conversation_id: str, incoming: Incoming, input_id: str | None, organization_id: str | None
    ) -> Reply:
        digest = body_hash(incoming)
        async with self._database.read() as connection:
            stored = await store.load(connection, conversation_id, organization_id)
            if stored is None:
                raise UnknownConversation(conversation_id)
            before = await store.answered(connection, conversation_id, input_id) if input_id else None
            earlier = await store.events_of(connection, conversation_id)
        if before is not None and input_id is not None:
            if before.body_hash != digest:
                raise InputConflict(input_id)
            return before.reply
        if stored.state.ended:
            raise ConversationEnded(conversation_id)
        edition = await self._contents.edition(stored.state.content_version)
        first = await self._understood(stored.state, incoming, stored.clock.now(self._clock()))
        trail = Trail(stored.state, stored.organization_id, stored.started_at, edition, earlier)
        taken = await take(trail, first, self._actions, lambda: stored.clock.now(self._clock()))
        reply = _reply(taken)
        async with self._database.transaction() as connection:
            await self._store_turn(
                connection, after(trail, taken), stored.revision, taken, reply, digest, input_id
            )
        self._after(taken, stored.state.channel)
        return reply

    async def _store_turn(
        self,
        connection: AsyncConnection,
        trail: Trail,
        revision: int,
        taken: Taken,
        reply: Reply,
        digest: str,
        input_id: str | None,
    ) -> None:
        at = self._clock()
        state = trail.state
        await store.claim(connection, state.id, revision, at)
        outcome = await self._finishing.finish(connection, trail) if state.ended else None
        ended_at = trail.last_moment if state.ended else None
        await store.update_conversation(connection, state, outcome, ended_at)
        await store.append(
            connection, state.id, trail.organization_id, taken.steps, reply, digest, input_id, at
        )
        await self._alerts.raise_from(connection, trail, outcome)

    def _after(self, taken: Taken, channel: str) -> None:
        state = taken.conversation
        log.info(
            "turn_taken",
            conversation_id=state.id,
            flow=state.flow,
            channel=channel,
            turn=state.turn,
            disposition=state.disposition.value if state.disposition else None,
        )
        for listener in self.listeners:
            listener(state)

    async def _understood(self, state: Conversation, incoming: Incoming, now: datetime) -> Input:
        match incoming:
            case TextIn():
                context = Context.of(state.wait, now, state.channel, state.speaker)
                meaning = await self._understander.understand(incoming.text, context)
                return Utterance(
                    text=incoming.text,
                    meaning=meaning,
                    confidence=incoming.confidence,
                    alternatives=incoming.alternatives,
                    heard_until=incoming.heard_until,
                )
            case KeysIn():
                return Keys(keys=incoming.keys, heard_until=incoming.heard_until)
            case SilenceIn():
                return Silence()
            case HungUpIn():
                return HungUp(reason=incoming.reason)
            case VoicemailIn():
                return VoicemailDetected()

    async def _resident(self, resident_id: str | None) -> ResidentRecord | None:
        if resident_id is None:
            return None
        record = await self._records.resident(resident_id)
        if record is None:
            raise UnknownResident(resident_id)
        return record

    def _opening(
        self, record: ResidentRecord | None, slots: dict[str, Any], edition: Edition, now: datetime
    ) -> Opening:
        try:
            return opening(self._centre, record, slots, frozenset(edition.content.slots), now)
        except InvalidSlots as error:
            raise InvalidStart("slots", f"slots: {error}") from None


def _set_clock(today: str | None, started: datetime) -> Clock:
    try:
        return Clock.set(today, started)
    except ValueError:
        raise InvalidStart("today", "today: must be an ISO date or date-time, such as 2026-03-02") from None


def _reply(taken: Taken) -> Reply:
    state = taken.conversation
    return Reply(
        conversation_id=state.id,
        messages=taken.said,
        wait=taken.wait,
        ended=state.ended,
        disposition=state.disposition,
    )


__all__ = [
    "ConversationEnded",
    "ConversationView",
    "Conversations",
    "HungUpIn",
    "Incoming",
    "InputConflict",
    "InvalidStart",
    "KeysIn",
    "Reply",
    "SilenceIn",
    "TextIn",
    "UnknownConversation",
    "UnknownFlow",
    "UnknownResident",
    "VoicemailIn",
]
