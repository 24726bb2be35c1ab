"""The resident's side of the chain: voice activity, then recognition of the stretches that hold speech.

Audio reaches the recogniser only from shortly before a voice begins until the turn is over, a tenth of a
second at a time and off the event loop. The recogniser may cut an utterance into segments; here they are one
again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final

from voice.activity import Activity, VoiceActivity
from voice.frames import FRAME_SECONDS, Frame, frames_in
from voice.ports import Final as FinalHypothesis
from voice.ports import Recognition

BATCH: Final = frames_in(0.1)
PRE_ROLL: Final = frames_in(0.3)
"""Audio from before the detector was sure, so that a soft first sound is not lost."""
UNKNOWN_CONFIDENCE: Final = 0.5
"""The most that an utterance with words outside the vocabulary may be trusted."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the resident as recognised. Times are seconds on the line's clock.

    `confidence` is that of the least certain word; it is 0 for an empty text. `unknown` says that words
    outside the vocabulary were among it.
    """

    text: str
    confidence: float
    unknown: bool
    started: float
    ended: float
    voiced: float
    """Seconds of voice in it."""


class Hearing:
    """Follows one call. `hear` takes every frame; `finish` ends the resident's turn and gives its words."""

    def __init__(self, recognition: Recognition) -> None:
        self.activity = VoiceActivity()
        self._recognition = recognition
        self._pre_roll: deque[bytes] = deque(maxlen=PRE_ROLL)
        self._batch: list[bytes] = []
        self._work: asyncio.Queue[bytes | asyncio.Future[list[FinalHypothesis]]] = asyncio.Queue()
        self._segments: list[FinalHypothesis] = []
        self._partial = ""
        self._started: int | None = None
        self._voiced = 0
        self._finishing = 0
        self._worker = asyncio.create_task(self._recognise())

    @property
    def in_turn(self) -> bool:
        """Whether the resident has begun to speak and her turn is not over."""
        return self._started is not None

    @property
    def text(self) -> str:
        """What has been recognised of the present turn so far."""
        return "" if self._finishing else "".join(segment.text for segment in self._segments) + self._partial

    @property
    def started(self) -> float:
        """When the present turn began."""
        return (self._started or 0) * FRAME_SECONDS

    def silence_at(self, index: int) -> float:
        """Seconds from the last voiced frame to the frame `index`."""
        return (index - self.activity.last_voiced) * FRAME_SECONDS

    @property
    def voiced(self) -> float:
        """Seconds of voice in the present turn."""
        return (self._voiced + (self.activity.voiced_frames if self.activity.speaking else 0)) * FRAME_SECONDS

    def hear(self, frame: Frame) -> Activity | None:
        """Takes the next frame."""
        change = self.activity.hear(frame)
        pcm = frame.samples.tobytes()
        if change is not None and change.type == "stopped":
            self._voiced += self.activity.voiced_frames
        if change is not None and change.type == "started" and self._started is None:
            self._started, self._voiced = change.index, 0
            self._batch = list(self._pre_roll)
            self._pre_roll.clear()
        if self._started is None:
            self._pre_roll.append(pcm)
        else:
            self._batch.append(pcm)
            if len(self._batch) >= BATCH:
                self._flush()
        return change

    def finish(self) -> Awaitable[Utterance]:
        """Ends the turn at once: the next voice begins a new one. The words follow when they are known."""
        started, self._started = self._started or 0, None
        voiced = self._voiced + (self.activity.voiced_frames if self.activity.speaking else 0)
        self._flush()
        turn: asyncio.Future[list[FinalHypothesis]] = asyncio.get_running_loop().create_future()
        self._finishing += 1
        self._work.put_nowait(turn)
        return self._utterance(turn, started, self.activity.last_voiced + 1, voiced)

    async def close(self) -> None:
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        await self._recognition.close()

    async def _utterance(
        self, turn: asyncio.Future[list[FinalHypothesis]], started: int, ended: int, voiced: int
    ) -> Utterance:
        """Waits for the recogniser to catch up with the audio. Raises what broke the recogniser."""
        first: list[asyncio.Future[Any]] = [turn, self._worker]
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._finishing -= 1
        if not turn.done():
            self._worker.result()
        segments = turn.result()
        unknown = any(segment.unknown for segment in segments)
        confidence = min((segment.min_confidence for segment in segments), default=0.0)
        return Utterance(
            text="".join(segment.text for segment in segments),
            confidence=min(confidence, UNKNOWN_CONFIDENCE) if unknown else confidence,
            unknown=unknown,
            started=started * FRAME_SECONDS,
            ended=ended * FRAME_SECONDS,
            voiced=voiced * FRAME_SECONDS,
        )

    def _flush(self) -> None:
        if self._batch:
            self._work.put_nowait(b"".join(self._batch))
            self._batch = []

    async def _recognise(self) -> None:
        while True:
            work = await self._work.get()
            if isinstance(work, asyncio.Future):
                last = await self._recognition.finish()
                whole = [segment for segment in (*self._segments, last) if segment.text or segment.unknown]
                self._segments, self._partial = [], ""
                if not work.cancelled():
                    work.set_result(whole)
                continue
            for hypothesis in await self._recognition.accept(work):
                if isinstance(hypothesis, FinalHypothesis):
                    self._segments.append(hypothesis)
                    self._partial = ""
                else:
                    self._partial = hypothesis.text
