"""The Media Streams protocol, against recorded examples of its messages."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from voice.audio import from_mulaw
from voice.lines.line import AudioIn, KeyIn, LineClosed, LineError, MarkIn
from voice.lines.media_streams import MediaStreamsLine

MESSAGES = json.loads(Path(__file__).with_name("media_streams.json").read_text(encoding="utf-8"))
CONNECTED, START, MEDIA = MESSAGES[0], MESSAGES[1], MESSAGES[2]


class Socket:
    """A WebSocket that plays messages and keeps what is sent."""

    def __init__(self, messages: Iterable[object]) -> None:
        self._incoming = [
            json.dumps(message) if not isinstance(message, str) else message for message in messages
        ]
        self.sent: list[dict[str, object]] = []
        self.closed = False

    async def receive(self) -> str | None:
        return self._incoming.pop(0) if self._incoming else None

    async def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def close(self, code: int, reason: str) -> None:
        self.closed = True


async def events(*messages: object) -> list[object]:
    line = await MediaStreamsLine.accept(Socket([CONNECTED, START, *messages]))
    return [event async for event in line.events()]


async def test_start_names_the_stream_and_carries_our_parameters() -> None:
    line = await MediaStreamsLine.accept(Socket(MESSAGES))
    assert line.start.stream_sid.startswith("MZ") and line.start.call_sid.startswith("CA")
    assert line.start.parameters == {"call_id": "one", "token": "secret"}


async def test_what_comes_in() -> None:
    audio, mark, key, closed = await events(*MESSAGES[2:])
    assert isinstance(audio, AudioIn) and audio.timestamp_ms == 5
    assert list(audio.samples) == list(from_mulaw(b"\xff\xff\x7f\x7f"))
    assert (mark, key, closed) == (MarkIn("1.1.8"), KeyIn("1"), LineClosed())


async def test_a_connection_that_drops_is_a_broken_line() -> None:
    assert (await events(MEDIA))[-1] == LineClosed(broken=True)


async def test_what_goes_out() -> None:
    socket = Socket([CONNECTED, START])
    line = await MediaStreamsLine.accept(socket)
    await line.send(b"\xff" * 160)
    await line.mark("1.1.8")
    await line.clear()
    await line.hang_up()
    await line.send(b"\xff" * 160)
    sid = START["streamSid"]
    assert socket.sent == [
        {"event": "media", "streamSid": sid, "media": {"payload": base64.b64encode(b"\xff" * 160).decode()}},
        {"event": "mark", "streamSid": sid, "mark": {"name": "1.1.8"}},
        {"event": "clear", "streamSid": sid},
    ]
    assert socket.closed


def broken(message: dict[str, object], path: str, value: object) -> dict[str, object]:
    """The message with one field changed; None takes it away."""
    changed = json.loads(json.dumps(message))
    *folders, name = path.split(".")
    place = changed
    for folder in folders:
        place = place[folder]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return changed  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ("not json", "not JSON"),
        ('["event"]', "no 'event'"),
        (broken(START, "start", None), "'start' is missing"),
        (broken(START, "start.callSid", None), "'callSid' is missing"),
        (broken(START, "start.mediaFormat.encoding", "audio/L16"), "must be audio/x-mulaw"),
        (broken(START, "start.mediaFormat.sampleRate", 16000), "8000 Hz mono"),
        (MEDIA, "came before 'start'"),
    ],
)
async def test_a_wrong_beginning_is_refused_with_a_reason(message: object, complaint: str) -> None:
    with pytest.raises(LineError, match=complaint):
        await MediaStreamsLine.accept(Socket([CONNECTED, message]))


@pytest.mark.parametrize("field", [("media.payload", "***"), ("media.timestamp", "soon"), ("media", None)])
async def test_damaged_media_is_refused_with_a_reason(field: tuple[str, object]) -> None:
    with pytest.raises(LineError, match="media"):
        await events(broken(MEDIA, *field))
