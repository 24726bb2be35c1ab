"""The carrier's side of a media stream as Twilio keeps it: real-time pacing, numbers as strings, marks."""

import asyncio
import base64
import json
import random
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from voice.audio import Samples, to_mulaw
from voice.frames import FRAME_MS, FRAME_SAMPLES, FRAME_SECONDS

SETTLING: Final = 5.0
"""Seconds by which pacing may fall behind before it gives up catching up."""


class PlayBuffer:
    """What the assistant has sent and the resident has not heard yet: audio with marks in between."""

    def __init__(self) -> None:
        self._items: deque[bytearray | str] = deque()

    def audio(self, ulaw: bytes) -> None:
        if self._items and isinstance(self._items[-1], bytearray):
            self._items[-1] += ulaw
        else:
            self._items.append(bytearray(ulaw))

    def mark(self, name: str) -> None:
        self._items.append(name)

    def clear(self) -> list[str]:
        """Drops the audio; gives the marks that were pending, which go back at once."""
        marks = [item for item in self._items if isinstance(item, str)]
        self._items.clear()
        return marks

    def play(self) -> tuple[bool, list[str]]:
        """Plays a frame: whether anything sounded, and the marks that were reached with it."""
        left, marks = FRAME_SAMPLES, []
        while self._items:
            item = self._items[0]
            if isinstance(item, str):
                marks.append(item)
                self._items.popleft()
                continue
            if not left:
                break
            taken = min(left, len(item))
            del item[:taken]
            left -= taken
            if not item:
                self._items.popleft()
        return left < FRAME_SAMPLES, marks


class Carrier:
    """One media stream over an open WebSocket.

    `tick` is the resident: it is told whether the assistant sounds, and gives her own frame.
    """

    def __init__(
        self,
        socket: ClientConnection,
        parameters: dict[str, str],
        tick: Callable[[bool], Samples],
        *,
        speed: float = 1.0,
        late: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._socket = socket
        self._parameters = parameters
        self._resident = tick
        self._speed = speed
        self._late = late
        self._chance = random.Random(seed)
        self._buffer = PlayBuffer()
        self._stream_sid = "MZ" + self._chance.randbytes(16).hex()
        self._call_sid = "CA" + self._chance.randbytes(16).hex()
        self._account_sid = "AC" + "0" * 32
        self._sequence = 0
        self._frames = 0
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque()

    async def run(self, gone: asyncio.Event) -> None:
        """Streams until the assistant closes, or `gone` is set: the resident has hung up."""
        await self._socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await self._send(self._start())
        tasks = [asyncio.create_task(work) for work in (self._read(), self._stream(), gone.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if gone.is_set():
                stop = {"accountSid": self._account_sid, "callSid": self._call_sid}
                await self._send({"event": "stop", "stop": stop})
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._socket.close()

    async def press(self, key: str) -> None:
        """The resident presses a telephone key."""
        await self._send({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": key}})

    def _start(self) -> dict[str, Any]:
        return {
            "event": "start",
            "start": {
                "accountSid": self._account_sid,
                "streamSid": self._stream_sid,
                "callSid": self._call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": self._parameters,
            },
        }

    async def _stream(self) -> None:
        """Sends one frame every 20 ms; what a burdened machine misses is made up for at once."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            sounded, marks = self._buffer.play()
            for mark in marks:
                await self._return_mark(mark)
            self._hold(self._media(self._resident(sounded)), loop.time())
            while self._waiting and self._waiting[0][0] <= loop.time():
                await self._send(self._waiting.popleft()[1])
            due += FRAME_SECONDS / self._speed
            if loop.time() - due > SETTLING:
                due = loop.time()
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _hold(self, message: dict[str, Any], now: float) -> None:
        """Packets are late by chance and never overtake each other."""
        late = abs(self._chance.gauss(0.0, self._late)) / self._speed if self._late else 0.0
        after = self._waiting[-1][0] if self._waiting else 0.0
        self._waiting.append((max(now + late, after), message))

    def _media(self, samples: Samples) -> dict[str, Any]:
        self._frames += 1
        return {
            "event": "media",
            "media": {
                "track": "inbound",
                "chunk": str(self._frames),
                "timestamp": str((self._frames - 1) * FRAME_MS),
                "payload": base64.b64encode(to_mulaw(samples)).decode("ascii"),
            },
        }

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            match message["event"]:
                case "media":
                    self._buffer.audio(base64.b64decode(message["media"]["payload"]))
                case "mark":
                    self._buffer.mark(message["mark"]["name"])
                case "clear":
                    for mark in self._buffer.clear():
                        await self._return_mark(mark)

    async def _return_mark(self, name: str) -> None:
        await self._send({"event": "mark", "mark": {"name": name}})

    async def _send(self, message: dict[str, Any]) -> None:
        self._sequence += 1
        whole = {**message, "sequenceNumber": str(self._sequence), "streamSid": self._stream_sid}
        await self._socket.send(json.dumps(whole))
