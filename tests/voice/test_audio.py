"""Sound formats: there and back without loss, and clear errors for what is no sound."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voice.audio import (
    FRAME,
    NotAWav,
    Resampler,
    from_mulaw,
    from_pcm,
    level,
    read_wav,
    resample,
    to_mulaw,
    to_pcm,
    wav_bytes,
    write_wav,
)
from voice.ports import VoiceError

sound = arrays(np.int16, st.integers(0, 400))


def tone(seconds: float, rate: int, hertz: float = 440) -> np.ndarray:
    return (np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 12000).astype(np.int16)


@given(sound)
def test_pcm_bytes_carry_samples_exactly(samples: np.ndarray) -> None:
    assert np.array_equal(from_pcm(to_pcm(samples)), samples)


def test_half_a_sample_is_an_error() -> None:
    with pytest.raises(VoiceError, match="3 bytes"):
        from_pcm(b"abc")


# Code and value pairs of ITU-T G.711, table 2a and 2b, in 16 bit.
@pytest.mark.parametrize(
    ("code", "value"),
    [(0xFF, 0), (0x80, 32124), (0x00, -32124), (0xEF, 132), (0x6F, -132), (0xCE, 988), (0x8F, 16764)],
)
def test_mulaw_codes_are_those_of_the_standard(code: int, value: int) -> None:
    assert from_mulaw(bytes([code]))[0] == value
    assert to_mulaw(np.array([value], np.int16)) == bytes([code])


@given(st.binary(max_size=300))
def test_mulaw_is_stable_once_encoded(codes: bytes) -> None:
    heard = from_mulaw(codes)
    assert np.array_equal(from_mulaw(to_mulaw(heard)), heard)


@given(sound)
def test_mulaw_errs_by_at_most_half_a_step(samples: np.ndarray) -> None:
    wide = samples.astype(int)
    step = np.maximum(8, np.abs(wide) / 16 + 8)
    assert np.all(np.abs(from_mulaw(to_mulaw(samples)) - np.clip(wide, -32124, 32124)) <= step)


def test_a_stream_resampled_in_frames_is_the_whole_resampled_at_once() -> None:
    whole = tone(0.5, 16000)
    stream = Resampler(16000, 8000)
    pieces = [stream.push(whole[at : at + 320]) for at in range(0, len(whole), 320)]
    joined = np.concatenate([*pieces, stream.push(whole[:0], last=True)])
    expected = resample(whole, 16000)
    assert abs(len(joined) - len(expected)) <= 1
    inner = slice(FRAME, len(expected) - FRAME)
    assert np.max(np.abs(joined[inner].astype(int) - expected[inner])) < 200


def test_resampling_keeps_pitch_and_length() -> None:
    heard = resample(tone(1, 22050), 22050)
    assert abs(len(heard) - 8000) <= 1
    assert np.argmax(np.abs(np.fft.rfft(heard))) == pytest.approx(440, abs=2)


def test_level_is_in_decibels_below_full_scale() -> None:
    assert level(np.full(100, 32767, np.int16)) == pytest.approx(0, abs=0.01)
    assert level(tone(1, 8000)) == pytest.approx(20 * np.log10(12000 / 32768 / np.sqrt(2)), abs=0.1)
    assert level(np.zeros(10, np.int16)) == level(np.zeros(0, np.int16)) == -100


def test_a_stereo_recording_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    write_wav(file, np.stack([tone(0.1, 8000), tone(0.1, 8000)], axis=1))
    with pytest.raises(NotAWav, match="2 channels"):
        read_wav(file)


@given(sound)
def test_a_wav_gives_back_its_samples(samples: np.ndarray) -> None:
    back, rate = read_wav(wav_bytes(samples))
    assert np.array_equal(back, samples) and rate == 8000


@pytest.mark.parametrize("damaged", [b"", b"RIFF", b"not a wav at all", wav_bytes(tone(0.1, 8000))[:-100]])
def test_what_is_no_complete_wav_is_refused(damaged: bytes) -> None:
    with pytest.raises(NotAWav):
        read_wav(damaged)
