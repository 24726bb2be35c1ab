"""A real server process that tests may kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from assistant.security.access import development_token

HOME = Path(__file__).resolve().parents[2]
SERVE = ("-c", "from assistant.cli import main; main()", "serve")
READY_SECONDS = 60.0


class ServerProcess:
    """`assistant serve`, or another script that serves, on a free port and on one database."""

    def __init__(self, data: Path, database_url: str, *, command: tuple[str, ...] = SERVE) -> None:
        self._data = data
        self._port = _free_port()
        environment = {
            **os.environ,
            "ASSISTANT_HOME": str(HOME),
            "ASSISTANT_VAR": str(data),
            "DATABASE_URL": database_url,
            "PORT": str(self._port),
            "HOST": "127.0.0.1",
        }
        self._log = data / f"server-{self._port}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command], cwd=HOME, env=environment, stdout=log, stderr=log
            )

    def __enter__(self) -> "ServerProcess":
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not come up:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.1)
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self._port}",
            headers={"Authorization": f"Bearer {development_token(self._data)}"},
            timeout=20.0,
            trust_env=False,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.client.close()

    def kill(self) -> None:
        """As when the power fails: no handler runs."""
        self._process.kill()
        self._process.wait()

    def start(self, **body: Any) -> dict[str, Any]:
        """Begin the follow-up of resident-1."""
        whole = {
            "flow": "followup_hypertension", "channel": "voice_text", "resident_id": "resident-1",
            "today": "2026-03-02", **body,
        }  # fmt: skip
        return self.post("/api/conversations", whole)

    def send(self, conversation_id: str, **body: Any) -> dict[str, Any]:
        return self.post(f"/api/conversations/{conversation_id}/messages", body)

    def read(self, conversation_id: str) -> dict[str, Any]:
        return self.get(f"/api/conversations/{conversation_id}")

    def count(self, type_: str, **parameters: str) -> int:
        """How many resources of a type the chart holds."""
        total: int = self.get(f"/fhir/{type_}", **parameters)["total"]
        return total

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request that must succeed."""
        return self._json("POST", path, json=body)

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """The answer to a request that must succeed."""
        return self._json("GET", path, params=parameters)

    def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self.client.request(method, path, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        body: dict[str, Any] = answer.json()
        return body

    def _ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self._port}/healthz"
            return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


def wait_until(condition: Any, what: str, seconds: float = 30.0) -> None:
    """Waits until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
