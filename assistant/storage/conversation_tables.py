"""Conversations: their state, what came in, what happened, and what has to leave."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Named,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from assistant.storage.columns import Json, JsonObject, Tenanted, Timestamp, metadata


class ContentVersionColumns(Tenanted):
    """The texts of a content version by relative path, so that a conversation can keep and replay it."""

    version: Named[str] = Column(primary_key=True)
    files: Named[JsonObject] = Column(Json)
    created_at: Named[datetime] = Column(Timestamp)


class ConversationColumns(Tenanted):
    """State between two inputs.

    `opening` is the state before the first input, from which a replay begins.
    `revision` is the optimistic lock: an update names the revision it read. `clock` is
    `{"today": ISO date-time or null, "started_real": ISO date-time}`: a conversation with a fixed `today`
    lives at that time plus what has passed since it started.
    """

    id: Named[str] = Column(primary_key=True)
    flow: Named[str]
    channel: Named[str]
    resident_id: Named[str | None]
    content_version: Named[str] = Column(ForeignKey("content_versions.version"))
    opening: Named[JsonObject] = Column(Json)
    state: Named[JsonObject] = Column(Json)
    revision: Named[int] = Column(default=0, server_default="0")
    disposition: Named[str | None]
    outcome: Named[JsonObject | None] = Column(Json)
    clock: Named[JsonObject] = Column(Json)
    started_at: Named[datetime] = Column(Timestamp)
    ended_at: Named[datetime | None] = Column(Timestamp)
    updated_at: Named[datetime] = Column(Timestamp)


class InputColumns(Tenanted):
    """One input and the reply it led to. The same `input_id` again gives `reply`; `body_hash` tells
    whether it is the same input. `now` is the conversation's clock, `at` the real one."""

    conversation_id: Named[str] = Column(ForeignKey("conversations.id"), primary_key=True)
    seq: Named[int] = Column(primary_key=True, autoincrement=False)
    input_id: Named[str | None]
    body_hash: Named[str]
    input: Named[JsonObject] = Column(Json)
    reply: Named[JsonObject] = Column(Json)
    now: Named[datetime] = Column(Timestamp)
    at: Named[datetime] = Column(Timestamp)


class EventColumns(Tenanted):
    """What happened, in order. Append-only: the database refuses UPDATE and DELETE."""

    conversation_id: Named[str] = Column(ForeignKey("conversations.id"), primary_key=True)
    seq: Named[int] = Column(primary_key=True, autoincrement=False)
    turn: Named[int]
    type: Named[str]
    data: Named[JsonObject] = Column(Json)
    at: Named[datetime] = Column(Timestamp)


class EffectColumns(Tenanted):
    """Something that must reach the outside, written in the transaction of the turn that wants it.

    `status`: `pending`, `delivered`, or `dead` (refused for good: a person has to look).
    """

    id: Named[str] = Column(primary_key=True)
    conversation_id: Named[str | None] = Column(ForeignKey("conversations.id"))
    kind: Named[str]
    payload: Named[JsonObject] = Column(Json)
    status: Named[str] = Column(default="pending", server_default="pending")
    attempts: Named[int] = Column(default=0, server_default="0")
    last_error: Named[str | None]
    created_at: Named[datetime] = Column(Timestamp)
    delivered_at: Named[datetime | None] = Column(Timestamp)
    result: Named[JsonObject | None] = Column(Json)


class ChatColumns(TypedColumns):
    """The newest conversation with each correspondent of a chat channel, who has only a sender id there."""

    organization_id: Named[str] = Column(ForeignKey("organizations.id"), primary_key=True)
    channel: Named[str] = Column(primary_key=True)
    sender: Named[str] = Column(primary_key=True)
    conversation_id: Named[str] = Column(ForeignKey("conversations.id"))
    updated_at: Named[datetime] = Column(Timestamp)


chats = Table("chats", metadata, ChatColumns)
content_versions = Table("content_versions", metadata, ContentVersionColumns)
conversations = Table("conversations", metadata, ConversationColumns)
inputs = Table("inputs", metadata, InputColumns, UniqueConstraint("conversation_id", "input_id"))
events = Table("events", metadata, EventColumns)
effects = Table(
    "effects",
    metadata,
    EffectColumns,
    CheckConstraint("status IN ('pending', 'delivered', 'dead')", name="status"),
)

Index(None, conversations.c.organization_id, conversations.c.started_at)
Index(None, conversations.c.resident_id, conversations.c.started_at)
Index(None, effects.c.status, effects.c.created_at)
Index(None, effects.c.conversation_id)
