"""How long each turn took, from the end of the resident's speech to the first sound of our answer."""

import time
from dataclasses import dataclass, field

from pydantic import JsonValue

from assistant.dialogue.waits import Wait


@dataclass(slots=True)
class TurnTiming:
    """One turn. Times are seconds since the media came up, by the wall clock; None: it did not happen."""

    slot: str | None
    expects: str | None
    reading_back: bool
    strategy: str
    speech_started: float
    speech_ended: float
    endpoint: float
    """When the turn was judged to be over."""
    final_text: float | None = None
    reply_ready: float | None = None
    first_audio: float | None = None


@dataclass(slots=True)
class Timings:
    """The turns of one call, in order."""

    began: float = field(default_factory=time.monotonic)
    turns: list[TurnTiming] = field(default_factory=list)

    def now(self) -> float:
        """Seconds since the media came up."""
        return time.monotonic() - self.began

    def turn(
        self, wait: Wait | None, strategy: str, speech_started: float, speech_ended: float
    ) -> TurnTiming:
        """Begins the account of a turn that has just been judged to be over."""
        timing = TurnTiming(
            slot=wait.slot if wait else None,
            expects=wait.expects.value if wait else None,
            reading_back=bool(wait and wait.reading_back),
            strategy=strategy,
            speech_started=speech_started,
            speech_ended=speech_ended,
            endpoint=self.now(),
        )
        self.turns.append(timing)
        return timing

    def as_json(self) -> list[JsonValue]:
        """The turns as `GET /api/calls/{id}` shows them, to the millisecond."""
        return [_shown(turn) for turn in self.turns]


def _shown(turn: TurnTiming) -> JsonValue:
    shown: dict[str, JsonValue] = {
        "slot": turn.slot,
        "expects": turn.expects,
        "reading_back": turn.reading_back,
        "strategy": turn.strategy,
    }
    for name in (
        "speech_started",
        "speech_ended",
        "endpoint",
        "final_text",
        "reply_ready",
        "first_audio",
        "latency",
    ):
        seconds = getattr(turn, name)
        shown[name] = None if seconds is None else round(seconds, 3)
    return shown
