"""A real Rasa server on a free port, for as long as it is measured or tested against."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from integrations.rasa.environment import RasaUnavailable, interpreter, process_environment

READY_WITHIN = 600.0


@dataclass(frozen=True, slots=True)
class RasaServer:
    """Where it listens, its process, and the seconds from its start to its first answer."""

    url: str
    host: str
    port: int
    pid: int
    cold_start: float


@contextmanager
def running(home: Path, model: Path, threads: int = 2) -> Iterator[RasaServer]:
    """`rasa run --enable-api` on `model` (a .tar.gz), ready to parse; ended at the end.

    Raises RasaUnavailable, also when it is not ready in time.
    """
    rasa = interpreter(home).with_name("rasa")
    port = _free_port()
    with TemporaryDirectory(prefix="rasa-server-") as folder:
        models = Path(folder) / "models"
        models.mkdir()
        shutil.copy(model, models / "model.tar.gz")
        command = [str(rasa), "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port)]
        command += ["-m", str(models), "--log-file", str(Path(folder) / "rasa.log")]
        log = Path(folder) / "out.log"
        with log.open("wb") as out:
            began = time.monotonic()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=process_environment(threads),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
            try:
                url = f"http://127.0.0.1:{port}"
                _wait(url, process, log)
                yield RasaServer(url, "127.0.0.1", port, process.pid, time.monotonic() - began)
            finally:
                _end(process)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RasaUnavailable(f"Rasa ended at its start: {log.read_text(errors='replace')[-1500:]}")
        try:
            if httpx.post(f"{url}/model/parse", json={"text": "你好"}, timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RasaUnavailable(
        f"Rasa was not ready after {READY_WITHIN:.0f} s: {log.read_text(errors='replace')[-1500:]}"
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
