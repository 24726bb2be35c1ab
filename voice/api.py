"""The calls over HTTP (`/api/calls`) and the media endpoint of the carriers (`WS /twilio/media`)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Depends, HTTPException, Path, Query, WebSocket
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect, WebSocketState

from assistant.conversations.incoming import ConversationError
from assistant.dialogue.waits import Wait
from assistant.security.access import Principal
from assistant.security.guards import require
from voice.lines.dialling import LineNotConfigured, Order
from voice.lines.line import LineError
from voice.lines.simulated.dialler import SPEEDS
from voice.service import Calls, CallView, UnknownCall

_POLICY_VIOLATION = 1008
_log = structlog.get_logger(__name__)


class NewCall(BaseModel):
    """A call to place. `persona`, `seed`, `noise` and `speed` are for the simulated line only."""

    model_config = ConfigDict(extra="forbid")

    resident_id: str
    flow: str
    line: Literal["simulated", "twilio", "audiosocket"]
    persona: str | None = None
    seed: int = Field(default=0, ge=0)
    noise: bool = False
    speed: float = Field(default=1.0, ge=SPEEDS[0], le=SPEEDS[1])
    today: str | None = None


class RecordingOut(BaseModel):
    """A finished recording: 8 kHz PCM16 WAV, the resident on the left, the assistant on the right."""

    url: str
    seconds: float


class CallOut(BaseModel):
    """One call. `timings`: its turns, in seconds from the answer; `wait`: what is expected now."""

    id: str
    resident_id: str | None
    conversation_id: str | None
    flow: str
    line: str
    direction: str
    persona: str | None
    state: str
    disposition: str | None
    wait: dict[str, Any] | None
    placed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    timings: list[JsonValue]
    recording: RecordingOut | None
    error: str | None


def calls_of(connection: HTTPConnection) -> Calls:
    """The calls of this process."""
    calls: Calls = connection.app.state.services.calls
    return calls


_Calls = Annotated[Calls, Depends(calls_of)]
_Caller = Annotated[Principal, Depends(require())]
_CallId = Annotated[str, Path(description="id of a call")]


def router() -> APIRouter:
    """`/api/calls`, for authorised clients."""
    routes = APIRouter(prefix="/api/calls", tags=["calls"])
    routes.post("", status_code=201, summary="Place a call")(_place)
    routes.get("", summary="The last calls, newest first")(_list)
    routes.get("/{call_id}", summary="How a call stands")(_read)
    routes.delete("/{call_id}", summary="Hang up")(_cancel)
    routes.get(
        "/{call_id}/recording", response_class=FileResponse, summary="The sound of a call that is over"
    )(_recording)
    return routes


def media_router() -> APIRouter:
    """The carriers' media streams; a stream shows the token that its call was placed with."""
    routes = APIRouter()
    routes.websocket("/twilio/media")(_media)
    return routes


async def _place(new: NewCall, calls: _Calls, caller: _Caller) -> CallOut:
    order = Order(new.resident_id, persona=new.persona, seed=new.seed, noise=new.noise, speed=new.speed)
    try:
        record = await calls.place(
            order, line=new.line, flow=new.flow, today=new.today, organization_id=caller.organization_id
        )
    except LineNotConfigured as error:
        raise HTTPException(501, str(error)) from None
    except (ConversationError, ValueError) as error:
        raise HTTPException(422, str(error)) from None
    return _shown(CallView(record, None, None))


async def _list(
    calls: _Calls, caller: _Caller, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[CallOut]:
    return [_shown(CallView(call, None, None)) for call in await calls.newest(caller.organization_id, limit)]


async def _read(call_id: _CallId, calls: _Calls, caller: _Caller) -> CallOut:
    try:
        return _shown(await calls.view(call_id, caller.organization_id))
    except UnknownCall:
        raise _unknown(call_id) from None


async def _cancel(call_id: _CallId, calls: _Calls, caller: _Caller) -> CallOut:
    try:
        await calls.cancel(call_id, caller.organization_id)
        return _shown(await calls.view(call_id, caller.organization_id))
    except UnknownCall:
        raise _unknown(call_id) from None


async def _recording(call_id: _CallId, calls: _Calls, caller: _Caller) -> FileResponse:
    try:
        path = await calls.recording(call_id, caller.organization_id)
    except UnknownCall:
        raise _unknown(call_id) from None
    if path is None or not path.is_file():
        raise HTTPException(
            404, f"call {call_id} has no recording, or not yet: it is there when the call has ended"
        )
    return FileResponse(
        path, media_type="audio/wav", filename=f"{call_id}.wav", content_disposition_type="inline"
    )


def _unknown(call_id: str) -> HTTPException:
    return HTTPException(404, f"there is no call {call_id}")


def _shown(view: CallView) -> CallOut:
    record = view.record
    recording = view.recording
    return CallOut(
        **record.model_dump(exclude={"organization_id"}),
        wait=_shown_wait(view.wait),
        recording=RecordingOut(url=f"/api/calls/{record.id}/recording", seconds=recording.seconds)
        if recording
        else None,
    )


def _shown_wait(wait: Wait | None) -> dict[str, Any] | None:
    if wait is None:
        return None
    shown: dict[str, Any] = {
        "slot": wait.slot,
        "expects": wait.expects.value,
        "reading_back": wait.reading_back,
    }
    if wait.options:
        shown["options"] = [
            option.model_dump(mode="json", include={"value", "label", "key"}, exclude_none=True)
            for option in wait.options
        ]
    if wait.about is not None:
        shown["about"] = wait.about
    return shown


async def _media(websocket: WebSocket) -> None:
    await websocket.accept()
    socket = _Socket(websocket)
    try:
        await calls_of(websocket).media(socket)
    except LineError as error:
        _log.warning("media_stream_refused", error=str(error))
        await socket.close(_POLICY_VIOLATION, str(error))
    else:
        await socket.close(1000, "over")


class _Socket:
    """Starlette's WebSocket as the protocol of the media streams wants it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | None:
        try:
            return await self._websocket.receive_text()
        except (WebSocketDisconnect, KeyError, RuntimeError):
            return None

    async def send(self, text: str) -> None:
        if self._open():
            try:
                await self._websocket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                _log.info("media_stream_gone")

    async def close(self, code: int, reason: str) -> None:
        if self._open():
            try:
                await self._websocket.close(code, reason)
            except (WebSocketDisconnect, RuntimeError):
                _log.info("media_stream_gone")

    def _open(self) -> bool:
        states = (self._websocket.client_state, self._websocket.application_state)
        return all(state is WebSocketState.CONNECTED for state in states)
