"""`replay`: a recorded conversation taken through the engine again."""

import asyncio
import json
from typing import Annotated

import typer

from assistant.commands.database import migrated
from assistant.commands.terminal import CommandFailed, out
from assistant.conversations.contents import Contents
from assistant.conversations.incoming import UnknownConversation
from assistant.conversations.replay import Difference, Replay
from assistant.conversations.replay import replay as replay_conversation
from assistant.dialogue.events import Event
from assistant.settings import Settings, load_settings


def replay(
    conversation_id: Annotated[str, typer.Argument(help="The id of a conversation.")],
    events: Annotated[
        bool, typer.Option("--events", help="Print every event, one JSON object a line.")
    ] = False,
) -> None:
    """Run a recorded conversation again and say whether every event comes out the same.

    It runs on the content that it began with, whatever was edited since. Exit code 1 when it differs.
    """
    replayed = asyncio.run(_replay(load_settings(), conversation_id))
    if events:
        for event in replayed.events:
            typer.echo(_line(event))
    if replayed.difference is not None:
        raise CommandFailed(_told(replayed, replayed.difference))
    out.print(
        f"The same: {replayed.inputs} inputs gave the same {len(replayed.events)} events "
        f"on content {replayed.content_version}."
    )


async def _replay(settings: Settings, conversation_id: str) -> Replay:
    async with migrated(settings) as database:
        contents = Contents(database, settings.content_home)
        try:
            return await replay_conversation(database, contents, conversation_id)
        except UnknownConversation as error:
            raise CommandFailed(str(error)) from None


def _told(replayed: Replay, difference: Difference) -> str:
    return (
        f"differs at event {difference.number}, on content {replayed.content_version}\n"
        f"  recorded: {_line(difference.recorded)}\n"
        f"  replayed: {_line(difference.replayed)}"
    )


def _line(event: Event | None) -> str:
    return json.dumps(event.model_dump(mode="json"), ensure_ascii=False) if event else "nothing"
