"""Judges, as the words come in, whether the resident's turn is over."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from assistant.dialogue.meaning import Meaning
from assistant.dialogue.waits import Wait
from assistant.understanding.context import Context
from assistant.understanding.ports import Understander
from voice.lengths import length
from voice.turn_taking.completeness import Completeness, completeness
from voice.turn_taking.strategies import Heard, TurnStrategy, pace_for, strategy_for


class TurnJudge:
    """Follows one call. The partial text is understood in the background, so that no frame waits for it."""

    def __init__(self, understander: Understander, now: Callable[[], datetime], age: int | None) -> None:
        self._understander = understander
        self._now = now
        self._age = age
        self._wait: Wait | None = None
        self._pace = 1.0
        self._text = ""
        self._completeness = Completeness.NOTHING
        self._judging: asyncio.Task[None] | None = None

    @property
    def wait(self) -> Wait | None:
        """What is expected; None in the opening of the call."""
        return self._wait

    @property
    def strategy(self) -> TurnStrategy:
        return strategy_for(self._wait)

    def expect(self, wait: Wait | None, *, slow: bool = False) -> None:
        """A new step: its wait, and whether the resident asked us to be slow."""
        self._wait = wait
        self._pace = pace_for(self._age, slow)
        self._text, self._completeness = "", Completeness.NOTHING

    def over(self, text: str, silence: float, lasted: float) -> bool:
        """Whether the turn with these words so far is over, after so many seconds of silence."""
        if text != self._text and (self._judging is None or self._judging.done()):
            self._judging = asyncio.create_task(self._judge(text, self._wait))
        return self.strategy.over(Heard(silence, lasted, length(text), self._completeness), self._pace)

    async def meaning(self, text: str) -> Meaning:
        """What `text` means at this step."""
        return await self._understander.understand(text, Context.of(self._wait, self._now(), "voice"))

    async def _judge(self, text: str, wait: Wait | None) -> None:
        judged = completeness(text, await self.meaning(text), wait) if text else Completeness.NOTHING
        if wait is self._wait:
            self._text, self._completeness = text, judged
