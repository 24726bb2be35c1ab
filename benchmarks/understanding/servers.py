"""The servers that load is put on: the whole assistant, and `rasa run`, each with a given model."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from assistant.understanding.model.card import read_card
from benchmarks.call.server import running
from benchmarks.understanding import rasa_server
from benchmarks.understanding.in_process import memory

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers `/model/parse`: how to reach it, seconds to its first answer, and what gives its
    memory now (`pss` and `rss` in bytes)."""

    host: str
    port: int
    headers: dict[str, str]
    cold_start: float
    memory: Callable[[], dict[str, int]]


@asynccontextmanager
async def our_server(home: Path, model: Path | None) -> AsyncIterator[Server]:
    """The whole assistant, as an installation runs it, with the given or else its shipped model."""
    with TemporaryDirectory(prefix="understanding-server-") as name:
        folder = Path(name)
        data = folder / "var"
        data.mkdir()
        ours = installation(home, folder / "home", model)
        began = time.monotonic()
        with (data / "server.log").open("wb") as out:
            async with running(ours, data, out) as server:
                answer = await server.client.post("/model/parse", json={"text": "你好"})
                answer.raise_for_status()
                cold_start = time.monotonic() - began
                at = urlsplit(str(server.client.base_url))
                headers = {"Authorization": server.client.headers["Authorization"]}

                def used() -> dict[str, int]:
                    return {
                        "pss": int(server.load.peak_pss_mib * MIB),
                        "rss": int(server.load.peak_rss_mib * MIB),
                    }

                yield Server(str(at.hostname), int(at.port or 80), headers, cold_start, used)


@asynccontextmanager
async def their_server(home: Path, model: Path, threads: int) -> AsyncIterator[Server]:
    """`rasa run` on the model's archive."""
    with rasa_server.running(home, model, threads) as server:
        yield Server(server.host, server.port, {}, server.cold_start, lambda: memory(server.pid))


def installation(home: Path, folder: Path, model: Path | None) -> Path:
    """A folder that is `home` in all but this: the engine is a trained model, that of `model` where given."""
    folder.mkdir()
    for entry in home.iterdir():
        if entry.name not in ("config.yml", "var"):
            (folder / entry.name).symlink_to(entry)
    yaml = YAML()
    config = yaml.load((home / "config.yml").read_text(encoding="utf-8"))
    understanding = config.setdefault("understanding", {})
    understanding["engine"] = "model"
    if model is not None:
        versions = folder / "measured-models"
        versions.mkdir()
        (versions / read_card(model).version).symlink_to(model)
        understanding["models"] = versions.name
    with (folder / "config.yml").open("w", encoding="utf-8") as out:
        yaml.dump(config, out)
    return folder
