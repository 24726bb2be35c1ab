"""The unit of the voice chain: 20 ms of telephone audio."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voice.audio import Samples
from voice.ports import LINE_RATE

FRAME_MS: Final = 20
FRAME_SECONDS: Final = FRAME_MS / 1000
FRAME_SAMPLES: Final = LINE_RATE * FRAME_MS // 1000

SILENCE: Final[Samples] = np.zeros(FRAME_SAMPLES, dtype=np.int16)
SILENCE.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame heard on the line. `index` counts from 0 when the media came up and never skips."""

    index: int
    samples: Samples

    @property
    def time(self) -> float:
        """Seconds on the line's clock at which the frame begins."""
        return self.index * FRAME_SECONDS


def frames_in(seconds: float) -> int:
    """The number of frames that last `seconds`, rounded to the nearest."""
    return round(seconds / FRAME_SECONDS)
