"""The line's clock: what arrives from the network becomes frames without holes, in order, one every 20 ms.

Everything in a call that measures time (silence, pauses, playback, the recording) counts these frames, so
that a stalled machine or a late packet cannot be mistaken for a resident who says nothing.
"""

import numpy as np

from voice.audio import Samples
from voice.frames import FRAME_MS, FRAME_SAMPLES, SILENCE, Frame

LONGEST_GAP: int = 50
"""Frames (1 s) of missing audio that are made up in one go; a longer jump of timestamps is not believed."""


class LineClock:
    """Places chunks of audio by the sender's timestamps.

    A hole is filled with silence, a chunk that comes after its place was filled is dropped, and a sender
    whose timestamps cannot be right is taken as it comes.
    """

    def __init__(self) -> None:
        self._next = 0
        self._rest: Samples = SILENCE[:0]
        self.filled = 0
        """Frames that had to be made up."""
        self.dropped = 0
        """Frames that came too late."""

    @property
    def next_index(self) -> int:
        return self._next

    def place(self, samples: Samples, timestamp_ms: int | None) -> list[Frame]:
        """Gives the frames that `samples` completes. `timestamp_ms` counts from the start of the stream."""
        frames: list[Frame] = []
        if timestamp_ms is not None and not len(self._rest):
            ahead = timestamp_ms // FRAME_MS - self._next
            if 0 < ahead <= LONGEST_GAP:
                frames += [self._frame(SILENCE) for _ in range(ahead)]
                self.filled += ahead
            elif -LONGEST_GAP <= ahead < 0:
                late = min(-ahead, len(samples) // FRAME_SAMPLES)
                self.dropped += late
                samples = samples[late * FRAME_SAMPLES :]
        whole = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        end = len(whole) - len(whole) % FRAME_SAMPLES
        frames += [self._frame(whole[at : at + FRAME_SAMPLES]) for at in range(0, end, FRAME_SAMPLES)]
        self._rest = whole[end:]
        return frames

    def _frame(self, samples: Samples) -> Frame:
        frame = Frame(self._next, samples)
        self._next += 1
        return frame
