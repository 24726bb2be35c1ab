"""The port is taken before anything else starts, and what is wrong with it is one clear line."""

import socket
from pathlib import Path

import pytest

from assistant.commands.local_server import address, bind
from assistant.commands.terminal import CommandFailed
from assistant.settings import Settings


def test_a_free_port_is_taken() -> None:
    with bind("127.0.0.1", 0) as taken, socket.create_connection(taken.getsockname(), timeout=5):
        pass


def test_a_busy_port_is_named_with_a_way_out() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed, match=rf"port {port} on 127\.0\.0\.1 is in use; .*PORT={port + 1}"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_here_is_named(host: str) -> None:
    with pytest.raises(CommandFailed, match=f"HOST={host} is not an address of this machine"):
        bind(host, 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::1", "http://[::1]:8123"),
        ("::", "http://[::1]:8123"),
        ("clinic.example", "http://clinic.example:8123"),
    ],
)
def test_the_address_is_one_that_a_program_here_can_use(host: str, url: str, tmp_path: Path) -> None:
    assert address(Settings(host=host, port=8123, home=tmp_path)) == url
