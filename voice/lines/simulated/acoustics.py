"""What the telephone and the room do to a voice, and the voice itself. Everything follows from a seed."""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from voice.audio import Samples, level, read_wav, resample
from voice.frames import FRAME_SAMPLES
from voice.lines.simulated.persona import LineSpec, VoiceSpec
from voice.ports import LINE_RATE
from voice.synthesisers.pinyin import spoken

VOICE: Final = "cmn-latn-pinyin"
LOUDNESS_DB: Final = -24.0
"""Of full scale, for a voice at 0 dB."""
BAND_HZ: Final = (300.0, 3400.0)
_QUIET_DB: Final = -50.0


def speak(text: str, voice: VoiceSpec) -> Samples:
    """`text` in this voice at 8 kHz, without silence around it. Blocks; raises what `subprocess.run` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(
            ["espeak-ng", "-v", f"{VOICE}+{voice.variant}", "-s", str(voice.rate), "-p", str(voice.pitch),
             "-w", str(path), "--stdin"],
            input=spoken(text).encode(),
            check=True,
            timeout=20,
        )  # fmt: skip
        samples, rate = read_wav(path)
    return _trimmed(resample(samples, rate))


def _trimmed(samples: Samples) -> Samples:
    frames = [samples[at : at + FRAME_SAMPLES] for at in range(0, len(samples), FRAME_SAMPLES)]
    loud = [number for number, frame in enumerate(frames) if level(frame) > _QUIET_DB]
    return samples[loud[0] * FRAME_SAMPLES : (loud[-1] + 1) * FRAME_SAMPLES] if loud else samples[:0]


class Acoustics:
    """One call's line, from her mouth to the carrier."""

    def __init__(self, spec: LineSpec, seed: int) -> None:
        self._spec = spec
        self._random = np.random.default_rng(seed)
        self._noise: Samples | None = None
        self._noise_at = 0
        if spec.noise_snr_db is not None:
            self._noise = self._make_noise(LOUDNESS_DB + spec.level_db - spec.noise_snr_db)

    def voice(self, samples: Samples) -> Samples:
        """Her words as they leave the telephone: band and level. Noise is added frame by frame."""
        wide = samples.astype(np.float64)
        if self._spec.telephone_band:
            wide = _band(wide)
        gain = 10 ** ((LOUDNESS_DB + self._spec.level_db - level(samples)) / 20)
        return np.clip(wide * gain, -32767, 32767).astype(np.int16)

    def frame(self, samples: Samples) -> Samples:
        """One frame with the noise of the line."""
        if self._noise is None:
            return samples
        noise = self._noise[self._noise_at : self._noise_at + FRAME_SAMPLES]
        self._noise_at = (self._noise_at + FRAME_SAMPLES) % len(self._noise)
        return np.clip(samples.astype(np.int32) + noise, -32767, 32767).astype(np.int16)

    def _make_noise(self, loudness_db: float) -> Samples:
        """Eight seconds of a murmuring room: pink, in the telephone's band, swelling slowly."""
        count = 8 * LINE_RATE
        spectrum = np.fft.rfft(self._random.standard_normal(count))
        frequencies = np.fft.rfftfreq(count, 1 / LINE_RATE)
        spectrum /= np.sqrt(np.maximum(frequencies, 50.0))
        pink = _band(np.fft.irfft(spectrum, count))
        swell = 1 + 0.3 * np.sin(2 * np.pi * 0.5 * np.arange(count) / LINE_RATE)
        pink *= swell
        pink *= 32768 * 10 ** (loudness_db / 20) / np.sqrt(np.mean(pink**2))
        return np.clip(pink, -32767, 32767).astype(np.int16)


def _band(wide: np.ndarray) -> np.ndarray:
    """Keeps what a telephone carries."""
    spectrum = np.fft.rfft(wide)
    frequencies = np.fft.rfftfreq(len(wide), 1 / LINE_RATE)
    spectrum[(frequencies < BAND_HZ[0]) | (frequencies > BAND_HZ[1])] = 0
    return np.fft.irfft(spectrum, len(wide))
