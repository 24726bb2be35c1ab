"""Sentences to training examples: features and sound units, made by worker processes and kept in shards."""

import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from voice.training import augmentation, espeak
from voice.training.features import mfcc
from voice.training.grammar import PAUSE

SHARD = 250
"""Sentences in one shard."""
NOISE_ONLY = 0.02
"""Part of the examples without any speech, so that noise is not heard as words."""
BABBLE_KEPT = 40
ATTEMPTS = 5

BLANK = 0


@dataclass(frozen=True)
class Example:
    """Features (frames, 40) as float16 and the units said, numbered from 1 (0 is the CTC blank)."""

    features: NDArray[np.float16]
    units: NDArray[np.int16]


@dataclass(frozen=True)
class Task:
    """One shard to make."""

    path: Path
    sentences: Sequence[Sequence[str]]
    pinyin: Mapping[str, str]
    units: Mapping[str, Sequence[int]]
    seed: int


def held_out(words: Sequence[str]) -> bool:
    """Whether a sentence belongs to the tenth that is never trained on, if it is rare enough."""
    return zlib.crc32(" ".join(words).encode()) % 10 == 0


def pinyin_sentence(words: Sequence[str], pinyin: Mapping[str, str]) -> str:
    return " ".join("," if word == PAUSE else pinyin[word] for word in words)


def make_shard(task: Task) -> Path:
    """Speaks, distorts and analyses the sentences of one shard and writes them."""
    os.nice(max(0, 10 - os.nice(0)))
    random = Random(task.seed)
    noise = np.random.default_rng(task.seed)
    babble: list[augmentation.Signal] = []
    features, units = [], []
    for words in task.sentences:
        manner = espeak.Manner(
            random.choice(espeak.TRAINING_VOICES),
            random.randint(115, 245),
            random.randint(15, 88),
            random.randint(20, 80),
        )
        samples, sample_rate = espeak.speak(pinyin_sentence(words, task.pinyin), manner)
        conditions = augmentation.Conditions.draw(random)
        signal = augmentation.resampled(samples, sample_rate, conditions.warp)
        babble = [*babble[-BABBLE_KEPT:], signal]
        silent = random.random() < NOISE_ONLY
        heard = augmentation.through(signal * np.float32(not silent), conditions, noise, babble)
        features.append(mfcc((np.clip(heard, -1, 1) * 32767).astype(np.int16)).astype(np.float16))
        said = [unit for word in words if word != PAUSE for unit in task.units[word]]
        units.append(np.asarray([] if silent else said, np.int16))
    _write(task.path, features, units)
    return task.path


def _write(path: Path, features: list[NDArray[np.float16]], units: list[NDArray[np.int16]]) -> None:
    partial = path.with_suffix(".partial.npz")
    np.savez(
        partial,
        features=np.concatenate(features),
        frames=[len(f) for f in features],
        units=np.concatenate(units),
        counts=[len(u) for u in units],
    )
    partial.replace(path)


def read_shard(path: Path) -> Iterator[Example]:
    with np.load(path) as shard:
        features = np.split(shard["features"], np.cumsum(shard["frames"])[:-1])
        units = np.split(shard["units"], np.cumsum(shard["counts"])[:-1])
    return (Example(f, u) for f, u in zip(features, units, strict=True))


def make_all(tasks: Sequence[Task], processes: int, report: Callable[[str], None]) -> list[Path]:
    """Makes the shards that are not there yet, in parallel, and gives all paths.

    Some voices of espeak-ng 1.51 crash the library now and then. The shards that were lost with a process are
    made again with other voices.
    """
    for attempt in range(ATTEMPTS):
        missing = [replace(t, seed=t.seed + attempt * 100_003) for t in tasks if not t.path.exists()]
        try:
            _make(missing, processes, report)
            break
        except BrokenProcessPool:
            report("speech: espeak-ng crashed, its shards are made again")
    else:
        raise espeak.EspeakMissing(f"espeak-ng crashed in {ATTEMPTS} attempts to make {tasks[0].path.parent}")
    return [task.path for task in tasks]


def _make(missing: Sequence[Task], processes: int, report: Callable[[str], None]) -> None:
    started = time.monotonic()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(make_shard, task) for task in missing]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            left = (time.monotonic() - started) / done * (len(missing) - done)
            report(f"speech: {done}/{len(missing)} shards, {left:.0f} s left")
