"""Voice activity: when the resident begins and stops speaking, frame by frame.

A frame counts as voiced when the WebRTC detector says so and it stands out of the line's own noise. The noise
floor is the quietest the line has been over the last seconds, so a fan or a market is learned and ignored.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import webrtcvad

from voice.audio import level
from voice.frames import FRAME_SECONDS, Frame, frames_in
from voice.ports import LINE_RATE

AGGRESSIVENESS: Final = 2
"""Of the WebRTC detector, 0 to 3; at 3 it loses the soft ends of words on a telephone line."""
ABOVE_FLOOR_DB: Final = 8.0
QUIETEST_DB: Final = -55.0
"""Frames below this level (dB of full scale) are never speech."""
FLOOR_BLOCKS: Final = 6
FLOOR_BLOCK: Final = frames_in(0.5)
ONSET: Final = 5
"""Voiced frames among the last `ONSET_WINDOW` that begin a stretch of speech."""
ONSET_WINDOW: Final = 7
HANGOVER: Final = frames_in(0.2)
"""Unvoiced frames after which a stretch of speech is over."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The resident `started` or `stopped` speaking at the frame `index`, which may lie in the past."""

    type: Literal["started", "stopped"]
    index: int

    @property
    def time(self) -> float:
        return self.index * FRAME_SECONDS


class NoiseFloor:
    """The level of the line's own noise in dB of full scale: the minimum of half-second means, 3 s back."""

    def __init__(self) -> None:
        self._blocks: deque[float] = deque(maxlen=FLOOR_BLOCKS)
        self._levels: list[float] = []
        self.level = QUIETEST_DB

    def hear(self, level: float) -> None:
        self._levels.append(level)
        if len(self._levels) == FLOOR_BLOCK:
            self._levels.sort()
            self._blocks.append(sum(self._levels[: FLOOR_BLOCK // 4]) / (FLOOR_BLOCK // 4))
            self._levels.clear()
            self.level = max(QUIETEST_DB, min(self._blocks))


class VoiceActivity:
    """Follows one call. `speaking` is the state after the last frame heard."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(AGGRESSIVENESS)
        self._floor = NoiseFloor()
        self._recent: deque[bool] = deque(maxlen=ONSET_WINDOW)
        self._last_voiced = -1
        self.speaking = False
        self.voiced_frames = 0
        """Voiced frames in the present stretch of speech, or the last one."""

    @property
    def last_voiced(self) -> int:
        """Index of the last voiced frame, -1 before there was one."""
        return self._last_voiced

    def hear(self, frame: Frame) -> Activity | None:
        """Takes the next frame; says when a stretch of speech has begun or ended with it."""
        voiced = self._voiced(frame)
        self._recent.append(voiced)
        if voiced and (self.speaking or sum(self._recent) >= ONSET):
            self._last_voiced = frame.index
        if self.speaking:
            self.voiced_frames += voiced
            if frame.index - self._last_voiced >= HANGOVER:
                self.speaking = False
                self._recent.clear()
                return Activity("stopped", self._last_voiced + 1)
        elif sum(self._recent) >= ONSET:
            self.speaking = True
            self.voiced_frames = sum(self._recent)
            return Activity("started", max(0, frame.index + 1 - len(self._recent)))
        return None

    def _voiced(self, frame: Frame) -> bool:
        loudness = level(frame.samples)
        floor = self._floor.level
        self._floor.hear(loudness)
        if loudness < max(QUIETEST_DB, floor + ABOVE_FLOOR_DB):
            return False
        return bool(self._detector.is_speech(frame.samples.tobytes(), LINE_RATE))
