"""The recording of a call: two-channel 8 kHz PCM16 WAV, the resident on the left, the assistant on the right.

Both channels run on the line's clock. The assistant's side is what the line played, so speech that was
cleared away is not in it. The file grows as `<name>.wav.part` with a header that is true after every second,
and gets its final name when it is complete; a part left behind by a killed process can be read, and `recover`
finishes it.
"""

import asyncio
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from voice.audio import Samples
from voice.frames import FRAME_SAMPLES, frames_in
from voice.ports import LINE_RATE

CHANNELS: Final = 2
BYTES_PER_SAMPLE: Final = 2
HEADER_BYTES: Final = 44
BLOCK: Final = frames_in(1.0)
"""Frames that are written together."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finished recording: where it is, its SHA-256 and its length."""

    path: Path
    sha256: str
    seconds: float


def header(data_bytes: int) -> bytes:
    """The 44 bytes before `data_bytes` of sound."""
    align = CHANNELS * BYTES_PER_SAMPLE
    form = struct.pack("<HHIIHH", 1, CHANNELS, LINE_RATE, LINE_RATE * align, align, BYTES_PER_SAMPLE * 8)
    return b"".join(
        (
            b"RIFF",
            struct.pack("<I", 36 + data_bytes),
            b"WAVEfmt ",
            struct.pack("<I", 16),
            form,
            b"data",
            struct.pack("<I", data_bytes),
        )
    )


def part_of(path: Path) -> Path:
    """Where the recording that will be `path` grows."""
    return path.with_name(path.name + ".part")


class Recording:
    """Writes one recording. `add` once a frame; the file is written a second at a time, off the loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = part_of(path).open("w+b")
        self._file.write(header(0))
        self._file.flush()
        self._block: np.ndarray = np.zeros((BLOCK * FRAME_SAMPLES, CHANNELS), dtype="<i2")
        self._frames = 0
        self._bytes = 0
        self._writing: asyncio.Task[None] | None = None

    def add(self, resident: Samples, assistant: Samples) -> None:
        """Adds one frame of each side."""
        at = self._frames * FRAME_SAMPLES
        self._block[at : at + FRAME_SAMPLES, 0] = resident
        self._block[at : at + FRAME_SAMPLES, 1] = assistant
        self._frames += 1
        if self._frames == BLOCK:
            self._writing = asyncio.create_task(self._write_after(self._writing, self._take()))

    async def close(self) -> Recorded:
        """Writes what is left and gives the file its final name."""
        await self._write_after(self._writing, self._take())
        self._file.close()
        return await asyncio.to_thread(finish, self.path)

    def _take(self) -> bytes:
        block = self._block[: self._frames * FRAME_SAMPLES].tobytes()
        self._frames = 0
        return block

    async def _write_after(self, earlier: asyncio.Task[None] | None, block: bytes) -> None:
        if earlier is not None:
            await earlier
        await asyncio.to_thread(self._write, block)

    def _write(self, block: bytes) -> None:
        self._file.seek(HEADER_BYTES + self._bytes)
        self._file.write(block)
        self._bytes += len(block)
        self._file.seek(0)
        self._file.write(header(self._bytes))
        self._file.flush()


def finish(path: Path) -> Recorded:
    """Makes `path` out of its complete part: true header, on the disk, renamed in one step."""
    part = part_of(path)
    align = CHANNELS * BYTES_PER_SAMPLE
    with part.open("r+b") as file:
        data = max(0, part.stat().st_size - HEADER_BYTES) // align * align
        file.truncate(HEADER_BYTES + data)
        file.write(header(data))
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    part.replace(path)
    return Recorded(path, digest, data / align / LINE_RATE)


def recover(path: Path) -> Recorded | None:
    """Finishes the recording of a call whose process died; None when there is no part of it."""
    return finish(path) if part_of(path).exists() else None
