"""`chat`: a conversation typed in the terminal, through the same surface as every client."""

import asyncio
import json
import os
import sys
import threading
from typing import Annotated, Any, get_args

import httpx
import typer
from rich.markup import escape

from assistant.commands.calling import FLOW, FlowOption
from assistant.commands.following import CHART_SECONDS, PAUSE_SECONDS, ROLES, summary
from assistant.commands.local_server import reached
from assistant.commands.terminal import CommandFailed, out
from assistant.dialogue.conversation import Channel
from assistant.settings import Settings, load_settings

CHANNELS = tuple(channel for channel in get_args(Channel) if channel != "voice")
KEYS = "/keys "
HUNG_UP: dict[str, Any] = {"hungup": True}
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

    The conversation is held by the server at HOST and PORT when one runs there, else by one inside this
    command. An empty line is silence, `/keys 12#` presses keys, the end of the input (Ctrl-D) hangs up.

    Example: assistant chat --resident resident-2 --today 2026-03-02
    """
    if channel not in CHANNELS:
        raise CommandFailed(f"--channel {channel}: must be one of {', '.join(CHANNELS)}", exit_code=2)
    given = {"resident_id": resident or None, "today": today, "slots": _object(slots)}
    start = {
        "flow": flow,
        "channel": channel,
        **{key: item for key, item in given.items() if item is not None},
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
    async with reached(settings) as server:
        reply = await _post(server, "/api/conversations", start)
        path = f"/api/conversations/{reply['id']}"
        out.print(f"[dim]{GUIDE}[/]")
        typed = _typed_lines()
        try:
            while not reply["ended"]:
                _print(reply)
                line = await typed.get()
                if not sys.stdin.isatty():
                    out.print(escape(line or ""))
                reply = await _post(server, f"{path}/messages", _incoming(line))
        except asyncio.CancelledError:
            await _post(server, f"{path}/messages", HUNG_UP)
            raise
        _print(reply)
        summary(await _in_chart(server, path))
        out.print(f"[bold]Ended:[/] {reply['disposition']}   ({reply['id']})")


async def _post(server: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await server.post(path, json=body)
    if answer.is_error:
        raise CommandFailed(str(answer.json().get("detail") or f"{path}: {answer.status_code}"))
    parsed: dict[str, Any] = answer.json()
    return parsed


async def _in_chart(server: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """The conversation once it is in the chart, or as it is when that takes too long."""
    view: dict[str, Any] = (await server.get(path)).json()
    for _ in range(round(CHART_SECONDS / PAUSE_SECONDS)):
        if view["chart"] or not view["outcome"]:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        view = (await server.get(path)).json()
    return view


def _print(reply: dict[str, Any]) -> None:
    for message in reply["messages"]:
        out.print(f"  {ROLES['assistant']}  {escape(message['text'])}", soft_wrap=True)
    options = (reply["wait"] or {}).get("options") or ()
    if options:
        labels = [f"{option.get('key') or '·'} {option['label']}" for option in options]
        out.print(f"        [dim]{escape('  '.join(labels))}[/]", soft_wrap=True)
    if not reply["ended"]:
        out.print("  [green]居民[/]  ", end="")


def _incoming(line: str | None) -> dict[str, Any]:
    """A typed line as the body of a message."""
    if line is None:
        out.print("（挂断）")
        return HUNG_UP
    if line.startswith(KEYS):
        return {"keys": line.removeprefix(KEYS).strip()}
    return {"text": line.strip()} if line.strip() else {"silence": True}


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
