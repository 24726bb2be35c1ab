"""Doubles for tests of the call: a line with the resident in the test's hands, and speech without engines."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime

import numpy as np

from assistant.conversations.incoming import HungUpIn, Incoming, Reply, TextIn
from assistant.dialogue.events import Disposition, Said
from assistant.dialogue.meaning import Act, IntentScore, Meaning, Value, ValueKind
from assistant.dialogue.waits import Wait
from assistant.understanding.context import Context
from tests.voice.sounds import silence
from voice.audio import Samples
from voice.frames import FRAME_SAMPLES, FRAME_SECONDS, SILENCE
from voice.lines.line import AudioIn, KeyIn, LineClosed, LineEvent, MarkIn
from voice.lines.simulated.carrier import PlayBuffer
from voice.ports import Final, Hypothesis, ModelInfo, Partial, Rate, Speech

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class LineDouble:
    """A line that runs many times faster than real, with the resident in the test's hands."""

    def __init__(self, burst: int = 1) -> None:
        self._burst = burst
        """Frames that arrive together, as after a stall of the machine."""
        self._mouth: Samples = SILENCE[:0]
        self._buffer = PlayBuffer()
        self._keys: list[str] = []
        self._closed = False
        self._gone = False
        self.index = 0
        self.sounding = False
        self.sounded_frames = 0
        self.clears = 0

    def speak(self, samples: Samples) -> None:
        """The resident speaks; what she is saying already comes first."""
        self._mouth = np.concatenate((self._mouth, samples))

    def press(self, key: str) -> None:
        self._keys.append(key)

    def go(self) -> None:
        """The resident hangs up."""
        self._gone = True

    async def passes(self, seconds: float) -> None:
        """Waits for that much of the line's time."""
        until = self.index + round(seconds / FRAME_SECONDS)
        while self.index < until and not self._closed:
            await asyncio.sleep(0)

    async def turn(self, pause: float = 0.3) -> None:
        """Waits until the assistant has spoken and has been quiet for `pause` seconds."""
        while not self.sounding and not self._closed:
            await asyncio.sleep(0)
        quiet_since = self.index
        while self.index - quiet_since < pause / FRAME_SECONDS and not self._closed:
            if self.sounding:
                quiet_since = self.index
            await asyncio.sleep(0)

    async def events(self) -> AsyncIterator[LineEvent]:
        while not self._closed:
            if self._gone:
                self._closed = True
                yield LineClosed()
                return
            for key in self._keys:
                yield KeyIn(key)
            self._keys.clear()
            self.sounding, marks = self._buffer.play()
            self.sounded_frames += self.sounding
            for mark in marks:
                yield MarkIn(mark)
            frame, self._mouth = self._mouth[:FRAME_SAMPLES], self._mouth[FRAME_SAMPLES:]
            yield AudioIn(frame if len(frame) else SILENCE, self.index * 20)
            self.index += 1
            if self.index % self._burst == 0:
                await asyncio.sleep(0.0005 * self._burst)

    async def send(self, ulaw: bytes) -> None:
        self._buffer.audio(ulaw)

    async def mark(self, name: str) -> None:
        self._buffer.mark(name)

    async def clear(self) -> None:
        self.clears += 1
        self._buffer.clear()

    async def hang_up(self) -> None:
        self._closed = True


class RecogniserDouble:
    """Hears, in every stretch of speech, the next of `texts`; the words come at its beginning."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.confidence = 0.9

    @property
    def info(self) -> ModelInfo:
        return ModelInfo("double", "synthetic-speech", "for tests")

    def recognition(self) -> "RecognitionDouble":
        return RecognitionDouble(self)

    async def close(self) -> None: ...


class RecognitionDouble:
    def __init__(self, recogniser: RecogniserDouble) -> None:
        self._recogniser = recogniser
        self._begun = False

    async def accept(self, pcm: bytes) -> list[Hypothesis]:
        if self._begun:
            return []
        self._begun = True
        return [Partial(self._recogniser.texts[0])] if self._recogniser.texts else []

    async def finish(self) -> Final:
        self._begun = False
        text = self._recogniser.texts.pop(0) if self._recogniser.texts else ""
        confidence = self._recogniser.confidence if text else 0.0
        return Final(text, confidence=confidence, min_confidence=confidence)

    async def reset(self) -> None:
        self._begun = False

    async def close(self) -> None: ...


class SynthesiserDouble:
    """A fifth of a second of sound for every character."""

    async def synthesise(self, text: str, *, rate: Rate = "normal", voice: str | None = None) -> Speech:
        return Speech(silence(0.2 * len(text)) + np.int16(500))

    async def close(self) -> None: ...


class UnderstanderDouble:
    """Knows yes and no, and two whole blood pressures; 胸口疼 is an emergency."""

    async def understand(self, text: str, context: Context) -> Meaning:
        act = Act.EMERGENCY if "胸口疼" in text else Act.ANSWER
        values: tuple[Value, ...] = ()
        if text in ("是", "对", "没有"):
            values = (Value(kind=ValueKind.YES_NO, value=text != "没有"),)
        elif "低压" in text:
            values = (Value(kind=ValueKind.BLOOD_PRESSURE, value={"systolic": 150, "diastolic": 90}),)
        elif "高压" in text:
            values = (Value(kind=ValueKind.BLOOD_PRESSURE, value={"systolic": 150, "diastolic": None}),)
        return Meaning(text=text, act=act, intent=IntentScore(name="inform", confidence=1.0), values=values)


def said(text: str, *, interruptible: bool = True) -> Said:
    return Said(text=text, response="utter_test", interruptible=interruptible)


def reply(wait: Wait | None, *messages: Said) -> Reply:
    """A reply that goes on, or that ends the conversation where nothing is waited for."""
    return Reply(
        conversation_id="one",
        messages=messages,
        wait=wait,
        ended=wait is None,
        disposition=Disposition.COMPLETED if wait is None else None,
    )


class DialogDouble:
    """Gives its replies one after the other, whatever comes in, and keeps what came."""

    def __init__(self, *replies: Reply, delay: float = 0.0) -> None:
        self._replies: list[Reply] = list(replies)
        self._delay = delay
        self.received: list[Incoming] = []

    @property
    def texts(self) -> Sequence[str]:
        return [incoming.text for incoming in self.received if isinstance(incoming, TextIn)]

    async def start(self) -> Reply:
        await asyncio.sleep(self._delay)
        return self._replies.pop(0)

    async def receive(self, incoming: Incoming) -> Reply:
        self.received.append(incoming)
        await asyncio.sleep(self._delay)
        if isinstance(incoming, HungUpIn) or not self._replies:
            return reply(None)
        return self._replies.pop(0)
