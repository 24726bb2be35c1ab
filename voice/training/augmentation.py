"""Makes studio-clean synthetic speech sound like a telephone call from a living room.

Signals are float32 in [-1, 1] at 8 kHz unless said otherwise.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
import soxr
from numpy.typing import NDArray

from voice.audio import from_mulaw, to_mulaw
from voice.ports import LINE_RATE

Signal = NDArray[np.float32]

LINE_LOW, LINE_HIGH = 300.0, 3400.0
"""The band of an ordinary telephone line, Hz."""


@dataclass(frozen=True)
class Conditions:
    """What happens to one utterance.

    `warp` is the factor of resampling, `colour` the strength (dB) of a random filter as of a handset or a
    throat, `reverb` the seconds of echo, `snr` the distance of the noise in dB (None is no noise), `peak` the
    highest sample, `lead` and `tail` seconds of silence around.
    """

    warp: float = 1.0
    colour: float = 0.0
    reverb: float = 0.0
    snr: float | None = None
    noise: str = "white"
    telephone: bool = False
    mulaw: bool = False
    peak: float = 0.5
    lead: float = 0.2
    tail: float = 0.3

    @classmethod
    def draw(cls, random: Random) -> "Conditions":
        telephone = random.random() < 0.45
        return cls(
            warp=random.uniform(0.85, 1.15),
            colour=random.uniform(0, 8),
            reverb=random.uniform(0.1, 0.4) if random.random() < 0.3 else 0.0,
            snr=random.uniform(3, 32) if random.random() < 0.8 else None,
            noise=random.choice(("white", "pink", "babble", "hum")),
            telephone=telephone,
            mulaw=telephone and random.random() < 0.6,
            peak=10 ** (random.uniform(-30, -1) / 20),
            lead=random.uniform(0.02, 0.5),
            tail=random.uniform(0.05, 0.6),
        )


def resampled(samples: NDArray[np.int16], sample_rate: int, warp: float) -> Signal:
    """To 8 kHz; `warp` above 1 makes it faster and higher, as a larger or smaller speaker is."""
    signal = samples.astype(np.float32) / 32768
    return np.asarray(soxr.resample(signal, sample_rate * warp, LINE_RATE, quality="MQ"), np.float32)


def through(
    signal: Signal, conditions: Conditions, random: np.random.Generator, babble: list[Signal]
) -> Signal:
    """The utterance as it arrives: padded with silence, echoing, noisy, band-limited and scaled.

    `babble` holds other utterances, to be the voices in the room.
    """
    silence = [np.zeros(int(s * LINE_RATE), np.float32) for s in (conditions.lead, conditions.tail)]
    signal = np.concatenate([silence[0], signal, silence[1]]).astype(np.float32)
    if conditions.colour > 0:
        signal = _coloured(signal, conditions.colour, random)
    if conditions.reverb > 0:
        signal = _in_room(signal, conditions.reverb, random)
    if conditions.snr is not None:
        signal = _with_noise(signal, conditions.snr, _noise(len(signal), conditions.noise, random, babble))
    if conditions.telephone:
        signal = on_telephone(signal)
    signal = np.asarray(signal * (conditions.peak / max(float(np.abs(signal).max()), 1e-6)), np.float32)
    if conditions.mulaw:
        pcm = (signal * 32767).astype(np.int16)
        signal = from_mulaw(to_mulaw(pcm)).astype(np.float32) / np.float32(32768)
    return signal


def on_telephone(signal: Signal) -> Signal:
    """Only the telephone's band, with soft edges."""
    spectrum = np.fft.rfft(signal)
    frequency = np.fft.rfftfreq(len(signal), 1 / LINE_RATE)
    low = 1 / (1 + (LINE_LOW / np.maximum(frequency, 1)) ** 8)
    high = 1 / (1 + (frequency / LINE_HIGH) ** 24)
    return np.asarray(np.fft.irfft(spectrum * low * high, len(signal)), np.float32)


def _coloured(signal: Signal, strength: float, random: np.random.Generator) -> Signal:
    """Louder in some bands and softer in others, smoothly: eight gains between 0 and 4 kHz."""
    spectrum = np.fft.rfft(signal)
    bands = np.linspace(0, 1, 8)
    gains = np.interp(np.linspace(0, 1, len(spectrum)), bands, random.normal(0, strength / 2, len(bands)))
    return np.asarray(np.fft.irfft(spectrum * 10 ** (gains / 20), len(signal)), np.float32)


def _convolved(signal: Signal, kernel: Signal) -> Signal:
    size = len(signal) + len(kernel) - 1
    spectrum = np.fft.rfft(signal, size) * np.fft.rfft(kernel, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(signal)], np.float32)


def _in_room(signal: Signal, seconds: float, random: np.random.Generator) -> Signal:
    """Echoes that die away within `seconds` (60 dB), weaker than the direct sound."""
    count = int(seconds * LINE_RATE)
    echo = random.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    echo *= random.uniform(0.1, 0.5) / np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    return _convolved(signal, echo.astype(np.float32))


def _with_noise(signal: Signal, snr: float, noise: Signal) -> Signal:
    """Noise at `snr` dB below the speech, where the speech's power is taken over its loud part."""
    loud = signal[np.abs(signal) > 0.01 * np.abs(signal).max()] if len(signal) else signal
    power = float(np.mean(loud**2)) if len(loud) else 1e-4
    scale = np.sqrt(power / 10 ** (snr / 10) / max(float(np.mean(noise**2)), 1e-12))
    return signal + noise * np.float32(scale)


def _noise(count: int, kind: str, random: np.random.Generator, babble: list[Signal]) -> Signal:
    if kind == "babble" and babble:
        mixed = np.zeros(count, np.float32)
        for index in random.integers(0, len(babble), 4):
            mixed += np.resize(np.roll(babble[index], int(random.integers(0, 8000))), count)
        return mixed
    if kind == "hum":
        time = np.arange(count) / LINE_RATE
        hum = sum(np.sin(2 * np.pi * 50 * k * time + random.uniform(0, 6)) / k for k in (1, 2, 3, 5))
        return np.asarray(hum + 0.2 * random.standard_normal(count), np.float32)
    white = random.standard_normal(count)
    if kind != "pink":
        return white.astype(np.float32)
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(np.arange(count // 2 + 1), 1))
    return np.asarray(np.fft.irfft(spectrum, count), np.float32)
