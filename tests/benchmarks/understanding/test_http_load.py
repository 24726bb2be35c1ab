import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.understanding.http_load import Refused, load, request


@asynccontextmanager
async def server(status: str, heard: list[str]) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
                heard.append(json.loads(await reader.readexactly(length))["text"])
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        except asyncio.IncompleteReadError:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield int(listening.sockets[0].getsockname()[1])


async def test_clients_ask_again_until_the_time_is_over() -> None:
    heard: list[str] = []
    async with server("200 OK", heard) as port:
        measured = await load("127.0.0.1", port, {}, ["头晕", "谢谢"], clients=3, duration=0.2)
    assert len(measured.seconds) == len(heard) > 6
    assert set(heard) == {"头晕", "谢谢"}
    assert measured.per_second > 0


async def test_an_error_of_the_server_is_not_taken_for_an_answer() -> None:
    async with server("503 Service Unavailable", []) as port:
        with pytest.raises(ExceptionGroup) as problem:
            await load("127.0.0.1", port, {}, ["头晕"], clients=1, duration=0.2)
    assert problem.group_contains(Refused, match="503")


def test_a_request_carries_its_headers_and_length() -> None:
    written = request("h", {"Authorization": "Bearer t"}, "头晕").decode()
    head, body = written.split("\r\n\r\n")
    assert f"Content-Length: {len(body)}" in head
    assert "Authorization: Bearer t" in head
