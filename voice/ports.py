"""The two ports of the voice layer: speech to text and text to speech.

Everything on these ports is 8 kHz, 16 bit, mono PCM, the format of the telephone line; 20 ms are 160
samples or 320 bytes.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

LINE_RATE = 8000
"""Samples per second on the line and on both ports."""

Rate = Literal["normal", "slow"]
"""How fast to speak: `slow` for the resident who asked for it."""

ModelKind = Literal["synthetic-speech", "published"]
"""Whether the model learned from synthesised speech (for demonstration and tests) or is one for people."""


class VoiceError(Exception):
    """Speech could not be made or understood. The message says what was wrong, where, and what to do."""


class ModelUnusable(VoiceError):
    """A recogniser's model directory is missing, damaged or inconsistent."""


class SynthesisFailed(VoiceError):
    """The synthesiser gave no usable audio, after one retry."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word: seconds since the start of the stream, confidence from 0 to 1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Partial:
    """What has been heard so far of an utterance that is still going on. It may change."""

    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """What was heard in one utterance. `text` is empty when nothing was.

    Chinese text carries no spaces and no `[unk]`; `unknown` says that at least one stretch was outside the
    vocabulary, so that the rest must not be trusted alone. `confidence` is the mean over the words and
    `min_confidence` the lowest, both 0 for an empty text.
    """

    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 0.0
    min_confidence: float = 0.0
    unknown: bool = False


Hypothesis = Partial | Final


class Recognition(Protocol):
    """One call's stream of recognition. Its methods are awaited one after the other, never at once."""

    async def accept(self, pcm: bytes) -> list[Hypothesis]:
        """Takes the next stretch of audio (PCM16, 8 kHz, any length in whole samples).

        Returns the new hypotheses, oldest first: a `Partial` when its text changed, a `Final` when the
        recogniser itself found the end of an utterance. Often empty.
        """
        ...

    async def finish(self) -> Final:
        """Ends the utterance now, whatever the recogniser thinks, and gives what is left of it.

        The stream goes on: the next `accept` begins a new utterance.
        """
        ...

    async def reset(self) -> None:
        """Forgets the audio of the current utterance."""
        ...

    async def close(self) -> None:
        """Frees the stream. Nothing may be called after it."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a loaded model, for people to see (`/healthz`, the start-up log)."""

    name: str
    kind: ModelKind
    description: str
    words: int | None = None
    """Size of the vocabulary, where the model says so."""


class Recogniser(Protocol):
    """A loaded model that serves many calls at once."""

    @property
    def info(self) -> ModelInfo: ...

    def recognition(self) -> Recognition:
        """Opens a stream for one call."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Synthesised audio: `samples` is one-dimensional, `sample_rate` per second. Equal only to itself."""

    samples: NDArray[np.int16]
    sample_rate: int = LINE_RATE

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    @property
    def pcm(self) -> bytes:
        """The samples as little-endian bytes, as `Recognition.accept` and the lines take them."""
        return self.samples.astype("<i2", copy=False).tobytes()


class Synthesiser(Protocol):
    """Speaks a sentence. Safe for any number of requests at once."""

    async def synthesise(self, text: str, *, rate: Rate = "normal", voice: str | None = None) -> Speech:
        """Gives the audio of `text` (written Chinese, numbers and units included) at 8 kHz.

        `voice` is an identifier of the synthesiser's own voices; None is the configured one. Raises
        `SynthesisFailed`; text without anything to speak gives an empty `Speech`.
        """
        ...

    async def close(self) -> None: ...
