"""The speech cache keeps what was used last and stays within its limits."""

import os
from pathlib import Path

import numpy as np

from voice.ports import Speech
from voice.synthesisers.cache import SpeechCache


def speech(value: int, samples: int = 1000) -> Speech:
    return Speech(np.full(samples, value, np.int16))


def test_the_key_depends_on_everything_that_is_heard() -> None:
    keys = {
        SpeechCache.key(text=t, voice=v, rate=r)
        for t in ("好", "行")
        for v in ("f2", "m3")
        for r in (120, 165)
    }
    assert len(keys) == 8


def test_without_a_folder_memory_alone_is_used() -> None:
    cache = SpeechCache(None)
    made = speech(1)
    cache.put("a", made)
    assert cache.get("a") is made
    assert cache.get("b") is None


def test_the_disk_holds_at_most_its_limit_and_the_oldest_goes(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, in_memory=0, on_disk=10_000)
    for number in range(4):
        cache.put(f"k{number}", speech(number))
        os.utime(tmp_path / f"k{number}.wav", (number, number))
    cache.get("k0")  # used again, so no longer the oldest
    cache.put("k4", speech(4))
    left = {file.stem for file in tmp_path.glob("*.wav")}
    assert "k0" in left and "k4" in left and "k1" not in left
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 10_000


def test_memory_holds_at_most_its_limit() -> None:
    cache = SpeechCache(None, in_memory=5000)
    for number in range(5):
        cache.put(f"k{number}", speech(number))
    assert cache.get("k0") is None
    assert cache.get("k4") is not None


def test_no_half_written_file_is_left(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.put("a", speech(1))
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]
