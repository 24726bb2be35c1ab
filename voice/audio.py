"""Formats of sound and the ways between them.

The line's format is 8 kHz, 16 bit, mono PCM: `NDArray[np.int16]` in memory, little-endian bytes on the wire.
µ-law is ITU-T G.711, one byte per sample, as telephone carriers send it.
"""

import io
import wave
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from voice.ports import LINE_RATE, VoiceError

Samples = NDArray[np.int16]

FRAME = LINE_RATE // 50
"""Samples in 20 ms on the line."""

SILENCE_LEVEL = -100.0
"""The level given for digital silence, dB."""


class NotAWav(VoiceError):
    """A file or message is not a complete 16 bit mono WAV."""


def from_pcm(pcm: bytes) -> Samples:
    """Little-endian PCM16 bytes to samples. A last half sample is an error, never dropped in silence."""
    if len(pcm) % 2:
        raise VoiceError(f"PCM16 audio of {len(pcm)} bytes: not a whole number of samples")
    return np.frombuffer(pcm, "<i2").astype(np.int16, copy=False)


def to_pcm(samples: Samples) -> bytes:
    """Samples to little-endian PCM16 bytes."""
    return samples.astype("<i2", copy=False).tobytes()


_BIAS = 132
_EXPONENT = np.floor(np.log2(np.maximum(np.arange(256), 1))).astype(np.int16)


def _encoding() -> NDArray[np.uint8]:
    """The code of every 16 bit value, indexed by its bits as an unsigned number."""
    value = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(value), 32635) + _BIAS
    exponent = _EXPONENT[magnitude >> 7]
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~((value < 0) * 0x80 | exponent << 4 | mantissa) & 0xFF).astype(np.uint8)


def _decoding() -> Samples:
    """The value of each of the 256 codes."""
    code = ~np.arange(256) & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS << ((code >> 4) & 0x07)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


_ENCODE, _DECODE = _encoding(), _decoding()


def to_mulaw(samples: Samples) -> bytes:
    """Samples to G.711 µ-law, one byte each."""
    return _ENCODE[samples.astype(np.int16, copy=False).view(np.uint16)].tobytes()


def from_mulaw(codes: bytes) -> Samples:
    """G.711 µ-law bytes to samples."""
    return _DECODE[np.frombuffer(codes, np.uint8)]


class Resampler:
    """Changes the sample rate of a stream that arrives in pieces, without clicks at the seams."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._same = from_rate == to_rate
        self._stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="int16", quality="MQ")

    def push(self, samples: Samples, *, last: bool = False) -> Samples:
        """The resampled audio that is ready; `last` flushes what the filter still holds."""
        if self._same:
            return samples
        return np.asarray(self._stream.resample_chunk(samples, last=last), np.int16)


def resample(samples: Samples, from_rate: int, to_rate: int = LINE_RATE) -> Samples:
    """Changes the sample rate of a whole recording."""
    if from_rate == to_rate or len(samples) == 0:
        return samples
    return np.asarray(soxr.resample(samples, from_rate, to_rate, quality="HQ"), np.int16)


def level(samples: Samples) -> float:
    """Loudness as the root mean square in dB below full scale (0 is the loudest square wave)."""
    if len(samples) == 0:
        return SILENCE_LEVEL
    power = float(np.mean(samples.astype(np.float64) ** 2)) / 32768.0**2
    return max(SILENCE_LEVEL, 10 * float(np.log10(power))) if power > 0 else SILENCE_LEVEL


def read_wav(source: Path | bytes) -> tuple[Samples, int]:
    """The samples and the sample rate of a 16 bit mono WAV; what is no such file raises `NotAWav`."""
    name = str(source) if isinstance(source, Path) else "the audio"
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise NotAWav(
                    f"{name}: {file.getnchannels()} channels of {file.getsampwidth() * 8} bit; 1 of 16 needed"
                )
            frames = file.readframes(file.getnframes())
            declared, sample_rate = file.getnframes(), file.getframerate()
    except (wave.Error, EOFError, IsADirectoryError) as error:
        raise NotAWav(f"{name} is not a readable WAV file: {error or 'it ends too early'}") from error
    if len(frames) != declared * 2:
        raise NotAWav(f"{name} is cut off: {len(frames) // 2} of {declared} samples")
    return from_pcm(frames), sample_rate


def wav_bytes(channels: Samples, sample_rate: int = LINE_RATE) -> bytes:
    """A 16 bit WAV of samples: shape (n,) is mono, (n, c) has c channels."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1 if channels.ndim == 1 else channels.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(to_pcm(channels))
    return buffer.getvalue()


def write_wav(path: Path, channels: Samples, sample_rate: int = LINE_RATE) -> None:
    """Writes a 16 bit WAV; see `wav_bytes`."""
    path.write_bytes(wav_bytes(channels, sample_rate))
