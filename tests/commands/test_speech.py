"""Sound files of any kind become channels at the line's rate, and every one that cannot is named."""

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from assistant.commands.speech import read_channels, utterances
from assistant.commands.terminal import CommandFailed
from voice.audio import from_pcm, to_pcm, write_wav
from voice.ports import LINE_RATE, Final, Hypothesis, ModelInfo, Partial


def tone(hertz: float, seconds: float = 0.5, rate: int = LINE_RATE) -> np.ndarray:
    times = np.arange(int(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


def pitch(samples: np.ndarray) -> float:
    """The loudest frequency of a signal at the line's rate, Hz."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    return float(np.fft.rfftfreq(len(samples), 1 / LINE_RATE)[spectrum.argmax()])


def test_a_mono_file_is_one_channel_at_the_lines_rate(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(440, rate=16000), 16000)
    (channel,) = read_channels(tmp_path / "a.wav")
    assert channel.side is None
    assert len(channel.samples) == LINE_RATE // 2
    assert pitch(channel.samples) == pytest.approx(440, abs=4)


def test_the_two_sides_of_a_call_stay_apart(tmp_path: Path) -> None:
    write_wav(tmp_path / "call.wav", np.column_stack([tone(300), tone(700)]))
    left, right = read_channels(tmp_path / "call.wav")
    assert (left.side, right.side) == ("left", "right")
    assert pitch(left.samples) == pytest.approx(300, abs=4)
    assert pitch(right.samples) == pytest.approx(700, abs=4)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "eight-bit.wav"])
def test_what_ffmpeg_reads_is_read(name: str, tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", tone(440))
    codec = ["-c:a", "pcm_u8"] if name.endswith(".wav") else []
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "in.wav"), *codec, str(tmp_path / name)]
    subprocess.run(command, check=True)
    (channel,) = read_channels(tmp_path / name)
    assert pitch(channel.samples) == pytest.approx(440, abs=4)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"gone\.wav: no such file"):
        list(read_channels(tmp_path / "gone.wav"))


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_a_file_without_sound_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("高压一百四", encoding="utf-8")
    with pytest.raises(CommandFailed, match=r"notes\.txt: not a sound file that ffmpeg can read"):
        list(read_channels(tmp_path / "notes.txt"))


def test_an_empty_recording_is_named(tmp_path: Path) -> None:
    write_wav(tmp_path / "empty.wav", tone(440)[:0])
    with pytest.raises(CommandFailed, match=r"empty\.wav: there is no sound in it"):
        list(read_channels(tmp_path / "empty.wav"))


def test_without_ffmpeg_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailed, match="ffmpeg is needed to read this; apt-get install ffmpeg"):
        list(read_channels(tmp_path / "a.mp3"))


def test_a_recording_that_was_cut_off_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = tmp_path / "whole.wav"
    write_wav(whole, tone(440))
    (tmp_path / "cut.wav").write_bytes(whole.read_bytes()[:-1001])
    with wave.open(str(tmp_path / "cut.wav")) as file:
        assert file.getnframes() == LINE_RATE // 2
    (channel,) = read_channels(tmp_path / "cut.wav")
    assert len(channel.samples) == LINE_RATE // 2 - 501


class LoudnessRecogniser:
    """Hears a word for every stretch that is loud, and nothing at the end."""

    info = ModelInfo("loudness", "published", "a test")

    def __init__(self) -> None:
        self.closed = False

    def recognition(self) -> "LoudnessRecogniser":
        return self

    async def accept(self, pcm: bytes) -> list[Hypothesis]:
        loud = bool(np.abs(from_pcm(pcm)).max() > 1000)
        return [Partial("响"), Final("响", confidence=0.9)] if loud else [Final("")]

    async def finish(self) -> Final:
        return Final("")

    async def reset(self) -> None: ...

    async def close(self) -> None:
        self.closed = True


async def test_only_utterances_with_words_are_kept() -> None:
    recogniser = LoudnessRecogniser()
    silence = np.zeros(LINE_RATE, np.int16)
    heard = await utterances(recogniser, from_pcm(to_pcm(np.concatenate([silence, tone(440, 0.2), silence]))))
    assert [final.text for final in heard] == ["响"]
    assert recogniser.closed
