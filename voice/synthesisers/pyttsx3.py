"""Synthesis by pyttsx3 (espeak-ng), offline, in a worker process that is watched, checked and replaced."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import structlog

import voice
from voice.audio import NotAWav, read_wav, resample
from voice.ports import LINE_RATE, Rate, Speech, SynthesisFailed
from voice.speakable import speakable
from voice.synthesisers.cache import SpeechCache

_log = structlog.get_logger(__name__)

SLOWEST, FASTEST = 80, 400
"""Words per minute that espeak-ng can speak; it takes less than 80 for 80."""
WORDS_PER_MINUTE: dict[Rate, int] = {"normal": 165, "slow": 120}
START_WITHIN = 20.0
"""Seconds for a worker to come up on a busy machine."""
ANSWER_WITHIN = 10.0
ANSWER_WITHIN_PER_CHARACTER = 0.1
"""Seconds for one sentence; a sentence of 8 s takes about 0.05 s."""
_NOTHING = np.zeros(0, np.int16)
_VERSION = 1
"""Goes up when the same text is to sound otherwise: it makes old cached speech unused."""


class _TryAgain(SynthesisFailed):
    """A failure that another try with a fresh worker may mend."""


@dataclass(frozen=True)
class Voice:
    """A voice of espeak-ng, written `variant[:words per minute[:pitch]]`: `f4`, `m3:150`, `f2:130:38`."""

    variant: str = ""
    rate: int | None = None
    pitch: int = 50

    @classmethod
    def parse(cls, written: str) -> "Voice":
        """Raises `ValueError` saying what is wrong."""
        variant, _, rest = written.partition(":")
        rate, _, pitch = rest.partition(":")
        try:
            parsed = cls(variant.strip(), int(rate) if rate else None, int(pitch) if pitch else 50)
        except ValueError as error:
            raise ValueError(
                f"voice {written!r} is not of the form variant:rate:pitch, as f2:130:38"
            ) from error
        if not SLOWEST <= (parsed.rate or SLOWEST) <= FASTEST or not 0 <= parsed.pitch <= 99:
            raise ValueError(f"voice {written!r}: the rate must be {SLOWEST}-{FASTEST} and the pitch 0-99")
        return parsed

    def words_per_minute(self, rate: Rate) -> int:
        if self.rate is None:
            return WORDS_PER_MINUTE[rate]
        return self.rate if rate == "normal" else max(SLOWEST, self.rate * 3 // 4)


class Pyttsx3Synthesiser:
    """See `voice.ports.Synthesiser`. Use as an async context manager or call `close`.

    One sentence is made at a time, and what is cached waits for none of them. `cache` None keeps
    speech in memory only. `voice` is the voice used when a request names none; see `Voice`.
    """

    def __init__(self, *, cache: Path | None = None, voice: str = "f2") -> None:
        self._default = Voice.parse(voice)
        self._cache = SpeechCache(cache)
        self._one_at_a_time = asyncio.Lock()
        self._worker: _Worker | None = None
        self._folder = TemporaryDirectory(prefix="speech-")
        self._numbers = count(1)
        self._closed = False

    async def __aenter__(self) -> "Pyttsx3Synthesiser":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def synthesise(self, text: str, *, rate: Rate = "normal", voice: str | None = None) -> Speech:
        try:
            chosen = self._default if voice is None else Voice.parse(voice)
        except ValueError as error:
            raise SynthesisFailed(str(error)) from error
        said = speakable(text)
        if not any(char.isalnum() for char in said):
            return Speech(_NOTHING)
        speed = chosen.words_per_minute(rate)
        key = SpeechCache.key(
            text=said, voice=chosen.variant, rate=speed, pitch=chosen.pitch, version=_VERSION
        )
        speech = await asyncio.to_thread(self._cache.get, key)
        if speech is not None:
            return speech
        request: dict[str, str | int] = {
            "text": said,
            "voice": chosen.variant,
            "rate": speed,
            "pitch": chosen.pitch,
        }
        async with self._one_at_a_time:
            speech = await asyncio.to_thread(self._cache.get, key)  # the one before may have been the same
            if speech is None:
                speech = await self._made(request)
                await asyncio.to_thread(self._cache.put, key, speech)
            return speech

    @property
    def worker_pid(self) -> int | None:
        """The process that makes the speech; None while there is none."""
        return self._worker.pid if self._worker else None

    async def close(self) -> None:
        """Ends the worker and removes the temporary files. A second call does nothing."""
        self._closed = True
        async with self._one_at_a_time:
            await self._end_worker()
            self._folder.cleanup()

    async def _made(self, request: dict[str, str | int]) -> Speech:
        try:
            return await self._attempt(request)
        except _TryAgain as failure:
            _log.warning("speech synthesis failed once, the worker is replaced", reason=str(failure))
            return await self._attempt(request)

    async def _attempt(self, request: dict[str, str | int]) -> Speech:
        """One try, after which a worker that failed is gone."""
        if self._closed:
            raise SynthesisFailed("the synthesiser is closed")
        file = Path(self._folder.name) / f"{next(self._numbers)}.wav"
        keep_worker = False
        try:
            if self._worker is None:
                self._worker = await _Worker.start()
            await self._worker.ask({**request, "file": str(file)})
            speech = await asyncio.to_thread(verified, file, str(request["text"]), int(request["rate"]))
            keep_worker = True
            return speech
        except SynthesisFailed as failure:
            keep_worker = not isinstance(failure, _TryAgain)
            raise
        finally:
            # Also when the caller is cancelled: the worker may still write, and its answer must not be
            # taken for that of the next request.
            if not keep_worker:
                await asyncio.shield(self._end_worker())
            file.unlink(missing_ok=True)

    async def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()


class _Worker:
    """The process of `voice.synthesisers.worker`, from the parent's side."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid

    @classmethod
    async def start(cls) -> "_Worker":
        root = str(Path(voice.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "voice.synthesisers.worker",
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        worker = cls(process)
        try:
            await worker._answer(START_WITHIN)
        except BaseException:
            await worker.end()
            raise
        return worker

    async def ask(self, request: dict[str, str | int]) -> None:
        """Has one sentence made and waits for it."""
        line = json.dumps(request) + "\n"
        try:
            self._process.stdin.write(line.encode())  # type: ignore[union-attr]
            await self._process.stdin.drain()  # type: ignore[union-attr]
        except ConnectionError as error:
            raise _TryAgain("the speech worker has ended") from error
        await self._answer(ANSWER_WITHIN + ANSWER_WITHIN_PER_CHARACTER * len(line))

    async def _answer(self, seconds: float) -> None:
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), seconds)  # type: ignore[union-attr]
        except TimeoutError as error:
            raise _TryAgain(f"the speech worker gave no answer within {seconds:g} s") from error
        if not line:
            raise _TryAgain("the speech worker ended; are the package pyttsx3 and espeak-ng installed?")
        reply = json.loads(line)
        if "error" in reply:
            kind = _TryAgain if reply["again"] else SynthesisFailed
            raise kind(f"speech could not be made: {reply['error']}")

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()


