"""Synthesis gives the right audio to the right request, whatever happens to the process that makes it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from voice.audio import level, write_wav
from voice.ports import LINE_RATE, SynthesisFailed
from voice.synthesisers.pyttsx3 import Pyttsx3Synthesiser, Voice, plausible_seconds, verified

QUESTION = "请问您最近一周量的血压是多少？"


@pytest.fixture
async def synthesiser(tmp_path: Path) -> AsyncIterator[Pyttsx3Synthesiser]:
    async with Pyttsx3Synthesiser(cache=tmp_path / "speech") as made:
        yield made


def lives(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()


async def test_a_sentence_becomes_telephone_audio(synthesiser: Pyttsx3Synthesiser) -> None:
    speech = await synthesiser.synthesise(QUESTION)
    assert speech.sample_rate == LINE_RATE and speech.samples.dtype == np.int16
    assert 2 < speech.seconds < 6
    assert level(speech.samples) > -35


async def test_slow_is_slower_and_another_voice_is_another(synthesiser: Pyttsx3Synthesiser) -> None:
    normal = await synthesiser.synthesise(QUESTION)
    slow = await synthesiser.synthesise(QUESTION, rate="slow")
    other = await synthesiser.synthesise(QUESTION, voice="m3:165:30")
    assert slow.seconds > 1.2 * normal.seconds
    assert not np.array_equal(other.samples, normal.samples)


@pytest.mark.parametrize("nothing", ["", "  ", "。。。", "🙂"])
async def test_nothing_to_say_is_no_audio(synthesiser: Pyttsx3Synthesiser, nothing: str) -> None:
    assert len((await synthesiser.synthesise(nothing)).samples) == 0
    assert synthesiser.worker_pid is None


async def test_fifty_requests_at_once_each_get_their_own_audio(synthesiser: Pyttsx3Synthesiser) -> None:
    await synthesiser.synthesise("好")
    worker = synthesiser.worker_pid
    texts = ["血压" * (1 + n % 25) for n in range(50)]
    voices = ["f2", "m3"]
    made = await asyncio.gather(
        *(synthesiser.synthesise(text, voice=voices[n // 25]) for n, text in enumerate(texts))
    )
    for voice in range(2):
        seconds = [speech.seconds for speech in made[voice * 25 : voice * 25 + 25]]
        assert all(shorter < longer for shorter, longer in pairwise(seconds))
    assert synthesiser.worker_pid == worker  # none had to be made twice


async def test_a_worker_killed_in_the_middle_of_a_sentence_is_replaced(
    synthesiser: Pyttsx3Synthesiser,
) -> None:
    await synthesiser.synthesise("好")
    worker = synthesiser.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGSTOP)
    pending = asyncio.create_task(synthesiser.synthesise(QUESTION))
    await asyncio.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    speech = await pending
    assert 2 < speech.seconds < 6
    assert not lives(worker) and lives(synthesiser.worker_pid)


async def test_the_worker_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, signal\n"
        "from voice.synthesisers.pyttsx3 import Pyttsx3Synthesiser\n"
        "async def main():\n"
        "    made = Pyttsx3Synthesiser()\n"
        "    await made.synthesise('好')\n"
        "    print(made.worker_pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    output, _ = await parent.communicate()
    worker = int(output)
    for _ in range(100):
        if not lives(worker):
            break
        await asyncio.sleep(0.05)
    assert not lives(worker)


async def test_a_cancelled_request_does_not_disturb_the_next(synthesiser: Pyttsx3Synthesiser) -> None:
    await synthesiser.synthesise("好")
    pending = asyncio.create_task(synthesiser.synthesise("测量血压" * 60))
    await asyncio.sleep(0.02)
    pending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pending
    assert (await synthesiser.synthesise("是的")).seconds < 1.5


async def test_speech_is_made_once_and_kept_on_disk(tmp_path: Path) -> None:
    async with Pyttsx3Synthesiser(cache=tmp_path) as first:
        made = await first.synthesise(QUESTION)
    async with Pyttsx3Synthesiser(cache=tmp_path) as second:
        kept = await second.synthesise(QUESTION)
        assert second.worker_pid is None
    assert np.array_equal(made.samples, kept.samples)


async def test_every_new_worker_speaks_at_the_rate_that_is_asked() -> None:
    lengths = set()
    for _ in range(6):
        async with Pyttsx3Synthesiser() as made:
            lengths.add(len((await made.synthesise("好的", voice="f2:165")).samples))
    assert len(lengths) == 1


async def test_a_damaged_file_in_the_cache_is_made_again(tmp_path: Path) -> None:
    async with Pyttsx3Synthesiser(cache=tmp_path) as first:
        made = await first.synthesise("好的")
    for name in os.listdir(tmp_path):
        os.truncate(tmp_path / name, 500)
    async with Pyttsx3Synthesiser(cache=tmp_path) as second:
        assert np.array_equal((await second.synthesise("好的")).samples, made.samples)


@pytest.mark.parametrize(
    ("voice", "reason"),
    [("nobody", "no voice variant 'nobody'"), ("f2:fast", "variant:rate:pitch"), ("f2:900", "80-400")],
)
async def test_an_unknown_voice_is_named_in_the_error(
    synthesiser: Pyttsx3Synthesiser, voice: str, reason: str
) -> None:
    with pytest.raises(SynthesisFailed, match=reason):
        await synthesiser.synthesise("好", voice=voice)


async def test_after_close_no_process_and_no_file_is_left() -> None:
    synthesiser = Pyttsx3Synthesiser()
    await synthesiser.synthesise("好")
    worker = synthesiser.worker_pid
    assert lives(worker)
    await synthesiser.close()
    await synthesiser.close()
    assert not lives(worker)
    with pytest.raises(SynthesisFailed, match="closed"):
        await synthesiser.synthesise("不好")


def test_audio_of_another_length_is_not_taken_for_the_sentence(tmp_path: Path) -> None:
    write_wav(tmp_path / "short.wav", np.full(1600, 1000, np.int16))
    with pytest.raises(SynthesisFailed, match=r"0\.2 s of audio for 15 characters"):
        verified(tmp_path / "short.wav", QUESTION, 165)
    shortest, longest = plausible_seconds(QUESTION, 165)
    assert shortest < 4 < longest < 12


def test_a_voice_is_written_with_rate_and_pitch() -> None:
    assert Voice.parse("f2:130:38") == Voice("f2", 130, 38)
    assert Voice.parse("m3") == Voice("m3", None, 50)
    assert Voice("f2", 140).words_per_minute("slow") == 105
