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

    @property
    def latency(self) -> float | None:
        """Seconds from the end of speech to the first sound out."""
        return None if self.first_audio is None else self.first_audio - self.speech_ended


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
    seconds = {
        "speech_started": turn.speech_started,
        "speech_ended": turn.speech_ended,
        "endpoint": turn.endpoint,
        "final_text": turn.final_text,
        "reply_ready": turn.reply_ready,
        "first_audio": turn.first_audio,
        "latency": turn.latency,
    }
    shown.update((name, None if at is None else round(at, 3)) for name, at in seconds.items())
    return shown
