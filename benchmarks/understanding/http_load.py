"""Puts load on `POST /model/parse`: so many clients at a time, each asking again as soon as it is answered.

Written on bare streams: a full HTTP client would cost as much as the answer that is measured.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count


class Refused(Exception):
    """The server answered with something else than 200."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of every answered request, and how long it took altogether."""

    seconds: Sequence[float]
    lasted: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.lasted


async def load(
    host: str, port: int, headers: Mapping[str, str], texts: Sequence[str], clients: int, duration: float
) -> Measured:
    """Runs `clients` at a time for `duration` seconds over the texts, round and round."""
    requests = [request(host, headers, text) for text in texts]
    following = count()
    seconds: list[float] = []
    began = time.perf_counter()
    until = began + duration

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while time.perf_counter() < until:
                asked = time.perf_counter()
                writer.write(requests[next(following) % len(requests)])
                await _answer(reader)
                seconds.append(time.perf_counter() - asked)
        finally:
            writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    return Measured(seconds, time.perf_counter() - began)


def request(host: str, headers: Mapping[str, str], text: str) -> bytes:
    """The bytes of one request that keeps its connection."""
    body = json.dumps({"text": text}).encode()
    lines = [
        "POST /model/parse HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    length = next(int(line.split(":")[1]) for line in fields if line.lower().startswith("content-length:"))
    body = await reader.readexactly(length)
    if " 200 " not in status:
        raise Refused(f"{status}: {body.decode(errors='replace')[:200]}")
    return body
