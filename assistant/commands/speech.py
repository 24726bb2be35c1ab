"""`transcribe` and `say`: the recogniser and the synthesiser of this installation, by themselves."""

import asyncio
import json
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.markup import escape

from assistant.commands.terminal import CommandFailed, out
from assistant.settings import Settings, load_settings
from voice.audio import Samples, from_pcm, resample, to_pcm, write_wav
from voice.ports import LINE_RATE, Final, Rate, Recogniser, Synthesiser

CHUNK_BYTES = LINE_RATE // 5 * 2
"""A fifth of a second: the recogniser is fed as a call would feed it."""

SIDES = ("left", "right")


@dataclass(frozen=True)
class Channel:
    """One channel of a sound file at the line's rate. `side` is None when the file has only one."""

    side: str | None
    samples: Samples


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Sound files: WAV, or anything that ffmpeg reads.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with every word.")] = False,
) -> None:
    """Write down what is said in sound files, with confidences.

    The two sides of a stereo file (a recorded call: left the resident, right the assistant) are heard apart.

    Example: assistant transcribe var/recordings/*.wav
    """
    channels = [(path, list(read_channels(path))) for path in files]
    asyncio.run(_transcribe(load_settings(), channels, as_json=as_json))


async def _transcribe(settings: Settings, files: list[tuple[Path, list[Channel]]], *, as_json: bool) -> None:
    recogniser = open_recogniser(settings)
    try:
        for path, channels in files:
            for channel in channels:
                heard = await utterances(recogniser, channel.samples)
                (_print_json if as_json else _print_text)(path, channel, heard)
    finally:
        await recogniser.close()


async def utterances(recogniser: Recogniser, samples: Samples) -> list[Final]:
    """What the recogniser makes of a whole recording: its utterances that have words, in order."""
    stream = recogniser.recognition()
    heard: list[Final] = []
    pcm = to_pcm(samples)
    try:
        for start in range(0, len(pcm), CHUNK_BYTES):
            hypotheses = await stream.accept(pcm[start : start + CHUNK_BYTES])
            heard += [hypothesis for hypothesis in hypotheses if isinstance(hypothesis, Final)]
        heard.append(await stream.finish())
    finally:
        await stream.close()
    return [final for final in heard if final.text or final.unknown]


def open_recogniser(settings: Settings) -> Recogniser:
    """The recogniser of `config.yml`. Raises ModelUnusable."""
    from voice.recognisers.vosk import VoskRecogniser

    return VoskRecogniser(settings.home / settings.config.voice.recogniser.model)


def _print_text(path: Path, channel: Channel, heard: list[Final]) -> None:
    name = f"{path} ({channel.side})" if channel.side else str(path)
    out.print(f"[bold]{escape(name)}[/]  {len(channel.samples) / LINE_RATE:.1f} s")
    if not heard:
        out.print("  [dim]nothing recognised[/]")
    for final in heard:
        start = f"{final.words[0].start:7.2f} s" if final.words else " " * 9
        doubt = "  [yellow]with words outside the vocabulary[/]" if final.unknown else ""
        figures = f"[dim]{final.confidence:.2f}, lowest {final.min_confidence:.2f}[/]"
        out.print(f"  {start}  {escape(final.text) or '—'}  {figures}{doubt}")


def _print_json(path: Path, channel: Channel, heard: list[Final]) -> None:
    for final in heard:
        line = {
            "file": str(path),
            "side": channel.side,
            "text": final.text,
            "confidence": round(final.confidence, 3),
            "min_confidence": round(final.min_confidence, 3),
            "unknown": final.unknown,
            "words": [
                {
                    "text": word.text,
                    "start": round(word.start, 2),
                    "end": round(word.end, 2),
                    "confidence": round(word.confidence, 3),
                }
                for word in final.words
            ],
        }
        typer.echo(json.dumps(line, ensure_ascii=False))


def say(
    text: Annotated[str, typer.Argument(help="What to say, in written Chinese.")],
    file: Annotated[Path, typer.Option("--out", "-o", help="The WAV file to write.")] = Path("speech.wav"),
    slow: Annotated[bool, typer.Option("--slow", help="For who asked to speak slower.")] = False,
) -> None:
    """Speak a sentence into a WAV file, as a call would hear it (8 kHz).

    Example: assistant say "您好，请问是王阿姨吗？" --out hello.wav
    """
    seconds = asyncio.run(_say(load_settings(), text, file, "slow" if slow else "normal"))
    out.print(f"{escape(str(file))}: {seconds:.1f} s")


async def _say(settings: Settings, text: str, file: Path, rate: Rate) -> float:
    synthesiser = open_synthesiser(settings)
    try:
        speech = await synthesiser.synthesise(text, rate=rate)
    finally:
        await synthesiser.close()
    if not len(speech.samples):
        raise CommandFailed("there is nothing to speak in this text")
    try:
        write_wav(file, speech.samples, speech.sample_rate)
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be written: {error.strerror}") from None
    return speech.seconds


def open_synthesiser(settings: Settings) -> Synthesiser:
    """The synthesiser of `config.yml`."""
    from voice.synthesisers.pyttsx3 import Pyttsx3Synthesiser

    return Pyttsx3Synthesiser(voice=settings.config.voice.synthesiser.voice)


def read_channels(path: Path) -> Iterator[Channel]:
    """The channels of a sound file at the line's rate; at most two, more are mixed into one.

    Raises CommandFailed when there is no such file, it is not sound, or ffmpeg is needed and missing.
    """
    if not path.is_file():
        raise CommandFailed(f"{path}: no such file")
    decoded = _read_pcm16(path) or _decoded_by_ffmpeg(path)
    if decoded is None:
        raise CommandFailed(f"{path}: not a sound file that ffmpeg can read")
    samples, rate = decoded
    if not len(samples):
        raise CommandFailed(f"{path}: there is no sound in it")
    if samples.shape[1] == 2:
        for side, column in zip(SIDES, samples.T, strict=True):
            yield Channel(side, resample(np.ascontiguousarray(column), rate))
    else:
        yield Channel(None, resample(samples.mean(axis=1).astype(np.int16), rate))


def _read_pcm16(path: Path) -> tuple[Samples, int] | None:
    """Samples of shape (n, channels) and their rate, None when the file is not a 16 bit PCM WAV."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                return None
            frames = file.readframes(file.getnframes())
            channels, rate = file.getnchannels(), file.getframerate()
    except (wave.Error, EOFError):
        return None
    whole = len(frames) - len(frames) % (2 * channels)
    return from_pcm(frames[:whole]).reshape(-1, channels), rate


def _decoded_by_ffmpeg(path: Path) -> tuple[Samples, int] | None:
    with tempfile.TemporaryDirectory() as folder:
        decoded = Path(folder) / "decoded.wav"
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-i",
            f"file:{path}",
            "-vn",
            "-c:a",
            "pcm_s16le",
            str(decoded),
        ]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            raise CommandFailed(f"{path}: ffmpeg is needed to read this; apt-get install ffmpeg") from None
        return _read_pcm16(decoded) if done.returncode == 0 and decoded.is_file() else None
