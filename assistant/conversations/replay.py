"""Replay: takes a recorded conversation through the engine again, on the content version that it kept."""

from dataclasses import dataclass

from assistant.conversations import store
from assistant.conversations.contents import Contents
from assistant.conversations.incoming import UnknownConversation
from assistant.dialogue.engine import advance
from assistant.dialogue.events import Event
from assistant.storage import Database


@dataclass(frozen=True)
class Difference:
    """Where the replay parts from the record: the number of the event, from 1, and both sides."""

    number: int
    recorded: Event | None
    replayed: Event | None


@dataclass(frozen=True)
class Replay:
    """What a replay gave. `difference` is the first one, None when every event came out the same."""

    conversation_id: str
    content_version: str
    inputs: int
    events: tuple[Event, ...]
    difference: Difference | None


async def replay(database: Database, contents: Contents, conversation_id: str) -> Replay:
    """Feed the recorded inputs, at their recorded times, to the conversation's own content version.

    Actions are not run: their results are among the inputs. Raises UnknownConversation.
    """
    async with database.read() as connection:
        state = await store.opening(connection, conversation_id)
        if state is None:
            raise UnknownConversation(conversation_id)
        inputs = await store.inputs_of(connection, conversation_id)
        recorded = tuple(entry.event for entry in await store.events_of(connection, conversation_id))
    edition = await contents.edition(state.content_version)
    replayed: list[Event] = []
    for given, now in inputs:
        turn = advance(state, given, now, edition.content)
        state = turn.conversation
        replayed += turn.events
    return Replay(
        conversation_id=conversation_id,
        content_version=edition.version,
        inputs=len(inputs),
        events=tuple(replayed),
        difference=_first_difference(recorded, tuple(replayed)),
    )


def _first_difference(recorded: tuple[Event, ...], replayed: tuple[Event, ...]) -> Difference | None:
    for index in range(max(len(recorded), len(replayed))):
        was = recorded[index] if index < len(recorded) else None
        came = replayed[index] if index < len(replayed) else None
        if was != came:
            return Difference(index + 1, was, came)
    return None
