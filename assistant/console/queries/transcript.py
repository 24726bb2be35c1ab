"""The lines of a conversation, each with its place in the recording."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.console.views import Line
from assistant.console.wording import clock

SECONDS_PER_CHARACTER = 0.24
"""How long a character takes to say. Places what nobody noted the start of: the second message of a turn,
and an answer that the call did not measure (its event comes at its end)."""

EARLIEST_MATCH, LATEST_MATCH = -1.5, 3.0
"""Seconds between the end of recognition and the event of the same turn: the call's clock starts with the
sound, the event's with the answer, and understanding takes its time."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the transcript: its resident's turn, data, and seconds since the call was answered."""

    turn: int
    type: str
    data: Mapping[str, Any]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn as the call measured it, in seconds of the recording; None where it did not come to that."""

    speech_started: float
    final_text: float
    first_audio: float | None

    @classmethod
    def of(cls, timing: Mapping[str, Any]) -> "SpokenTurn | None":
        """The turn in a call's `timings`; None for one that was never recognised."""
        started, final, first = (timing.get(k) for k in ("speech_started", "final_text", "first_audio"))
        if started is None or final is None:
            return None
        return cls(started, final, first)


def lines(
    happened: Sequence[Happened], spoken: Sequence[SpokenTurn], names: Mapping[str, str]
) -> tuple[Line, ...]:
    """The transcript in order. `names` says how each role is called."""
    placed = _placed(happened, spoken)
    return tuple(
        Line(
            number=number,
            role=role,
            speaker=names[role],
            text=text,
            turn=turn,
            start=start,
            clock=None if start is None else clock(start),
        )
        for number, (role, text, turn, start) in enumerate(placed)
    )


_Placed = tuple[Literal["assistant", "resident"], str, int, float | None]


def _placed(happened: Sequence[Happened], spoken: Sequence[SpokenTurn]) -> Iterator[_Placed]:
    earliest = 0.0
    """No line begins before the one above it."""
    current: SpokenTurn | None = None
    following: float | None = None
    for event in happened:
        text = str(event.data.get("text") or "").strip()
        if not text:
            continue
        if event.type == "heard":
            current = _match(event, spoken)
            following = current.first_audio if current else event.seconds
            start = current.speech_started if current else _beginning(event.seconds, text)
        else:
            start = following if following is not None else event.seconds
        if start is not None:
            start = earliest = max(earliest, start)
        if event.type == "said" and start is not None:
            following = start + len(text) * SECONDS_PER_CHARACTER
        yield ("resident" if event.type == "heard" else "assistant"), text, event.turn, start


def _beginning(end: float | None, text: str) -> float | None:
    return None if end is None else max(0.0, end - len(text) * SECONDS_PER_CHARACTER)


def _match(event: Happened, spoken: Sequence[SpokenTurn]) -> SpokenTurn | None:
    """The measured turn that this event reports."""
    if event.seconds is None:
        return None
    fitting = [
        (abs(event.seconds - turn.final_text), turn)
        for turn in spoken
        if EARLIEST_MATCH <= event.seconds - turn.final_text <= LATEST_MATCH
    ]
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def line_of_turn(transcript: Sequence[Line], turn: int | None) -> int | None:
    """The number of the resident's line in that turn; None where there is none."""
    return next((line.number for line in transcript if line.role == "resident" and line.turn == turn), None)
