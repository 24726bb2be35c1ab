"""`chat`: a conversation typed in the terminal, through the same engine and host as a call."""

import asyncio
import json
import os
import sys
import threading
from typing import Annotated, Any, get_args

import typer
from rich.markup import escape

from assistant.commands.calling import FLOW, FlowOption
from assistant.commands.following import CHART_SECONDS, PAUSE_SECONDS, ROLES, summary
from assistant.commands.local_server import application
from assistant.commands.terminal import CommandFailed, out
from assistant.conversations.host import Conversations, Reply
from assistant.conversations.incoming import ConversationError, HungUpIn, Incoming, KeysIn, SilenceIn, TextIn
from assistant.dialogue.conversation import Channel
from assistant.settings import Settings, load_settings

CHANNELS = tuple(channel for channel in get_args(Channel) if channel != "voice")
KEYS = "/keys "
GUIDE = "打字回答；空行表示没有出声；/keys 12# 表示按键；Ctrl-D 表示挂断。"


def chat(
    flow: FlowOption = FLOW,
    resident: Annotated[str | None, typer.Option(help="Patient.id of the resident.")] = "resident-1",
    channel: Annotated[str, typer.Option(help=f"One of {', '.join(CHANNELS)}.")] = "voice_text",
    today: Annotated[str | None, typer.Option(help="The conversation's date (and time), ISO.")] = None,
    slots: Annotated[
        str | None, typer.Option(help="JSON: who it is or what is known, as in POST /api/conversations.")
    ] = None,
) -> None:
    """Have the conversation of a call by typing, and see what was learned.

    An empty line is silence, `/keys 12#` presses keys, the end of the input (Ctrl-D) hangs up.

    Example: assistant chat --resident resident-2 --today 2026-03-02
    """
    if channel not in CHANNELS:
        raise CommandFailed(f"--channel {channel}: must be one of {', '.join(CHANNELS)}", exit_code=2)
    start = {
        "flow": flow,
        "channel": channel,
        "resident_id": resident or None,
        "today": today,
        "slots": _object(slots),
    }
    asyncio.run(_chat(load_settings(), start))


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        raise CommandFailed(f"--slots: not JSON: {error}", exit_code=2) from None
    if not isinstance(parsed, dict):
        raise CommandFailed("--slots: must be a JSON object", exit_code=2)
    return parsed


async def _chat(settings: Settings, start: dict[str, Any]) -> None:
    async with application(settings, quiet=True) as app:
        conversations: Conversations = app.state.services.conversations
        try:
            reply = await conversations.start(**start)
        except ConversationError as error:
            raise CommandFailed(str(error)) from None
        out.print(f"[dim]{GUIDE}[/]")
        typed = _typed_lines()
        try:
            while not reply.ended:
                _print(reply)
                line = await typed.get()
                if not sys.stdin.isatty():
                    out.print(escape(line or ""))
                reply = await conversations.receive(reply.conversation_id, _incoming(line))
        except asyncio.CancelledError:
            await conversations.receive(reply.conversation_id, HungUpIn())
            raise
        _print(reply)
        summary(await _in_chart(conversations, reply.conversation_id))
        out.print(f"[bold]Ended:[/] {reply.disposition}   ({reply.conversation_id})")


async def _in_chart(conversations: Conversations, conversation_id: str) -> dict[str, Any]:
    """The conversation once it is in the chart, or as it is when that takes too long."""
    view = await conversations.read(conversation_id)
    for _ in range(round(CHART_SECONDS / PAUSE_SECONDS)):
        if view.chart or not view.outcome:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        view = await conversations.read(conversation_id)
    return view.model_dump(mode="json")


def _print(reply: Reply) -> None:
    for message in reply.messages:
        out.print(f"  {ROLES['assistant']}  {escape(message.text)}", soft_wrap=True)
    if reply.wait and reply.wait.options:
        labels = [f"{option.key or '·'} {option.label}" for option in reply.wait.options]
        out.print(f"        [dim]{escape('  '.join(labels))}[/]", soft_wrap=True)
    if not reply.ended:
        out.print("  [green]居民[/]  ", end="")


def _incoming(line: str | None) -> Incoming:
    if line is None:
        out.print("（挂断）")
        return HungUpIn()
    if line.startswith(KEYS):
        return KeysIn(keys=line.removeprefix(KEYS).strip())
    return TextIn(text=line.strip()) if line.strip() else SilenceIn()


def _typed_lines() -> "asyncio.Queue[str | None]":
    """The lines of standard input as they are typed, None for its end.

    They are read in a thread of their own, by file descriptor, so that Ctrl-C need not wait for a line.
    """
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        rest = b""
        while piece := os.read(sys.stdin.fileno(), 65536):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode("utf-8", "replace"))
        if rest:
            loop.call_soon_threadsafe(lines.put_nowait, rest.decode("utf-8", "replace"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="typed lines", daemon=True).start()
    return lines
