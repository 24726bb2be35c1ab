"""What the call needs of a telephone line while its media is up, and what the line tells the call."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from voice.audio import Samples


class LineError(Exception):
    """The far end broke the line's protocol, or the line is gone. The message says what was wrong."""


@dataclass(frozen=True, slots=True)
class AudioIn:
    """Audio from the resident; `timestamp_ms` counts from the start of the stream, None where unknown."""

    samples: Samples
    timestamp_ms: int | None


@dataclass(frozen=True, slots=True)
class MarkIn:
    """Everything sent before this mark has been played, or was cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class KeyIn:
    """The resident pressed a telephone key: one of 0-9, *, #."""

    key: str


@dataclass(frozen=True, slots=True)
class LineClosed:
    """The line is gone; nothing follows. `broken` when it was not hung up in the ordinary way."""

    broken: bool = False


LineEvent = AudioIn | MarkIn | KeyIn | LineClosed


class Line(Protocol):
    """A line with its media up. Sending on a line that is gone does nothing."""

    def events(self) -> AsyncIterator[LineEvent]:
        """What comes in, until and with `LineClosed`."""
        ...

    async def send(self, ulaw: bytes) -> None:
        """Queues µ-law audio, 8 kHz, for playing."""
        ...

    async def mark(self, name: str) -> None:
        """Asks the line to return `name` as soon as everything sent so far has been played."""
        ...

    async def clear(self) -> None:
        """Drops what was sent and has not been played; its marks come back at once."""
        ...

    async def hang_up(self) -> None:
        """Ends the call."""
        ...
