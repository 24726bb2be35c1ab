"""The trail of a conversation: what happened in it, turn by turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from assistant.conversations.contents import Edition
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.events import Event, Heard, Said
from assistant.dialogue.frozen import Frozen

E = TypeVar("E", bound=Frozen)


@dataclass(frozen=True)
class Recorded:
    """One event with the turn and the time, by the conversation's clock, at which it happened."""

    turn: int
    at: datetime
    event: Event


@dataclass(frozen=True)
class Trail:
    """A conversation after a turn: its state, everything that happened, and how much of that is new."""

    state: Conversation
    organization_id: str
    started_at: datetime
    edition: Edition
    happened: tuple[Recorded, ...]
    known: int = 0

    @property
    def new(self) -> tuple[Recorded, ...]:
        """What the last turn added."""
        return self.happened[self.known :]

    @property
    def last_moment(self) -> datetime:
        """When the last thing happened, by the conversation's clock."""
        return self.happened[-1].at if self.happened else self.started_at

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The events of one kind, in order."""
        return tuple(recorded.event for recorded in self.happened if isinstance(recorded.event, kind))


@dataclass(frozen=True)
class Line:
    """One line of the transcript. `turn` counts the resident's turns; the opening is turn 0."""

    turn: int
    role: Literal["assistant", "resident", "staff"]
    text: str
    at: datetime


def transcript(happened: tuple[Recorded, ...]) -> Iterator[Line]:
    """What was said by either side; silences leave no line."""
    for recorded in happened:
        event = recorded.event
        if isinstance(event, Said | Heard) and event.text:
            role: Literal["assistant", "resident"] = "assistant" if isinstance(event, Said) else "resident"
            yield Line(recorded.turn, role, event.text, recorded.at)
