"""Speaks a reply on the line: synthesised phrase by phrase, paced by the line's clock, marked for the ledger.

Only a little audio is sent ahead, so that an interruption leaves little to clear; the first phrase goes out
as soon as it is there, while the next ones are being made.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from assistant.dialogue.events import Said
from voice.audio import Samples, from_mulaw, to_mulaw
from voice.frames import FRAME_SAMPLES, SILENCE, frames_in
from voice.ledger import Entry, Ledger
from voice.lines.line import Line
from voice.phrases import phrases
from voice.ports import Synthesiser, VoiceError

LEAD: Final = frames_in(0.4)
"""Frames sent ahead of what is being played."""
CHUNK: Final = frames_in(0.1)
"""Frames in one message to the line."""
AHEAD: Final = 2
"""Phrases made before they are due."""
MESSAGE_PAUSE: Final = frames_in(0.25)
MARK_PATIENCE: Final = frames_in(2.0)
"""Frames after the end of the audio until a mark that never came is taken as played."""

_QUIET: Final = to_mulaw(SILENCE)
_log = structlog.get_logger(__name__)

Piece = tuple[Entry, bytes]


class Playback:
    """Plays one reply at a time. `tick` once per frame of the line drives it."""

    def __init__(self, line: Line, synthesiser: Synthesiser, on_failure: Callable[[], None]) -> None:
        self._line = line
        self._synthesiser = synthesiser
        self._on_failure = on_failure
        self._closed = False
        self.ledger = Ledger()
        self._making: asyncio.Task[None] | None = None
        self._made: asyncio.Queue[Piece] = asyncio.Queue(AHEAD)
        self._piece: Piece | None = None
        self._offset = 0
        self._on_line: deque[bytes] = deque()
        self._idle_frames = 0
        self._on_sound: Callable[[], None] | None = None
        self._over = asyncio.Event()
        self._over.set()

    @property
    def speaking(self) -> bool:
        """From `say` until the line has returned the last mark."""
        return not self._over.is_set()

    def say(self, messages: Sequence[Said], on_sound: Callable[[], None] | None = None) -> None:
        """Begins to speak `messages`; `on_sound` is called when the first sound goes out.

        What was being said must be over or stopped. After `close` nothing is said any more.
        """
        cut = [phrases(message.text) for message in messages]
        entries = self.ledger.open(cut, [message.interruptible for message in messages])
        self._on_sound = on_sound
        if self._closed or not entries:
            return
        self._over.clear()
        self._idle_frames = 0
        slow = [message.slow for message, parts in zip(messages, cut, strict=True) for _ in parts]
        ends = {sum(len(parts) for parts in cut[: n + 1]) - 1 for n in range(len(cut) - 1)}
        self._making = asyncio.create_task(self._make(entries, slow, ends))

    async def _make(self, entries: list[Entry], slow: list[bool], ends: set[int]) -> None:
        for number, entry in enumerate(entries):
            try:
                speech = await self._synthesiser.synthesise(
                    entry.text, rate="slow" if slow[number] else "normal"
                )
            except VoiceError as failure:
                _log.error("speech could not be made", error=type(failure).__name__)
                self._over.set()
                self._on_failure()
                return
            padding = -len(speech.samples) % FRAME_SAMPLES
            pause = MESSAGE_PAUSE if number in ends else 0
            ulaw = to_mulaw(speech.samples) + _QUIET[:1] * padding + _QUIET * pause
            await self._made.put((entry, ulaw))

    async def tick(self) -> Samples:
        """Sends what is due and gives the frame that the line is playing now."""
        while len(self._on_line) < LEAD and await self._send_chunk():
            pass
        if self._on_line:
            self._idle_frames = 0
            return from_mulaw(self._on_line.popleft())
        self._idle_frames += 1
        if self.speaking and self.ledger.all_sent and self._idle_frames > MARK_PATIENCE:
            _log.warning("the line did not return a mark")
            self._over.set()
        return SILENCE

    async def _send_chunk(self) -> bool:
        """Sends up to `CHUNK` frames of the present phrase; False when there is nothing to send."""
        if self._piece is None:
            if self._made.empty():
                return False
            self._piece, self._offset = self._made.get_nowait(), 0
        entry, ulaw = self._piece
        chunk = ulaw[self._offset : self._offset + CHUNK * FRAME_SAMPLES]
        self._offset += len(chunk)
        whole = self._offset >= len(ulaw)
        if whole:
            self._piece = None
            self.ledger.sent(entry.mark)
        self._on_line.extend(chunk[at : at + FRAME_SAMPLES] for at in range(0, len(chunk), FRAME_SAMPLES))
        if chunk:
            await self._line.send(chunk)
            if self._on_sound is not None:
                self._on_sound()
                self._on_sound = None
        if whole:
            await self._line.mark(entry.mark)
        return True

    def marked(self, name: str) -> None:
        """The line returned a mark."""
        if self.ledger.played(name) and not self.ledger.speaking:
            self._over.set()

    async def stop(self) -> int:
        """Falls silent at once. Returns the characters of the reply that were heard."""
        if self._making is not None:
            self._making.cancel()
        heard = self.ledger.clear()
        self._made = asyncio.Queue(AHEAD)
        self._piece = None
        self._on_line.clear()
        self._over.set()
        await self._line.clear()
        return heard

    async def finished(self) -> None:
        """Waits until the reply has been heard, was stopped, or failed."""
        await self._over.wait()

    def close(self) -> None:
        """Falls silent for good: the line is gone."""
        self._closed = True
        if self._making is not None:
            self._making.cancel()
        self._over.set()
