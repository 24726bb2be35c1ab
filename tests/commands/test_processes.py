"""The commands as processes of their own: a server from start to stop, a typed talk and its replay."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.slow

ASSISTANT = str(Path(sys.executable).with_name("assistant"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The shipped content, with an empty folder for what is written."""
    return os.environ | {
        "ASSISTANT_HOME": str(ROOT),
        "ASSISTANT_VAR": str(tmp_path),
        "PORT": "0",
        "COLUMNS": "120",
    }


def assistant(
    environment: dict[str, str], *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ASSISTANT, *arguments],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address."""
    with subprocess.Popen(
        [ASSISTANT, "serve"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            address = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
            assert address, "the first line names the address"
            yield process, address[0]
        finally:
            process.kill()


def test_a_server_says_where_it_is_and_stops_when_asked(environment: dict[str, str]) -> None:
    with serving(environment) as (process, address):
        assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
        port = address.rpartition(":")[2]
        second = assistant(environment | {"PORT": port}, "serve")
        assert second.returncode == 1
        assert second.stderr.startswith(f"assistant: port {port} on 127.0.0.1 is in use; ")
        assert second.stderr.count("\n") == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_a_typed_conversation_lands_in_the_chart_and_replays_the_same(environment: dict[str, str]) -> None:
    chatted = assistant(environment, "chat", typed="是我\n你们别再打电话来了\n")
    assert chatted.returncode == 0, chatted.stderr
    assert "Ended: opted_out" in chatted.stdout
    assert "In the chart, as drafts: " in chatted.stdout
    assert "nothing yet" not in chatted.stdout
    conversation_id = re.findall(r"\(([\w-]{36})\)", chatted.stdout)[-1]
    replayed = assistant(environment, "replay", conversation_id)
    assert replayed.returncode == 0, replayed.stderr
    assert "The same: " in replayed.stdout
