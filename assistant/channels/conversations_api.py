"""Typed conversations: `POST /api/conversations`, its messages, and how it stands."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from assistant.channels.bodies import LONGEST_TEXT, Body
from assistant.channels.problems import responses
from assistant.conversations.host import Conversations
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
)
from assistant.conversations.view import ChartEntry, ConversationView
from assistant.dialogue.events import Disposition, Said
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker
from assistant.dialogue.waits import Option, Wait
from assistant.security.access import Principal
from assistant.security.guards import require

_CONFIG = ConfigDict(extra="forbid", strict=True)


class NewConversation(Body):
    """A conversation to begin."""

    model_config = _CONFIG | ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "flow": "followup_hypertension",
                    "channel": "voice_text",
                    "resident_id": "resident-1",
                    "today": "2026-03-02",
                },
                {
                    "flow": "followup_hypertension",
                    "channel": "text",
                    "slots": {"patient_name": "王秀英", "age": 66, "sex": "F", "speaker": "child"},
                },
            ]
        }
    )

    flow: str = Field(min_length=1)
    channel: Literal["voice_text", "text", "web", "wechat"]
    resident_id: str | None = Field(default=None, min_length=1, description="FHIR Patient.id")
    today: str | None = Field(
        default=None,
        description="ISO date (09:00) or date-time, Asia/Shanghai; sets the conversation's clock.",
    )
    slots: dict[str, JsonValue] | None = Field(
        default=None,
        description="Who it is (patient_name, age, sex, pregnant, speaker, on_file), or values of slots.",
    )


class NewMessage(Body):
    """One input: exactly one of `text`, `keys`, `silence` and `hungup`."""

    model_config = _CONFIG | ConfigDict(
        json_schema_extra={"examples": [{"text": "高压一百四，低压九十", "input_id": "m-1"}, {"keys": "1"}]}
    )

    text: str | None = Field(default=None, max_length=LONGEST_TEXT)
    keys: str | None = Field(default=None, pattern=r"^[0-9*#]{1,32}$")
    silence: bool = False
    hungup: bool = False
    input_id: str | None = Field(default=None, pattern=r"^[^\x00-\x1f]{1,200}$")

    @model_validator(mode="after")
    def _one(self) -> "NewMessage":
        if (self.text is not None) + (self.keys is not None) + self.silence + self.hungup != 1:
            raise ValueError("exactly one of text, keys, silence and hungup is needed")
        return self

    def incoming(self) -> Incoming:
        """The input as the host takes it; blank text is silence."""
        if self.keys is not None:
            return KeysIn(keys=self.keys)
        if self.hungup:
            return HungUpIn()
        if self.silence or self.text is None or not self.text.strip():
            return SilenceIn()
        return TextIn(text=self.text)


class OptionOut(BaseModel):
    """One choice: its coded value, its wording, and the telephone key that picks it."""

    value: JsonValue
    label: str
    key: str | None = None

    @classmethod
    def of(cls, option: Option) -> "OptionOut":
        return cls(value=option.value, label=option.label, key=option.key)


class MessageOut(BaseModel):
    """One thing the assistant said. `response` is its key in the domain."""

    text: str
    response: str
    options: list[OptionOut] = []

    @classmethod
    def of(cls, said: Said) -> "MessageOut":
        options = [OptionOut.of(option) for option in said.options]
        return cls(text=said.text, response=said.response, options=options)


class WaitOut(BaseModel):
    """What is expected next."""

    slot: str | None
    expects: ValueKind
    reading_back: bool = Field(description="Whether a yes or no to a repeated value is awaited.")
    options: list[OptionOut] = []
    about: dict[str, JsonValue] | None = None

    @classmethod
    def of(cls, wait: Wait | None) -> "WaitOut | None":
        if wait is None:
            return None
        return cls(
            slot=wait.slot,
            expects=wait.expects,
            reading_back=wait.reading_back,
            options=[OptionOut.of(option) for option in wait.options],
            about=wait.about,
        )


class ReplyOut(BaseModel):
    """The answer to one input: the new messages only. `disposition` is null until ended."""

    id: str
    messages: list[MessageOut]
    wait: WaitOut | None
    ended: bool
    disposition: Disposition | None

    @classmethod
    def of(cls, reply: Reply) -> "ReplyOut":
        return cls(
            id=reply.conversation_id,
            messages=[MessageOut.of(said) for said in reply.messages],
            wait=WaitOut.of(reply.wait),
            ended=reply.ended,
            disposition=reply.disposition,
        )


class LineOut(BaseModel):
    """One line of the transcript; `turn` counts the resident's turns."""

    turn: int
    role: Literal["assistant", "resident", "staff"]
    text: str
    at: datetime


