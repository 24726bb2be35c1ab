"""One telephone call: the line's frames in, a conversation held, speech out, everything recorded.

Two tasks share a call. The *frame* side follows the line and decides when the resident's turn is over; the
*dialog* side takes finished turns one after the other to the conversation and speaks its replies. All times
are counted in frames of the line, except the timings, which are what a person would feel.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import structlog

from assistant.conversations.incoming import HungUpIn, Incoming, KeysIn, Reply, SilenceIn, TextIn, VoicemailIn
from assistant.dialogue.events import Said
from assistant.dialogue.meaning import Act
from voice.answering import ANNOUNCEMENT_WINDOW, GREETING_WAIT, LONGEST_OPENING, Answerer, judge
from voice.barge_in import Began, counts, interrupts
from voice.frames import FRAME_SECONDS, Frame, frames_in
from voice.hearing import Hearing, Utterance
from voice.keypad import KeyPad
from voice.line_clock import LineClock
from voice.lines.line import AudioIn, KeyIn, Line, LineClosed, LineError, LineEvent, MarkIn
from voice.playback import Playback
from voice.ports import Recogniser, Synthesiser
from voice.recording import Recording
from voice.timings import Timings, TurnTiming
from voice.trust import trusted
from voice.turn_taking.judge import TurnJudge

NOISE_SECONDS: Final = 0.7
"""Voice in which no words are found, known or unknown, counts as something said from this length on."""
FLOOR_PATIENCE: Final = 2.0
"""Seconds that a reply waits for a resident who went on speaking."""
LOST_LINE: Final = 10.0
"""Seconds without any audio after which the line is lost."""

_log = structlog.get_logger(__name__)


class Dialog(Protocol):
    """The conversation that a call is for, from its greeting to its end."""

    async def start(self) -> Reply: ...

    async def receive(self, incoming: Incoming) -> Reply: ...


@dataclass(frozen=True, slots=True)
class _Turn:
    """A finished turn on its way to the conversation."""

    incoming: Incoming
    timing: TurnTiming | None = None


class Call:
    """Runs one call on a line whose media is up."""

    def __init__(
        self,
        line: Line,
        dialog: Dialog,
        recogniser: Recogniser,
        synthesiser: Synthesiser,
        turn_judge: TurnJudge,
        recording: Recording,
    ) -> None:
        self.timings = Timings()
        self._line = line
        self._dialog = dialog
        self._judge = turn_judge
        self._recording = recording
        self._clock = LineClock()
        self._hearing = Hearing(recogniser.recognition())
        self._playback = Playback(line, synthesiser, lambda: self.abort("failed"))
        self._keys = KeyPad()
        self._inbox: asyncio.Queue[_Turn] = asyncio.Queue()
        self._opened = asyncio.Event()
        self._answerer = Answerer.PERSON
        self._dialogue_has_begun = False
        self._thinking = True
        self._ending: set[asyncio.Task[None]] = set()
        self._said: tuple[Said, ...] = ()
        self._began = Began.LISTENING
        self._heard_until: int | None = None
        self._cut_short = False
        self._quiet_since: int | None = None
        self._last_heard = self.timings.now()
        self._voice_at = 0.0

    async def run(self) -> Reply:
        """Holds the call to its end and gives the last reply. The line is hung up, the stages are closed."""
        dialog = asyncio.create_task(self._converse())
        watch = asyncio.create_task(self._watch_line())
        try:
            await self._follow_line(dialog)
            return await dialog
        finally:
            for task in (watch, dialog, *self._ending):
                task.cancel()
            await asyncio.gather(watch, dialog, *self._ending, return_exceptions=True)
            self._playback.close()
            await self._hearing.close()
            await self._line.hang_up()

    def abort(self, reason: Literal["resident", "failed"]) -> None:
        """Ends the call as soon as the conversation has taken note of `reason`."""
        self._playback.close()
        self._opened.set()
        self._put(_Turn(HungUpIn(reason=reason)))

    # The frame side

    async def _follow_line(self, dialog: asyncio.Task[Reply]) -> None:
        events = self._line.events()
        try:
            async for event in events:
                await self._take(event)
                if dialog.done() or isinstance(event, LineClosed):
                    break
        except LineError as error:
            _log.warning("the line broke its protocol", error=str(error))
        if not dialog.done():
            await self._settle_last_words()
            self.abort("resident")

    async def _take(self, event: LineEvent) -> None:
        match event:
            case AudioIn(samples, timestamp):
                self._last_heard = self.timings.now()
                for frame in self._clock.place(samples, timestamp):
                    await self._tick(frame)
            case MarkIn(name):
                self._playback.marked(name)
            case KeyIn(key):
                await self._press(key)
            case LineClosed():
                pass

    async def _tick(self, frame: Frame) -> None:
        self._recording.add(frame.samples, await self._playback.tick())
        change = self._hearing.hear(frame)
        if self._hearing.activity.last_voiced == frame.index:
            self._voice_at = self.timings.now()
        if change is not None and change.type == "started":
            self._note_beginning()
        if self._hearing.in_turn:
            await self._listen(frame)
        self._mind_opening(frame)
        self._mind_silence(frame)
        if keys := self._keys.due(frame.index):
            self._put(_Turn(KeysIn(keys=keys, heard_until=self._heard_until)))

    def _note_beginning(self) -> None:
        """Remembers what the resident can have heard of us when she began to speak."""
        if self._cut_short:
            return
        ledger = self._playback.ledger
        playing = ledger.playing
        self._heard_until = ledger.heard_until
        if self._thinking and self._opened.is_set():
            self._began, self._heard_until = Began.EARLY, 0
        elif playing is None:
            self._began = Began.LISTENING
        elif playing.last:
            self._began = Began.LAST_PHRASE
        else:
            self._began = Began.LAST_MESSAGE if playing.last_message else Began.EARLY

    async def _listen(self, frame: Frame) -> None:
        text, silence = self._hearing.text, self._hearing.silence_at(frame.index)
        playing = self._playback.ledger.playing
        if playing is not None and interrupts(text, self._hearing.voiced, self._began, playing.interruptible):
            self._heard_until = await self._playback.stop()
            self._cut_short = True
        if self._judge.over(text, silence, frame.time - self._hearing.started):
            self._end_turn()

    def _mind_opening(self, frame: Frame) -> None:
        if self._opened.is_set():
            return
        if self._hearing.in_turn:
            if self._hearing.voiced > LONGEST_OPENING:
                self._open(Answerer.MACHINE)
        elif not self._ending and frame.time >= GREETING_WAIT:
            self._open(Answerer.PERSON)

    def _mind_silence(self, frame: Frame) -> None:
        """Counts silence from the moment that nobody speaks and nothing is being worked on."""
        wait = self._judge.wait
        busy = (
            self._thinking or self._playback.speaking or self._hearing.in_turn or self._ending or self._keys
        )
        if busy or wait is None:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = frame.index
        elif frame.index - self._quiet_since >= frames_in(wait.silence_seconds):
            self._put(_Turn(SilenceIn()))

    async def _press(self, key: str) -> None:
        playing = self._playback.ledger.playing
        if playing is not None:
            if not playing.interruptible:
                return
            self._heard_until = await self._playback.stop()
        if keys := self._keys.press(key, self._clock.next_index, self._judge.wait):
            self._put(_Turn(KeysIn(keys=keys, heard_until=self._heard_until)))

    # The end of a turn

    def _end_turn(self) -> None:
        now = self.timings.now()
        began = now - (self._clock.next_index * FRAME_SECONDS - self._hearing.started)
        ended = min(self._voice_at, now - self._hearing.silence_at(self._clock.next_index))
        timing = self.timings.turn(self._judge.wait, self._judge.strategy.name, began, ended)
        task = asyncio.create_task(
            self._finish_turn(self._hearing.finish(), timing, self._began, self._heard_until)
        )
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _finish_turn(
        self, words: Awaitable[Utterance], timing: TurnTiming, began: Began, heard_until: int | None
    ) -> None:
        utterance = await words
        timing.final_text = self.timings.now()
        incoming = await self._incoming(utterance, began, heard_until)
        if incoming is None:
            self.timings.turns.remove(timing)
            self._resume()
            return
        if isinstance(incoming, TextIn) and await self._hear_out(incoming.text):
            self.timings.turns.remove(timing)  # she had to wait, and that was meant
        self._cut_short = False
        if self._playback.speaking:
            await self._playback.stop()
        self._put(_Turn(incoming, timing))

    async def _incoming(self, utterance: Utterance, began: Began, heard_until: int | None) -> Incoming | None:
        """What the conversation is to be told of an utterance; None when it is passed over."""
        if not self._dialogue_has_begun:
            self._open(judge(utterance.text, utterance.voiced))
            return None
        early = utterance.started < ANNOUNCEMENT_WINDOW
        if early and judge(utterance.text, 0.0) is Answerer.MACHINE:
            return VoicemailIn()
        noise = not (utterance.text or utterance.unknown) and utterance.voiced < NOISE_SECONDS
        if noise or not counts(utterance.text, began):
            return None
        confidence = trusted(utterance, self._judge.wait)
        return TextIn(text=utterance.text, confidence=confidence, heard_until=heard_until)

    async def _hear_out(self, text: str) -> bool:
        """Lets a message that must be heard to its end be so, unless there is an emergency."""
        playing = self._playback.ledger.playing
        if playing is None or playing.interruptible:
            return False
        if (await self._judge.meaning(text)).act is Act.EMERGENCY:
            return False
        await self._playback.finished()
        return True

    def _open(self, answerer: Answerer) -> None:
        """The opening is over; a machine may still give itself away until the conversation has begun."""
        if answerer is Answerer.MACHINE:
            self._answerer = answerer
        self._opened.set()

    def _resume(self) -> None:
        """Says again what was cut short for words that turned out to be none."""
        if self._cut_short and not self._thinking:
            self._cut_short = False
            self._playback.say(self._said[-1:])

    async def _settle_last_words(self) -> None:
        """The line is gone in the middle of her turn: what she said still counts."""
        if self._hearing.in_turn and self._hearing.text:
            self._end_turn()
        self._playback.close()
        if self._ending:
            await asyncio.wait(self._ending, timeout=FLOOR_PATIENCE)

    def _put(self, turn: _Turn) -> None:
        self._thinking = True
        self._quiet_since = None
        self._inbox.put_nowait(turn)

    async def _watch_line(self) -> None:
        while self.timings.now() - self._last_heard < LOST_LINE:
            await asyncio.sleep(1.0)
        _log.warning("the line fell silent")
        self.abort("failed")

    # The dialog side

    async def _converse(self) -> Reply:
        await self._opened.wait()
        reply = await self._dialog.start()
        self._dialogue_has_begun = True
        if self._answerer is Answerer.MACHINE:
            reply = await self._dialog.receive(VoicemailIn())
        self._say(reply, None)
        while not reply.ended:
            turn = await self._inbox.get()
            reply = await self._dialog.receive(turn.incoming)
            if turn.timing is not None:
                turn.timing.reply_ready = self.timings.now()
            if not reply.ended and not await self._floor_is_free(reply):
                continue
            self._say(reply, turn.timing)
        await self._playback.finished()
        await self._line.hang_up()
        return reply

    async def _floor_is_free(self, reply: Reply) -> bool:
        """Lets a resident who has gone on speaking finish. False when her further words come first."""
        if not all(message.interruptible for message in reply.messages):
            return self._inbox.empty()
        with suppress(TimeoutError):
            async with asyncio.timeout(FLOOR_PATIENCE):
                while self._ending or (self._hearing.in_turn and self._hearing.text):
                    await asyncio.sleep(FRAME_SECONDS)
        return self._inbox.empty()

    def _say(self, reply: Reply, timing: TurnTiming | None) -> None:
        self._judge.expect(reply.wait, slow=any(message.slow for message in reply.messages))
        self._said = reply.messages
        self._thinking = not self._inbox.empty()
        self._playback.say(reply.messages, (lambda: self._sounded(timing)) if timing is not None else None)

    def _sounded(self, timing: TurnTiming) -> None:
        timing.first_audio = self.timings.now()
