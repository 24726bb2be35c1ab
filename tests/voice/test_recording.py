"""The recording: left the resident, right the assistant, readable after every second."""

import hashlib
import wave
from pathlib import Path

import numpy as np

from voice.audio import Samples
from voice.frames import FRAME_SAMPLES, frames_in
from voice.recording import Recording, part_of, recover

LEFT = np.full(FRAME_SAMPLES, 1000, np.int16)
RIGHT = np.full(FRAME_SAMPLES, -2000, np.int16)


def read(path: Path) -> tuple[Samples, wave._wave_params]:
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        return frames, file.getparams()


async def test_both_sides_and_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "calls" / "one.wav"
    recording = Recording(path)
    for _ in range(frames_in(2.5)):
        recording.add(LEFT, RIGHT)
    recorded = await recording.close()
    sound, form = read(path)
    assert (form.nchannels, form.sampwidth, form.framerate) == (2, 2, 8000)
    assert recorded.seconds == 2.5 == len(sound) / 8000
    assert set(sound[:, 0]) == {1000} and set(sound[:, 1]) == {-2000}
    assert recorded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not part_of(path).exists()


async def test_what_a_killed_process_leaves_can_be_read_and_finished(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "two.wav")
    for _ in range(frames_in(3.2)):
        recording.add(LEFT, RIGHT)
    assert recording._writing is not None
    await recording._writing
    path = tmp_path / "killed.wav"
    part_of(path).write_bytes(part_of(recording.path).read_bytes())
    await recording.close()

    sound, _ = read(part_of(path))
    assert len(sound) == 3 * 8000, "whole seconds are on the disk, with a true header"
    with part_of(path).open("ab") as file:
        file.write(b"\x01\x02\x03\x04\x05")  # cut off in the middle of a sample
    recorded = recover(path)
    assert recorded is not None and recorded.seconds == 3.0 + 1 / 8000
    assert len(read(path)[0]) == 3 * 8000 + 1
    assert recover(path) is None


async def test_a_call_without_a_frame_is_an_empty_recording(tmp_path: Path) -> None:
    recorded = await Recording(tmp_path / "empty.wav").close()
    assert recorded.seconds == 0.0
    assert len(read(recorded.path)[0]) == 0
