"""A whole call, frames in and frames out, on a line that the test holds in its hands."""

import asyncio
from pathlib import Path

from assistant.conversations.incoming import HungUpIn, KeysIn, Reply, SilenceIn, TextIn, VoicemailIn
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Endpointing, Wait
from tests.voice.line_double import (
    NOW,
    DialogDouble,
    LineDouble,
    RecogniserDouble,
    SynthesiserDouble,
    UnderstanderDouble,
    reply,
    said,
)
from tests.voice.sounds import silence, voiced
from voice.call import Call
from voice.recording import Recording
from voice.turn_taking.judge import TurnJudge

YES_NO = Wait(slot="consent", expects=ValueKind.YES_NO, endpointing=Endpointing.QUICK)
PRESSURE = Wait(slot="blood_pressure", expects=ValueKind.BLOOD_PRESSURE, endpointing=Endpointing.DICTATION)
GOODBYE = reply(None, said("再见。"))
QUESTION = said("通话会录音，可以吗？")


class Scene:
    """One call under test."""

    def __init__(self, folder: Path, dialog: DialogDouble, *texts: str, burst: int = 1) -> None:
        self.line = LineDouble(burst)
        self.dialog = dialog
        self.recogniser = RecogniserDouble(*texts)
        self.recording = Recording(folder / "call.wav")
        self.call = Call(
            line=self.line,
            dialog=dialog,
            recogniser=self.recogniser,
            synthesiser=SynthesiserDouble(),
            turn_judge=TurnJudge(UnderstanderDouble(), lambda: NOW, None),
            recording=self.recording,
        )
        self._task = asyncio.create_task(self.call.run())

    async def end(self) -> Reply:
        async with asyncio.timeout(20):
            last = await self._task
        await self.recording.close()
        return last


async def test_question_answer_goodbye(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "对")
    await scene.line.turn()
    scene.line.speak(voiced(0.4))
    last = await scene.end()
    assert last.ended and scene.dialog.received == [TextIn(text="对", confidence=0.9, heard_until=None)]
    (turn,) = scene.call.timings.turns
    assert turn.slot == "consent" and turn.strategy == "quick"
    steps = (turn.speech_ended, turn.endpoint, turn.final_text, turn.reply_ready, turn.first_audio)
    assert None not in steps and list(steps) == sorted(step for step in steps if step is not None)
    assert scene.line.sounded_frames >= 13 / 0.02 * 0.2, "the question and the goodbye were played to the end"


async def test_frames_that_arrive_in_a_heap_make_one_turn(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "对", burst=75)
    await scene.line.turn()
    scene.line.speak(voiced(0.4))
    await scene.end()
    assert scene.dialog.received == [TextIn(text="对", confidence=0.9, heard_until=None)]
    assert len(scene.call.timings.turns) == 1


async def test_nothing_is_said_before_the_resident_has_had_her_first_word(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "喂你好", "对")
    scene.line.speak(silence(0.5))
    scene.line.speak(voiced(1.5))
    await scene.line.passes(2.0)
    assert scene.line.sounded_frames == 0
    await scene.line.turn()
    scene.line.speak(voiced(0.4))
    await scene.end()
    assert scene.dialog.texts == ["对"], "her greeting is no answer"


async def test_an_announcement_is_a_machine(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "您拨打的电话已关机")
    scene.line.speak(voiced(2.0))
    await scene.end()
    assert scene.dialog.received == [VoicemailIn()]
    assert scene.line.sounded_frames == 30, "only the neutral last words were spoken"


async def test_an_announcement_that_comes_late_is_still_a_machine(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "对不起", "您拨打的号码是空号")
    scene.line.speak(voiced(0.5))
    scene.line.speak(silence(1.5))
    scene.line.speak(voiced(2.0))
    await scene.end()
    assert scene.dialog.received == [VoicemailIn()]


async def test_an_announcement_that_goes_on_while_we_get_ready_is_a_machine(tmp_path: Path) -> None:
    dialog = DialogDouble(reply(YES_NO, QUESTION), GOODBYE, delay=0.2)
    scene = Scene(tmp_path, dialog, "您好", "您拨打的电话已关机")
    scene.line.speak(voiced(0.5))
    scene.line.speak(silence(0.7))
    scene.line.speak(voiced(2.0))
    await scene.end()
    assert scene.dialog.received == [VoicemailIn()]
    assert scene.line.sounded_frames == 30


async def test_an_interruption_clears_the_line_and_is_dated(tmp_path: Path) -> None:
    first, question = said("好的，我记下来了。"), said("您抽烟吗？一天抽几支？抽什么样的烟？")
    dialog = DialogDouble(reply(YES_NO, QUESTION), reply(YES_NO, first, question), GOODBYE)
    scene = Scene(tmp_path, dialog, "对", "我不抽烟")
    await scene.line.turn()
    scene.line.speak(voiced(0.4))
    await scene.line.turn(0.0)
    await scene.line.passes(1.0 + 9 * 0.2 + 5 * 0.2)
    scene.line.speak(voiced(1.0))
    await scene.end()
    interruption = scene.dialog.received[1]
    assert isinstance(interruption, TextIn) and interruption.text == "我不抽烟"
    assert interruption.heard_until in (9, 14), "up to the last mark that was played"
    assert scene.line.clears == 1


