"""Recognition by Vosk (Kaldi), streaming, on a model directory.

libvosk releases the interpreter while it decodes; the work runs in a small pool of threads so that the event
loop never waits for it. One model serves all streams.
"""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import vosk

from voice.ports import LINE_RATE, Final, Hypothesis, ModelInfo, ModelUnusable, Partial, Word
from voice.recognisers.model_directory import inspect

UNKNOWN = "[unk]"
THREADS = max(2, min(8, os.cpu_count() or 2))
"""Streams that are decoded at the same moment; each takes about a hundredth of a core."""

vosk.SetLogLevel(-1)


class VoskRecogniser:
    """A loaded Vosk model. Raises `ModelUnusable` with one sentence when the directory cannot be used."""

    def __init__(self, directory: Path, *, threads: int = THREADS) -> None:
        self._info = inspect(directory)
        try:
            self._model = vosk.Model(str(directory))
            vosk.KaldiRecognizer(self._model, LINE_RATE)
        except Exception as error:
            raise ModelUnusable(
                f"Vosk cannot load the model in {directory}; its files do not fit together or are damaged. "
                "Unpack the model again, or rebuild it as its README says"
            ) from error
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="vosk")

    @property
    def info(self) -> ModelInfo:
        return self._info

    def recognition(self) -> "VoskRecognition":
        return VoskRecognition(self._model, self._pool)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)


class VoskRecognition:
    """One call's stream; see `voice.ports.Recognition`."""

    def __init__(self, model: vosk.Model, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._decoder: vosk.KaldiRecognizer | None = vosk.KaldiRecognizer(model, LINE_RATE)
        self._decoder.SetWords(True)
        self._partial = ""

    async def accept(self, pcm: bytes) -> list[Hypothesis]:
        if len(pcm) % 2:
            raise ValueError(f"{len(pcm)} bytes are not a whole number of 16 bit samples")
        return await self._run(self._accept, pcm) if pcm else []

    async def finish(self) -> Final:
        return await self._run(self._finish)

    async def reset(self) -> None:
        await self._run(self._reset)

    async def close(self) -> None:
        self._decoder = None

    async def _run(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    def _open(self) -> vosk.KaldiRecognizer:
        if self._decoder is None:
            raise RuntimeError("this recognition is closed")
        return self._decoder

    def _accept(self, pcm: bytes) -> list[Hypothesis]:
        decoder = self._open()
        if decoder.AcceptWaveform(pcm):
            self._partial = ""
            final = _final(decoder.Result())
            return [final] if final.text or final.unknown else []
        text, _ = _joined(json.loads(decoder.PartialResult()).get("partial", ""))
        if text == self._partial:
            return []
        self._partial = text
        return [Partial(text)]

    def _finish(self) -> Final:
        self._partial = ""
        decoder = self._open()
        final = _final(decoder.FinalResult())
        decoder.Reset()
        return final

    def _reset(self) -> None:
        self._partial = ""
        self._open().Reset()


def _joined(text: str) -> tuple[str, bool]:
    """Vosk's spaced words as running text, and whether one of them was outside the vocabulary.

    Chinese words are joined; Latin words keep a space between them.
    """
    words = text.split()
    joined = ""
    for word in words:
        if word == UNKNOWN:
            continue
        latin = joined[-1:].isascii() and word[0].isascii() and joined
        joined += f" {word}" if latin else word
    return joined, UNKNOWN in words


def _final(result: str) -> Final:
    heard = json.loads(result)
    text, unknown = _joined(heard.get("text", ""))
    words = tuple(
        Word(word["word"], float(word["start"]), float(word["end"]), float(word["conf"]))
        for word in heard.get("result", ())
        if word["word"] != UNKNOWN
    )
    confidences = [word.confidence for word in words]
    mean = sum(confidences) / len(confidences) if confidences else 0.0
    return Final(text, words, mean, min(confidences, default=0.0), unknown)
