"""The server side of Twilio's Media Streams protocol: JSON text messages, µ-law audio at 8 kHz in base64.

In: connected, start, media, mark, dtmf, stop. Out: media, mark, clear. Numbers inside messages arrive as
strings. Source: the Media Streams message reference; tests/voice/lines/media_streams.json holds examples.
"""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from voice.audio import from_mulaw
from voice.lines.line import AudioIn, KeyIn, LineClosed, LineError, LineEvent, MarkIn

KEYS: Final = frozenset("0123456789*#")
ENCODING: Final = "audio/x-mulaw"


class TextSocket(Protocol):
    """A WebSocket as far as this protocol uses one: `receive` gives None when the other side has closed."""

    async def receive(self) -> str | None: ...

    async def send(self, text: str) -> None: ...

    async def close(self, code: int, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StreamStart:
    """What the `start` message says: which stream, which of the carrier's calls, and our own parameters."""

    stream_sid: str
    call_sid: str
    account_sid: str
    parameters: Mapping[str, str]


def parse(text: str) -> dict[str, object]:
    """Reads one message. Raises `LineError` when it is not a JSON object with an `event`."""
    try:
        message = json.loads(text)
    except ValueError:
        raise LineError("media stream: a message is not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise LineError("media stream: a message has no 'event'")
    return message


def start_of(message: Mapping[str, object]) -> StreamStart:
    """Reads a `start` message. Raises `LineError` for a missing field or another audio format."""
    start = _part(message, "start")
    media = _part(start, "mediaFormat")
    form = (media.get("encoding"), str(media.get("sampleRate")), str(media.get("channels")))
    if form != (ENCODING, "8000", "1"):
        raise LineError(
            f"media stream: audio must be {ENCODING} 8000 Hz mono, not {' '.join(map(str, form))}"
        )
    parameters = start.get("customParameters") or {}
    if not isinstance(parameters, dict):
        raise LineError("media stream: 'customParameters' must be an object")
    return StreamStart(
        stream_sid=_text(message, "streamSid"),
        call_sid=_text(start, "callSid"),
        account_sid=str(start.get("accountSid", "")),
        parameters={str(name): str(value) for name, value in parameters.items()},
    )


def event_of(message: Mapping[str, object]) -> LineEvent | None:
    """What a message means for the call; None when it means nothing (an unknown event, our own track)."""
    match message["event"]:
        case "media":
            return _audio(_part(message, "media"))
        case "mark":
            return MarkIn(_text(_part(message, "mark"), "name"))
        case "dtmf":
            key = _text(_part(message, "dtmf"), "digit")
            return KeyIn(key) if key in KEYS else None
        case "stop":
            return LineClosed()
        case _:
            return None


def _audio(media: Mapping[str, object]) -> AudioIn | None:
    if media.get("track", "inbound") != "inbound":
        return None
    try:
        ulaw = base64.b64decode(_text(media, "payload"), validate=True)
        timestamp = int(str(media["timestamp"])) if "timestamp" in media else None
    except (binascii.Error, ValueError):
        raise LineError("media stream: a media message has a bad payload or timestamp") from None
    return AudioIn(from_mulaw(ulaw), timestamp)


def _part(message: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise LineError(f"media stream: '{name}' is missing")
    return part


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise LineError(f"media stream: '{name}' is missing")
    return value


class MediaStreamsLine:
    """A line over one open media stream, after its `start` message has been read by `accept`."""

    def __init__(self, socket: TextSocket, start: StreamStart) -> None:
        self._socket = socket
        self.start = start
        self._open = True

    @classmethod
    async def accept(cls, socket: TextSocket) -> "MediaStreamsLine":
        """Waits for `connected` and `start`. Raises `LineError` when something else comes."""
        while (text := await socket.receive()) is not None:
            message = parse(text)
            if message["event"] == "start":
                return cls(socket, start_of(message))
            if message["event"] != "connected":
                raise LineError(f"media stream: '{message['event']}' came before 'start'")
        raise LineError("media stream: closed before 'start'")

    async def events(self) -> AsyncIterator[LineEvent]:
        while self._open:
            text = await self._socket.receive()
            event = LineClosed(broken=True) if text is None else event_of(parse(text))
            if isinstance(event, LineClosed):
                self._open = False
            if event is not None:
                yield event

    async def send(self, ulaw: bytes) -> None:
        await self._out("media", payload=base64.b64encode(ulaw).decode("ascii"))

    async def mark(self, name: str) -> None:
        await self._out("mark", name=name)

    async def clear(self) -> None:
        await self._out("clear")

    async def hang_up(self) -> None:
        if self._open:
            self._open = False
            await self._socket.close(1000, "hung up")

    async def _out(self, event: str, **fields: str) -> None:
        if not self._open:
            return
        message: dict[str, object] = {"event": event, "streamSid": self.start.stream_sid}
        if fields:
            message[event] = fields
        await self._socket.send(json.dumps(message))
