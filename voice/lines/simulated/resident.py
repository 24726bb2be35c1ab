"""The simulated resident: listens for her turn, knows what she is asked, and answers as her persona does."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from voice.audio import Samples
from voice.frames import FRAME_SAMPLES, FRAME_SECONDS, SILENCE, frames_in
from voice.lines.simulated.acoustics import Acoustics, speak
from voice.lines.simulated.persona import Act, Fact, Persona, VoiceSpec
from voice.lines.simulated.read_backs import agrees
from voice.ports import LINE_RATE

PICK_UP: Final = 0.4
"""Seconds between picking up and the first word."""
NO_SOUND: Final = 4.0
"""Seconds that she waits for a question that was announced and does not sound."""
LULL: Final = 0.35
"""Seconds of quiet that are no mere gap between two phrases. A quick line makes our own work seem slower."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the assistant has just said and expects."""

    text: str
    slot: str | None
    expects: str | None
    reading_back: bool

    @classmethod
    def read(cls, reply: dict[str, Any]) -> "Asked":
        wait = reply.get("wait") or {}
        return cls(
            text="".join(reply["messages"]),
            slot=wait.get("slot"),
            expects=wait.get("expects"),
            reading_back=bool(wait.get("reading_back")),
        )


class Resident:
    """One persona on the telephone. `tick` is her ear and her mouth, once every 20 ms of the line's time."""

    def __init__(
        self,
        persona: Persona,
        seed: int,
        birth_year: int | None,
        speed: float,
        acoustics: Acoustics,
        press: Callable[[str], None],
        note: Callable[..., None],
    ) -> None:
        self._persona = persona
        self._acoustics = acoustics
        self._press = press
        self._note = note
        self._birth_year = birth_year
        self._lull = LULL * max(1.0, speed)
        self._chance = random.Random(seed)
        self.facts: dict[str, Fact] = persona.choose(seed)
        if "birth_year" in self.facts:
            self.facts["birth_year"] = self.facts["birth_year"].model_copy(update={"value": birth_year})
        pitch = persona.voice.pitch + self._chance.randint(-3, 3)
        rate = persona.voice.rate + self._chance.randint(-6, 6)
        self._voice = VoiceSpec(variant=persona.voice.variant, pitch=pitch, rate=rate)
        self._asked_before: dict[str, int] = {}
        self._answered_with: dict[str, str] = {}
        self._mouth: Samples = SILENCE[:0]
        self._spoke_until: float | None = None
        self._now = 0
        self._quiet = 0
        self._sounds = 0
        self._tick = asyncio.Event()
        self._plan: asyncio.Task[None] | None = None
        self._speaking = False
        self.gone = asyncio.Event()
        """Set when she has hung up."""

    # Ear and mouth

    def tick(self, sounding: bool) -> Samples:
        """`sounding`: whether the line plays something of the assistant's. Gives her own next frame."""
        self._now += 1
        if sounding:
            self._quiet = 0
            self._sounds += 1
            self._note_answer()
        else:
            self._quiet += 1
        self._tick.set()
        if not len(self._mouth):
            return self._acoustics.frame(SILENCE)
        frame, self._mouth = self._mouth[:FRAME_SAMPLES], self._mouth[FRAME_SAMPLES:]
        if not len(self._mouth):
            self._spoke_until = self._now * FRAME_SECONDS
        return self._acoustics.frame(np.pad(frame, (0, FRAME_SAMPLES - len(frame))))

    def _note_answer(self) -> None:
        """The first sound after her own words: how long the assistant kept her waiting."""
        if self._spoke_until is not None:
            waited = self._now * FRAME_SECONDS - self._spoke_until
            self._note("answered", waited=round(waited, 2))
            self._spoke_until = None

    # What she does

    def pick_up(self) -> None:
        """Says her first words, or plays the machine's announcement."""
        words = self._persona.announcement if self._persona.answers == "machine" else self._persona.greeting
        if words:
            self._plan = asyncio.create_task(self._begin(words))

    def asked(self, asked: Asked) -> None:
        """The assistant has said something; unless she is in the middle of her words, she attends to it."""
        if self._persona.answers == "machine" or (asked.slot is None and asked.expects is None):
            return
        if self._plan is not None and not self._speaking:
            self._plan.cancel()
        self._plan = asyncio.create_task(self._answer(asked, self._plan, self._sounds))

    async def _begin(self, words: str) -> None:
        await self._pass(PICK_UP)
        await self._say(words, 0.6, None)

    async def _answer(self, asked: Asked, before: asyncio.Task[None] | None, sounds: int) -> None:
        if before is not None:
            await asyncio.gather(before, return_exceptions=True)
        act = self._act(asked)
        if act.silent:
            return
        await self._my_turn(act, sounds)
        if act.keys:
            for key in act.keys:
                self._press(key)
                await self._pass(0.3)
        if act.say:
            await self._say(act.say, act.split, asked)
        if act.hang_up:
            self.gone.set()

    async def _my_turn(self, act: Act, sounds: int) -> None:
        """Waits for the assistant to begin, and then to end, or not quite to end."""
        waited = 0.0
        while self._sounds == sounds and waited < NO_SOUND:
            await self._pass(FRAME_SECONDS)
            waited += FRAME_SECONDS
        if act.interrupt is not None:
            await self._pass(act.interrupt)
            return
        reaction = max(self._lull, self._chance.uniform(*self._persona.reaction)) + act.pause
        while self._quiet < frames_in(reaction):
            await self._pass(FRAME_SECONDS)

    def _act(self, asked: Asked) -> Act:
        slot = asked.slot or ""
        if asked.reading_back:
            return self._judge_read_back(asked.text, self.facts.get(self._answered_with.get(slot, slot)))
        cued = next((other for cue, other in self._persona.cues.items() if cue in asked.text), slot)
        self._answered_with[slot], slot = cued, cued
        fact = self.facts.get(slot)
        count = self._asked_before.get(slot, 0)
        self._asked_before[slot] = count + 1
        acts = self._persona.script.get(slot)
        if acts:
            act = acts[min(count, len(acts) - 1)]
            return act.model_copy(update={"say": fact.say[0]}) if act.fact and fact else act
        if fact:
            return Act(say=fact.say[0])
        otherwise = self._persona.otherwise
        return Act(say=otherwise.get(asked.expects or "else", otherwise["else"]))

    def _judge_read_back(self, text: str, fact: Fact | None) -> Act:
        manners = self._persona.read_back
        if fact is None or agrees(fact, text):
            return Act(say=self._chance.choice(manners.right))
        return Act(say=f"{manners.wrong}，{fact.say[0]}")

    async def _say(self, words: str, split: float, asked: Asked | None) -> None:
        words = words.replace("{birth_year}", spoken_year(self._birth_year))
        pause = np.zeros(int(split * LINE_RATE), np.int16)
        pieces: list[Samples] = []
        for part in filter(None, words.split("|")):
            sound = await asyncio.to_thread(partial(speak, part, self._voice))
            pieces += [self._acoustics.voice(sound), pause]
        self._speaking = True
        try:
            self._note(
                "said",
                text=words.replace("|", ""),
                slot=asked.slot if asked else None,
                expects=asked.expects if asked else None,
                reading_back=bool(asked and asked.reading_back),
                at=round(self._now * FRAME_SECONDS, 2),
            )
            self._mouth = np.concatenate(pieces[:-1]) if pieces else SILENCE[:0]
            while len(self._mouth):
                await self._pass(FRAME_SECONDS)
        finally:
            self._speaking = False

    async def _pass(self, seconds: float) -> None:
        """Lets that much of the line's time go by."""
        until = self._now + max(1, frames_in(seconds))
        while self._now < until:
            self._tick.clear()
            await self._tick.wait()


def spoken_year(year: int | None) -> str:
    """A year as people say it, digit by digit: 一九五八年."""
    return (
        "不知道"
        if year is None
        else "".join("零一二三四五六七八九"[int(digit)] for digit in str(year)) + "年"
    )
