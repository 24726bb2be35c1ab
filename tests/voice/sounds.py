"""Sounds to test with: something that the voice detector takes for a voice, and silence."""

import numpy as np

from voice.audio import Samples
from voice.frames import FRAME_SAMPLES, Frame, frames_in
from voice.ports import LINE_RATE


def voiced(seconds: float, level: float = 6000.0) -> Samples:
    """A buzz with the formants of an open vowel, swelling as syllables do."""
    count = frames_in(seconds) * FRAME_SAMPLES
    time = np.arange(count) / LINE_RATE
    wave = np.zeros(count)
    for harmonic in range(1, 26):
        hertz = 130.0 * harmonic
        formants = sum(np.exp(-(((hertz - centre) / 200.0) ** 2)) for centre in (700.0, 1200.0, 2600.0))
        wave += formants * np.sin(2 * np.pi * hertz * time)
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4.0 * time)
    return (level * wave * syllables / np.max(np.abs(wave))).astype(np.int16)


def silence(seconds: float) -> Samples:
    return np.zeros(frames_in(seconds) * FRAME_SAMPLES, np.int16)


def noise(seconds: float, level: float = 200.0) -> Samples:
    """Steady hiss, the same on every run."""
    count = frames_in(seconds) * FRAME_SAMPLES
    return (np.random.default_rng(1).standard_normal(count) * level).astype(np.int16)


def frames(*sounds: Samples) -> list[Frame]:
    """The sounds, one after the other, as frames of a line."""
    whole = np.concatenate(sounds)
    return [
        Frame(number, whole[at : at + FRAME_SAMPLES])
        for number, at in enumerate(range(0, len(whole), FRAME_SAMPLES))
    ]
