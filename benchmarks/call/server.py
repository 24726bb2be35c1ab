"""The server under test: a process of its own on throw-away data, watched from outside."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import httpx

CALLER = "voice.lines.simulated"
"""Marks the processes of the simulated residents, which are not counted."""
START = "import sys; from assistant.cli import main; sys.argv = ['assistant', 'serve']; main()"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """What the server's processes used, without the callers: CPU seconds, and the peak of memory in MiB."""

    cpu_seconds: float = 0.0
    peak_rss_mib: float = 0.0
    peak_pss_mib: float = 0.0
    processes: dict[str, float] = field(default_factory=dict)
    """PSS in MiB of each process at the peak, by what it runs."""


@dataclass
class Server:
    """A running server: a client of it, its data folder and its load so far."""

    client: httpx.AsyncClient
    data: Path
    load: Load


@asynccontextmanager
async def running(home: Path, data: Path, log: BinaryIO) -> AsyncIterator[Server]:
    """Starts the server on the empty folder `data`, waits until it is ready, and stops it at the end."""
    port = _free_port()
    environment = {
        **os.environ,
        "ASSISTANT_HOME": str(home),
        "ASSISTANT_VAR": str(data),
        "ASSISTANT_ENV": "development",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    environment.pop("DATABASE_URL", None)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, cwd=home, env=environment, stdout=log, stderr=log
    )
    watching = None
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30.0) as client:
            await _ready(client, process, data)
            token = (data / "dev-token").read_text(encoding="ascii").strip()
            client.headers["Authorization"] = f"Bearer {token}"
            server = Server(client, data, Load())
            watching = asyncio.create_task(_watch(process.pid, server.load))
            yield server
    finally:
        if watching is not None:
            watching.cancel()
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _ready(client: httpx.AsyncClient, process: asyncio.subprocess.Process, data: Path) -> None:
    for _ in range(600):
        if process.returncode is not None:
            last = (data / "server.log").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise SystemExit(f"the server ended at its start:\n{last}")
        try:
            if (await client.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("the server was not ready after two minutes")


async def _watch(root: int, load: Load) -> None:
    spent: dict[int, float] = {}
    while True:
        rss = pss = 0.0
        shares: dict[str, float] = {}
        for pid in _tree(root):
            try:
                spent[pid] = _cpu(pid)
                of_rss, of_pss = _memory(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue
            rss, pss = rss + of_rss, pss + of_pss
            shares[f"{pid} {_command(pid)[:60]}"] = round(of_pss, 1)
        load.cpu_seconds = sum(spent.values())
        load.peak_rss_mib = max(load.peak_rss_mib, rss)
        if pss > load.peak_pss_mib:
            load.peak_pss_mib, load.processes = pss, shares
        await asyncio.sleep(1.0)


def _tree(root: int) -> list[int]:
    """The process and its descendants, without the callers and theirs."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        if CALLER in _command(pid):
            continue
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> tuple[float, float]:
    """Resident and proportional set size in MiB."""
    sizes = {"Rss": 0.0, "Pss": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in sizes:
            sizes[name] = int(rest.split()[0]) / 1024
    return sizes["Rss"], sizes["Pss"]