class SlotOut(BaseModel):
    """How one slot stands and where it comes from."""

    value: JsonValue
    status: SlotStatus
    turn: int | None
    speaker: Speaker | None
    confidence: float | None

    @classmethod
    def of(cls, slot: SlotValue) -> "SlotOut":
        return cls(**slot.model_dump(include=set(cls.model_fields)))


class ConversationOut(BaseModel):
    """Everything about a conversation. `chart` names what it left in the chart, once that is delivered."""

    id: str
    flow: str
    channel: str
    resident_id: str | None
    wait: WaitOut | None
    ended: bool
    disposition: Disposition | None
    transcript: list[LineOut]
    slots: dict[str, SlotOut]
    outcome: dict[str, JsonValue] | None
    chart: list[ChartEntry]
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, view: ConversationView) -> "ConversationOut":
        return cls(
            id=view.id,
            flow=view.flow,
            channel=view.channel,
            resident_id=view.resident_id,
            wait=WaitOut.of(view.wait),
            ended=view.ended,
            disposition=view.disposition,
            transcript=[LineOut.model_validate(line, from_attributes=True) for line in view.transcript],
            slots={name: SlotOut.of(slot) for name, slot in view.slots.items()},
            outcome=view.outcome,
            chart=list(view.chart),
            started_at=view.started_at,
            ended_at=view.ended_at,
        )


def _host(request: Request) -> Conversations:
    conversations: Conversations = request.app.state.services.conversations
    return conversations


_Host = Annotated[Conversations, Depends(_host)]
_Caller = Annotated[Principal, Depends(require())]
_Id = Annotated[str, Path(description="id of a conversation")]


def router() -> APIRouter:
    """`/api/conversations`, for authorised clients."""
    routes = APIRouter(prefix="/api/conversations", tags=["conversations"])
    routes.post(
        "", status_code=201, summary="Begin a conversation", operation_id="startConversation",
        responses=responses(401, 422),
    )(_start)  # fmt: skip
    routes.post(
        "/{conversation_id}/messages", summary="Say something in a conversation",
        operation_id="sendMessage", responses=responses(401, 404, 409, 422),
    )(_send)  # fmt: skip
    routes.get(
        "/{conversation_id}", summary="How a conversation stands", operation_id="readConversation",
        responses=responses(401, 404),
    )(_read)  # fmt: skip
    return routes


async def _start(new: NewConversation, host: _Host, caller: _Caller) -> ReplyOut:
    try:
        reply = await host.start(
            flow=new.flow,
            channel=new.channel,
            resident_id=new.resident_id,
            today=new.today,
            slots=new.slots,
            organization_id=caller.organization_id,
        )
    except (UnknownFlow, UnknownResident, InvalidStart) as error:
        raise HTTPException(422, str(error)) from None
    return ReplyOut.of(reply)


async def _send(conversation_id: _Id, message: NewMessage, host: _Host, caller: _Caller) -> ReplyOut:
    try:
        reply = await host.receive(
            conversation_id, message.incoming(), message.input_id, caller.organization_id
        )
    except UnknownConversation as error:
        raise HTTPException(404, str(error)) from None
    except (InputConflict, ConversationEnded) as error:
        raise HTTPException(409, str(error)) from None
    return ReplyOut.of(reply)


async def _read(conversation_id: _Id, host: _Host, caller: _Caller) -> ConversationOut:
    try:
        return ConversationOut.of(await host.read(conversation_id, caller.organization_id))
    except UnknownConversation as error:
        raise HTTPException(404, str(error)) from None
