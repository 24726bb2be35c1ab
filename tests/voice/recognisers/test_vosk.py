"""The shipped model understands freshly made speech over a telephone line, and says when it does not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from voice.audio import FRAME, from_mulaw, to_mulaw, to_pcm
from voice.ports import Final, Hypothesis, Partial, Recognition
from voice.recognisers.vosk import VoskRecogniser
from voice.synthesisers.pyttsx3 import Pyttsx3Synthesiser

MODEL = Path(__file__).parents[3] / "models" / "speech-zh-small"
SILENCE = np.zeros(FRAME * 10, np.int16)


@pytest.fixture(scope="module")
def recogniser() -> Iterator[VoskRecogniser]:
    loaded = VoskRecogniser(MODEL)
    yield loaded
    asyncio.run(loaded.close())


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speech")


@pytest.fixture
async def synthesiser(speech: Path) -> AsyncIterator[Pyttsx3Synthesiser]:
    async with Pyttsx3Synthesiser(cache=speech) as made:
        yield made


async def on_the_line(synthesiser: Pyttsx3Synthesiser, text: str, voice: str) -> np.ndarray:
    """The sentence as a carrier delivers it: µ-law, with silence around."""
    made = await synthesiser.synthesise(text, voice=voice)
    return from_mulaw(to_mulaw(np.concatenate([SILENCE, made.samples, SILENCE])))


async def heard(recognition: Recognition, samples: np.ndarray) -> list[Hypothesis]:
    found: list[Hypothesis] = []
    for start in range(0, len(samples), FRAME):
        found += await recognition.accept(to_pcm(samples[start : start + FRAME]))
    return [*found, await recognition.finish()]


def said(hypotheses: list[Hypothesis]) -> str:
    return "".join(h.text for h in hypotheses if isinstance(h, Final))


# The voice f4 is never trained with; f2 and m3 are.
@pytest.mark.parametrize("voice", ["f4:150:45", "f2:140:40", "m3:150:35"])
@pytest.mark.parametrize(
    ("spoken", "text"),
    [
        ("高压145，低压88", "高压一百四十五低压八十八"),
        ("一百五十二，九十五", "一百五十二九十五"),
        ("一天十支", "一天十支"),
        ("有时候忘了吃", "有时候忘了吃"),
        ("我胸口疼得厉害，喘不上气", "我胸口疼得厉害喘不上气"),
        ("不用，谢谢", "不用谢谢"),
    ],
)
async def test_answers_of_the_follow_up_call_are_understood(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser, voice: str, spoken: str, text: str
) -> None:
    recognition = recogniser.recognition()
    assert said(await heard(recognition, await on_the_line(synthesiser, spoken, voice))) == text
    await recognition.close()


async def test_partials_grow_and_words_carry_time_and_confidence(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser
) -> None:
    recognition = recogniser.recognition()
    samples = await on_the_line(synthesiser, "高压一百四十五，低压八十八", "f2:140:40")
    *before, final = await heard(recognition, samples)
    partials = [h.text for h in before if isinstance(h, Partial)]
    assert len(partials) > 3 and partials[0] in final.text
    assert all(" " not in text for text in [*partials, final.text])
    assert isinstance(final, Final) and not final.unknown
    assert "".join(word.text for word in final.words) == final.text
    assert all(0 <= w.start <= w.end <= len(samples) / 8000 and 0 < w.confidence <= 1 for w in final.words)
    assert final.min_confidence <= final.confidence <= 1
    await recognition.close()


async def test_speech_about_other_things_is_flagged(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser
) -> None:
    recognition = recogniser.recognition()
    flagged = []
    for text in ("今年的苹果价格比去年便宜很多", "图书馆借书需要办理证件", "暴雨冲垮了村口的石桥"):
        final = (await heard(recognition, await on_the_line(synthesiser, text, "f2:150:45")))[-1]
        assert isinstance(final, Final) and "unk" not in final.text
        flagged.append(final.unknown)
    assert all(flagged)
    await recognition.close()


async def test_silence_and_noise_are_no_words(recogniser: VoskRecogniser) -> None:
    recognition = recogniser.recognition()
    noise = (np.random.default_rng(1).standard_normal(16000) * 300).astype(np.int16)
    for quiet in (np.zeros(16000, np.int16), noise):
        final = (await heard(recognition, quiet))[-1]
        assert final == Final("") or (isinstance(final, Final) and final.unknown and not final.text)
    await recognition.close()


async def test_after_finish_a_new_utterance_begins(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser
) -> None:
    recognition = recogniser.recognition()
    for text in ("不抽烟", "不喝酒"):
        assert said(await heard(recognition, await on_the_line(synthesiser, text, "f2:140:40"))) == text
    assert (await recognition.finish()).text == ""
    await recognition.close()


async def test_reset_forgets_what_was_said(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser
) -> None:
    recognition = recogniser.recognition()
    await recognition.accept(to_pcm(await on_the_line(synthesiser, "不抽烟", "f2:140:40")))
    await recognition.reset()
    assert (await recognition.finish()).text == ""
    await recognition.close()


async def test_eight_calls_at_once_do_not_mix(
    recogniser: VoskRecogniser, synthesiser: Pyttsx3Synthesiser
) -> None:
    texts = [
        "高压一百四十五",
        "不抽烟",
        "每天走路",
        "按时吃药",
        "没有不舒服",
        "一百二十斤",
        "头晕",
        "下午三点",
    ]
    sounds = [await on_the_line(synthesiser, text, "f2:140:40") for text in texts]

    async def call(samples: np.ndarray) -> str:
        recognition = recogniser.recognition()
        text = said(await heard(recognition, samples))
        await recognition.close()
        return text

    assert await asyncio.gather(*map(call, sounds)) == texts


async def test_half_a_sample_and_a_closed_stream_are_refused(recogniser: VoskRecogniser) -> None:
    recognition = recogniser.recognition()
    with pytest.raises(ValueError, match="3 bytes"):
        await recognition.accept(b"abc")
    assert await recognition.accept(b"") == []
    await recognition.close()
    with pytest.raises(RuntimeError, match="closed"):
        await recognition.finish()


def test_the_model_says_that_it_is_not_for_people(recogniser: VoskRecogniser) -> None:
    assert recogniser.info.kind == "synthetic-speech"
    assert "not for people" in recogniser.info.description
    assert (recogniser.info.words or 0) > 500
