"""`serve`: the server in the foreground, with one demonstration call on its first start if wanted."""

import asyncio
from contextlib import suppress
from socket import socket
from typing import Annotated

import httpx
import typer

from assistant.commands.calling import FLOW, PERSONA, RESIDENT, simulated
from assistant.commands.following import follow, place, read
from assistant.commands.local_server import address, application, bind, client, server_of, wait_until_ready
from assistant.commands.terminal import CommandFailed, err, out
from assistant.settings import Settings, load_settings


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default: HOST or 127.0.0.1.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: PORT or 8000.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="On the first start, place one simulated call and show it.")
    ] = False,
) -> None:
    """Run the server until Ctrl-C: calls, chats, the chart (/fhir) and the doctor's pages (/console).

    Example: PORT=9000 assistant serve --demo
    """
    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = load_settings(**given)
    _ = settings.config
    with bind(settings.host, settings.port) as listening:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it is stopped
            asyncio.run(_serve(settings, listening, demo=demo))


async def _serve(settings: Settings, listening: socket, *, demo: bool) -> None:
    async with application(settings, quiet=demo) as app:
        beside = asyncio.create_task(_introduce(settings, demo=demo))
        try:
            await server_of(app).serve(sockets=[listening])
        finally:
            beside.cancel()


async def _introduce(settings: Settings, *, demo: bool) -> None:
    """Say where things are, and place the demonstration call. What goes wrong here leaves the server up."""
    try:
        async with client(settings) as connected:
            await wait_until_ready(connected)
            _print_addresses(settings)
            if demo:
                await _first_call(settings, connected)
    except CommandFailed as error:
        err.print(str(error), style="red", markup=False, soft_wrap=True)


def _print_addresses(settings: Settings) -> None:
    here = address(settings)
    out.print(f"[bold]Serving[/] on {here}   (Ctrl-C stops)")
    out.print(f"  doctor's page     {here}/console")
    out.print(f"  chart             {here}/fhir/metadata")
    if settings.development:
        token = f"{settings.var / 'dev-token'}   (bearer token; also signs in on the page)"
        out.print(f"  token             {token}", soft_wrap=True)


async def _first_call(settings: Settings, connected: httpx.AsyncClient) -> None:
    if await read(connected, "/api/calls?limit=1"):
        out.print("There are calls already, so no demonstration call is placed; `assistant call` places one.")
        return
    out.print("\nA demonstration call: the assistant rings an invented resident, who has another voice.")
    await follow(connected, await place(connected, simulated(RESIDENT, FLOW, PERSONA)))
    out.print(f"The doctor's page has it: {address(settings)}/console")
