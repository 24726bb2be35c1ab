"""Rasa's REST channel: `POST /webhooks/rest/webhook`, one message in, a list of messages out."""

import asyncio
import contextlib
from typing import Annotated, Any
from weakref import WeakValueDictionary

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from starlette.requests import Request

from assistant.channels.bodies import LONGEST_TEXT, Body
from assistant.channels.conversations_api import WaitOut
from assistant.channels.rasa import RasaRoute
from assistant.conversations.clock import real_now
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import ConversationEnded, HungUpIn, Reply, SilenceIn, TextIn
from assistant.dialogue.conversation import Channel
from assistant.dialogue.events import Said
from assistant.security.access import Principal
from assistant.security.guards import require
from assistant.storage import Database, chats
from assistant.understanding.context import Context
from assistant.understanding.ports import Understander

FLOW = "reception"
CHANNEL: Channel = "web"
RESTART = "/restart"
GREETINGS = frozenset({"greeting", "goodbye", "thanks", "backchannel"})
"""Intents with which a chat may begin and which the welcome answers."""


class RasaMessage(Body):
    """A message of Rasa's REST channel; keys that its clients send besides are ignored, as Rasa does.

    `metadata.input_id` makes sending the same message twice harmless.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"sender": "u-1", "message": "你好"}]})

    sender: str = Field(default="default", pattern=r"^[^\x00-\x1f]{1,200}$")
    message: str = Field(max_length=LONGEST_TEXT)
    metadata: dict[str, Any] | None = None


class Chats:
    """Which conversation a sender is in; a new sender begins one of flow `reception`."""

    def __init__(self, database: Database, conversations: Conversations, understander: Understander) -> None:
        self._database = database
        self._conversations = conversations
        self._understander = understander
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def say(self, organization_id: str, sender: str, text: str, input_id: str | None) -> list[Reply]:
        """The replies to a message, in order: a welcome first when the chat is new."""
        lock = self._locks.setdefault((organization_id, sender), asyncio.Lock())
        async with lock:
            current = await self._current(organization_id, sender)
            if text.strip() == RESTART:
                return [await self._restart(organization_id, sender, current)]
            if current is not None:
                with contextlib.suppress(ConversationEnded):
                    return [await self._conversations.receive(current, _incoming(text), input_id)]
            welcome = await self._begin(organization_id, sender)
            if await self._is_greeting(text):
                return [welcome]
            said = await self._conversations.receive(welcome.conversation_id, _incoming(text), input_id)
            return [welcome, said]

    async def _restart(self, organization_id: str, sender: str, current: str | None) -> Reply:
        if current is not None:
            with contextlib.suppress(ConversationEnded):
                await self._conversations.receive(current, HungUpIn())
        return await self._begin(organization_id, sender)

    async def _begin(self, organization_id: str, sender: str) -> Reply:
        reply = await self._conversations.start(flow=FLOW, channel=CHANNEL, organization_id=organization_id)
        dialect = sqlite if self._database.is_sqlite else postgresql
        now = {"conversation_id": reply.conversation_id, "updated_at": real_now()}
        key = {"organization_id": organization_id, "channel": "rest", "sender": sender}
        async with self._database.transaction() as connection:
            await connection.execute(
                dialect.insert(chats)
                .values(**key, **now)
                .on_conflict_do_update(index_elements=[*key], set_=now)
            )
        return reply

    async def _current(self, organization_id: str, sender: str) -> str | None:
        async with self._database.read() as connection:
            return await connection.scalar(
                select(chats.c.conversation_id).where(
                    chats.c.organization_id == organization_id,
                    chats.c.channel == "rest",
                    chats.c.sender == sender,
                )
            )

    async def _is_greeting(self, text: str) -> bool:
        now = real_now()
        context = Context(today=now.date(), now=now, channel=CHANNEL)
        meaning = await self._understander.understand(text, context)
        return not text.strip() or meaning.intent.name in GREETINGS


def router() -> APIRouter:
    """`/webhooks/rest`, for authorised clients; the token may be in the query."""
    routes = APIRouter(prefix="/webhooks/rest", route_class=RasaRoute, tags=["rasa"])
    routes.get("/", summary="Whether the channel is there", operation_id="restChannel")(_channel)
    routes.post(
        "/webhook", summary="Send a message, as Rasa's REST channel takes it", operation_id="restMessage"
    )(_webhook)
    return routes


_Caller = Annotated[Principal, Depends(require(token_in_query=True))]


async def _channel(caller: _Caller) -> dict[str, str]:
    return {"status": "ok"}


async def _webhook(sent: RasaMessage, request: Request, caller: _Caller) -> list[dict[str, Any]]:
    chats_: Chats = request.app.state.services.chats
    given = (sent.metadata or {}).get("input_id")
    input_id = given if isinstance(given, str) and given else None
    replies = await chats_.say(caller.organization_id, sent.sender, sent.message, input_id)
    return [message for reply in replies for message in _messages(sent.sender, reply)]


def _incoming(text: str) -> TextIn | SilenceIn:
    return TextIn(text=text) if text.strip() else SilenceIn()


def _messages(sender: str, reply: Reply) -> list[dict[str, Any]]:
    """Rasa's messages; the last carries in `custom` how the conversation stands."""
    messages = [_message(sender, said) for said in reply.messages]
    wait = WaitOut.of(reply.wait)
    state = {
        "conversation_id": reply.conversation_id,
        "wait": wait.model_dump(mode="json") if wait else None,
        "ended": reply.ended,
        "disposition": reply.disposition,
    }
    if messages:
        messages[-1]["custom"] = state
    return messages


def _message(sender: str, said: Said) -> dict[str, Any]:
    message: dict[str, Any] = {"recipient_id": sender, "text": said.text}
    if said.options:
        message["buttons"] = [{"title": option.label, "payload": option.label} for option in said.options]
    return message