async def test_listening_sounds_do_not_interrupt(tmp_path: Path) -> None:
    dialog = DialogDouble(
        reply(YES_NO, said("我们开始。"), said("请您听好，您最近头晕吗？头疼吗？")), GOODBYE
    )
    scene = Scene(tmp_path, dialog, "嗯嗯", "没有")
    await scene.line.turn(0.0)
    scene.line.speak(voiced(0.5))
    await scene.line.turn()
    assert scene.dialog.received == [] and scene.line.clears == 0
    scene.line.speak(voiced(0.5))
    await scene.end()
    assert scene.dialog.texts == ["没有"]


async def test_noise_while_we_speak_stops_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "", "对")
    await scene.line.turn(0.0)
    scene.line.speak(voiced(1.0))
    await scene.line.turn()
    assert scene.line.clears == 0 and scene.dialog.received == []
    scene.line.speak(voiced(0.4))
    await scene.end()
    assert scene.dialog.texts == ["对"]


async def test_what_must_be_heard_is_heard_to_its_end(tmp_path: Path) -> None:
    disclosure = said("我是人工智能的语音助手，在跟您通话。", interruptible=False)
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, disclosure), GOODBYE), "你是哪里的")
    await scene.line.turn(0.0)
    scene.line.speak(voiced(0.8))
    await scene.end()
    assert scene.dialog.texts == ["你是哪里的"] and scene.line.clears == 0


async def test_an_emergency_does_not_wait_for_our_last_word(tmp_path: Path) -> None:
    disclosure = said("我是人工智能的语音助手，在跟您通话，一直说个不停。", interruptible=False)
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, disclosure), GOODBYE), "我胸口疼")
    await scene.line.turn(0.0)
    scene.line.speak(voiced(0.8))
    await scene.end()
    assert scene.dialog.texts == ["我胸口疼"] and scene.line.clears == 1


async def test_silence_is_counted_from_the_end_of_our_words(tmp_path: Path) -> None:
    wait = YES_NO.model_copy(update={"silence_seconds": 4.0})
    scene = Scene(tmp_path, DialogDouble(reply(wait, QUESTION), reply(wait, QUESTION), GOODBYE), "对")
    await scene.line.turn(0.0)
    spoken = scene.line.index
    while not scene.dialog.received:
        await asyncio.sleep(0)
    assert scene.dialog.received == [SilenceIn()]
    waited = (scene.line.index - spoken) * 0.02
    assert 10 * 0.2 + 4.0 - 0.5 < waited < 10 * 0.2 + 4.0 + 1.0
    await scene.line.turn()
    scene.line.speak(voiced(0.4))
    await scene.end()
    assert scene.dialog.texts == ["对"]


async def test_a_pause_in_a_dictated_number_does_not_cut_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(PRESSURE, QUESTION), GOODBYE), "高压一百五")
    await scene.line.turn()
    scene.line.speak(voiced(0.8))
    scene.line.speak(silence(1.2))
    await scene.line.passes(1.9)
    assert scene.dialog.received == []
    scene.recogniser.texts[0] = "高压一百五低压九十"
    scene.line.speak(voiced(0.8))
    await scene.end()
    assert scene.dialog.texts == ["高压一百五低压九十"]


async def test_voice_without_words_is_handed_on_as_not_understood(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE), "")
    await scene.line.turn()
    scene.line.speak(voiced(1.2))
    await scene.end()
    assert scene.dialog.received == [TextIn(text="", confidence=0.0, heard_until=None)]


async def test_keys_answer_and_stop_our_speech(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(YES_NO, QUESTION), GOODBYE))
    await scene.line.turn(0.0)
    scene.line.press("1")
    await scene.end()
    assert scene.dialog.received == [KeysIn(keys="1", heard_until=0)] and scene.line.clears == 1


async def test_a_resident_who_goes_on_speaking_is_let_finish(tmp_path: Path) -> None:
    dialog = DialogDouble(
        reply(PRESSURE, QUESTION), reply(PRESSURE, said("没听到的话。")), GOODBYE, delay=0.05
    )
    scene = Scene(tmp_path, dialog, "高压一百五低压九十", "不对高压一百六低压九十")
    await scene.line.turn()
    scene.line.speak(voiced(1.0))
    while not scene.dialog.received:
        await asyncio.sleep(0)
    before = scene.line.sounded_frames
    scene.line.speak(voiced(1.5))
    await scene.end()
    assert scene.dialog.texts == ["高压一百五低压九十", "不对高压一百六低压九十"]
    assert scene.line.sounded_frames - before == 30, "the reply in between was never spoken, only the goodbye"


async def test_her_last_words_count_when_she_hangs_up_in_the_middle(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DialogDouble(reply(PRESSURE, QUESTION), reply(PRESSURE, QUESTION)), "高压一百五")
    await scene.line.turn()
    scene.line.speak(voiced(0.8))
    await scene.line.passes(0.9)
    scene.line.go()
    last = await scene.end()
    assert last.ended
    assert scene.dialog.received == [
        TextIn(text="高压一百五", confidence=0.9, heard_until=None),
        HungUpIn(reason="resident"),
    ]
