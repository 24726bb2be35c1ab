"""Conversations in the database: the queries, nothing else. Every function joins the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversations.clock import ZONE, Clock
from assistant.conversations.incoming import Reply
from assistant.conversations.trail import Recorded
from assistant.conversations.turns import Step
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.events import Event
from assistant.dialogue.inputs import Input
from assistant.storage import conversations, events, inputs

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_INPUT: TypeAdapter[Input] = TypeAdapter(Input)


class Overtaken(Exception):
    """Another writer has changed the conversation since it was read."""


@dataclass(frozen=True)
class Stored:
    """A conversation as it is stored."""

    state: Conversation
    organization_id: str
    revision: int
    clock: Clock
    outcome: dict[str, Any] | None
    started_at: datetime
    ended_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class Answered:
    """An input id that was used before, and what it was answered."""

    body_hash: str
    reply: Reply


async def load(
    connection: AsyncConnection, conversation_id: str, organization_id: str | None = None
) -> Stored | None:
    """The conversation, None when there is none under this id (in this organisation, where one is given)."""
    if "\0" in conversation_id:
        return None
    table = conversations.c
    row = (await connection.execute(select(conversations).where(table.id == conversation_id))).one_or_none()
    if row is None or organization_id not in (None, row.organization_id):
        return None
    return Stored(
        state=Conversation.model_validate(row.state),
        organization_id=row.organization_id,
        revision=row.revision,
        clock=_clock(row.clock),
        outcome=row.outcome,
        started_at=row.started_at.astimezone(ZONE),
        ended_at=row.ended_at.astimezone(ZONE) if row.ended_at else None,
        updated_at=row.updated_at,
    )


async def opening(connection: AsyncConnection, conversation_id: str) -> Conversation | None:
    """The conversation as it was before its first input, None when there is none."""
    stored = await connection.scalar(
        select(conversations.c.opening).where(conversations.c.id == conversation_id)
    )
    return Conversation.model_validate(stored) if stored is not None else None


async def answered(connection: AsyncConnection, conversation_id: str, input_id: str) -> Answered | None:
    """What was answered under an input id, None when it is new."""
    row = (
        await connection.execute(
            select(inputs.c.body_hash, inputs.c.reply).where(
                inputs.c.conversation_id == conversation_id, inputs.c.input_id == input_id
            )
        )
    ).one_or_none()
    return Answered(row.body_hash, Reply.model_validate(row.reply)) if row else None


async def insert_conversation(
    connection: AsyncConnection, state: Conversation, organization_id: str, clock: Clock, at: datetime
) -> None:
    """A new conversation before its first turn, at revision 0."""
    await connection.execute(
        insert(conversations).values(
            id=state.id,
            organization_id=organization_id,
            flow=state.flow,
            channel=state.channel,
            resident_id=state.resident_id,
            content_version=state.content_version,
            opening=state.model_dump(mode="json"),
            state=state.model_dump(mode="json"),
            clock={"today": clock.today.isoformat() if clock.today else None, "started_real": at.isoformat()},
            started_at=clock.now(at),
            updated_at=at,
        )
    )


async def claim(connection: AsyncConnection, conversation_id: str, revision: int, at: datetime) -> None:
    """Take the next revision, first of all in the transaction of a turn: of two writers one stops here.

    Raises Overtaken when `revision` is not the one stored.
    """
    result = await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.revision == revision)
        .values(revision=revision + 1, updated_at=at)
    )
    if result.rowcount != 1:
        raise Overtaken(conversation_id)


async def update_conversation(
    connection: AsyncConnection,
    state: Conversation,
    outcome: dict[str, Any] | None,
    ended_at: datetime | None,
) -> None:
    """Store the state after a turn."""
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == state.id)
        .values(
            state=state.model_dump(mode="json"),
            disposition=state.disposition,
            outcome=outcome,
            ended_at=ended_at,
        )
    )


async def append(
    connection: AsyncConnection,
    conversation_id: str,
    organization_id: str,
    steps: Sequence[Step],
    reply: Reply,
    body_hash: str,
    input_id: str | None,
    at: datetime,
) -> None:
    """Add the inputs and events of a turn. The first input carries the id and the reply of the turn."""
    key = {"conversation_id": conversation_id, "organization_id": organization_id}
    seq = await _next(connection, inputs, conversation_id)
    rows = [
        {
            **key,
            "seq": seq + index,
            "input_id": input_id if index == 0 else None,
            "body_hash": body_hash,
            "input": step.input.model_dump(mode="json"),
            "reply": reply.model_dump(mode="json") if index == 0 else {},
            "now": step.now,
            "at": at,
        }
        for index, step in enumerate(steps)
    ]
    await connection.execute(insert(inputs), rows)
    happened = [(step, event) for step in steps for event in step.events]
    if happened:
        seq = await _next(connection, events, conversation_id)
        rows = [
            {
                **key,
                "seq": seq + index,
                "turn": step.turn,
                "type": event.type,
                "data": event.model_dump(mode="json"),
                "at": step.now,
            }
            for index, (step, event) in enumerate(happened)
        ]
        await connection.execute(insert(events), rows)


async def events_of(connection: AsyncConnection, conversation_id: str) -> tuple[Recorded, ...]:
    """Everything that has happened, in order."""
    rows = await connection.execute(
        select(events.c.turn, events.c.at, events.c.data)
        .where(events.c.conversation_id == conversation_id)
        .order_by(events.c.seq)
    )
    return tuple(
        Recorded(row.turn, row.at.astimezone(ZONE), _EVENT.validate_python(row.data)) for row in rows
    )


async def inputs_of(connection: AsyncConnection, conversation_id: str) -> tuple[tuple[Input, datetime], ...]:
    """Every input with the conversation's time at which it was taken, in order."""
    rows = await connection.execute(
        select(inputs.c.input, inputs.c.now)
        .where(inputs.c.conversation_id == conversation_id)
        .order_by(inputs.c.seq)
    )
    return tuple((_INPUT.validate_python(row.input), row.now.astimezone(ZONE)) for row in rows)


async def idle(connection: AsyncConnection, channels: Iterable[str], since: datetime) -> list[str]:
    """Ids of unfinished conversations on these channels that nothing has happened in since then."""
    table = conversations.c
    rows = await connection.scalars(
        select(table.id)
        .where(table.ended_at.is_(None), table.channel.in_(list(channels)), table.updated_at < since)
        .order_by(table.updated_at)
    )
    return list(rows)


async def _next(connection: AsyncConnection, table: Any, conversation_id: str) -> int:
    last = await connection.scalar(
        select(func.max(table.c.seq)).where(table.c.conversation_id == conversation_id)
    )
    return 0 if last is None else last + 1


def _clock(stored: dict[str, Any]) -> Clock:
    today = stored["today"]
    return Clock(
        today=datetime.fromisoformat(today) if today else None,
        started=datetime.fromisoformat(stored["started_real"]),
    )