SYLLABLE_MINUTES = 0.27 * 165
"""Seconds of one spoken character times the words per minute, measured over the voices of espeak-ng 1.51."""
PAUSE_SECONDS = 0.5


def plausible_seconds(text: str, words_per_minute: int) -> tuple[float, float]:
    """The shortest and longest time that `text` can take: audio outside it is of another text, or cut off."""
    spoken = sum(char.isalnum() for char in text)
    expected = spoken * SYLLABLE_MINUTES / words_per_minute
    return 0.3 * expected, 2 * expected + PAUSE_SECONDS * (len(text) - spoken + 2)


def verified(file: Path, text: str, words_per_minute: int) -> Speech:
    """The file's speech at the line's rate, if it can be that of `text`."""
    try:
        samples, sample_rate = read_wav(file)
    except (NotAWav, FileNotFoundError) as error:
        raise _TryAgain(f"the speech worker left no usable audio: {error}") from error
    seconds = len(samples) / sample_rate
    shortest, longest = plausible_seconds(text, words_per_minute)
    if not shortest <= seconds <= longest:
        raise _TryAgain(
            f"{seconds:.1f} s of audio for {len(text)} characters, {shortest:.1f} to {longest:.1f} s expected"
        )
    return Speech(resample(samples, sample_rate, LINE_RATE))
