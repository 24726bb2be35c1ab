"""One turn: the engine is advanced by an input and by the results of the actions that it asks for."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.conversations.actions import Actions
from assistant.conversations.trail import Recorded, Trail
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.engine import advance
from assistant.dialogue.events import ActionRequested, Event, Said
from assistant.dialogue.inputs import Input
from assistant.dialogue.waits import Wait

_MOST_ACTIONS = 20
"""More actions in one turn than any flow needs: a flow that asks for them without end is stopped."""


class EndlessActions(RuntimeError):
    """A flow requests one action after the other without ever waiting for the resident."""


@dataclass(frozen=True)
class Step:
    """One input as it was given to the engine, when, and what it led to."""

    input: Input
    now: datetime
    turn: int
    events: tuple[Event, ...]


@dataclass
class Taken:
    """A finished turn."""

    conversation: Conversation
    wait: Wait | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened in the turn, in order."""
        return tuple(event for step in self.steps for event in step.events)

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """The events with the time and the turn that they belong to."""
        return tuple(Recorded(step.turn, step.now, event) for step in self.steps for event in step.events)

    @property
    def said(self) -> tuple[Said, ...]:
        """The messages of the turn."""
        return tuple(event for event in self.events if isinstance(event, Said))


async def take(trail: Trail, first: Input, actions: Actions, clock: Callable[[], datetime]) -> Taken:
    """Advance by `first`, then by the result of each requested action, until a wait or the end.

    `trail` is the conversation before the turn; actions read it with what the turn has added.
    Raises EndlessActions.
    """
    taken = Taken(trail.state)
    upcoming: Input | None = first
    while upcoming is not None:
        if len(taken.steps) > _MOST_ACTIONS:
            raise EndlessActions(trail.state.id)
        now = clock()
        turn = advance(taken.conversation, upcoming, now, trail.edition.content)
        taken.conversation, taken.wait = turn.conversation, turn.wait
        taken.steps.append(Step(upcoming, now, turn.conversation.turn, turn.events))
        request = _request(taken)
        upcoming = await actions.run(request, after(trail, taken)) if request is not None else None
    return taken


def after(trail: Trail, taken: Taken) -> Trail:
    """The trail with the turn added."""
    happened = trail.happened + taken.recorded
    return replace(trail, state=taken.conversation, happened=happened, known=len(trail.happened))


def _request(taken: Taken) -> ActionRequested | None:
    """The action that the conversation is held up by."""
    if taken.conversation.pending_action is None or taken.conversation.ended:
        return None
    for event in reversed(taken.steps[-1].events):
        if isinstance(event, ActionRequested):
            return event
    return None
