"""The server as the commands use it: its port taken first, in this process or already running elsewhere."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from assistant.commands.terminal import CommandFailed
from assistant.security.access import development_token
from assistant.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

READY_SECONDS = 60.0
"""How long a server may take from its start until it answers that it is ready."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket for the server; port 0 takes a free one.

    Raises CommandFailed when the port is taken or not allowed, or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CommandFailed(f"HOST={host} is not an address of this machine") from None
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise CommandFailed(_why_not(host, port, error)) from None
    return bound


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop the program there, or choose another: PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} is for root only; choose one from 1024 on: PORT=8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is not an address of this machine"
    return f"cannot listen on {host}:{port}: {error.strerror}"


def address(settings: Settings) -> str:
    """The server's URL as a program on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@asynccontextmanager
async def application(settings: Settings, *, quiet: bool) -> AsyncIterator["FastAPI"]:
    """The application, started: migrated, seeded, its work resumed. It does not listen on a port.

    It is started here rather than inside uvicorn so that what is wrong reaches the person who typed the
    command. `quiet` keeps its log to warnings, for what is shown beside it.
    """
    from assistant.app import create_app

    app = create_app(settings)
    if quiet:
        for name in ("assistant", "voice", "integrations"):
            logging.getLogger(name).setLevel(logging.WARNING)
    async with app.router.lifespan_context(app):
        yield app


def server_of(app: "FastAPI") -> "uvicorn.Server":
    """The HTTP server of a started application."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=10)
    )


def client(settings: Settings) -> httpx.AsyncClient:
    """A client of the server at the settings' address, with the development token in development."""
    headers = {"Authorization": f"Bearer {development_token(settings.var)}"} if settings.development else {}
    return httpx.AsyncClient(base_url=address(settings), headers=headers, timeout=30.0, trust_env=False)


async def ready(server: httpx.AsyncClient) -> bool:
    """Whether a server answers there that it is ready."""
    try:
        return (await server.get("/healthz", timeout=2.0)).status_code == 200
    except httpx.HTTPError:
        return False


async def wait_until_ready(server: httpx.AsyncClient) -> None:
    """Returns when the server is ready. Raises CommandFailed when that takes too long."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await ready(server):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise CommandFailed(f"the server was not ready within {READY_SECONDS:.0f} s; see /healthz") from None


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that runs in this process, on a free port, as long as the block."""
    with bind("127.0.0.1", 0) as listening:
        here = settings.model_copy(update={"host": "127.0.0.1", "port": listening.getsockname()[1]})
        async with application(here, quiet=True) as app, client(here) as connected:
            server = server_of(app)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                await wait_until_ready(connected)
                yield connected
            finally:
                server.should_exit = True
                await serving


@asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server that already runs at the settings' address, else of one in this process."""
    async with client(settings) as elsewhere:
        if await ready(elsewhere):
            yield elsewhere
            return
    async with running(settings) as here:
        yield here
