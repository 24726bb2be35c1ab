"""What it costs to serve each engine: cold start, memory, latency in process and over HTTP, answers a second.

The engines are measured one after the other in one run, each in fresh processes, so that their ratios hold
also on a machine that is not idle; the load average is printed.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.understanding.engines import Bench, Say
from benchmarks.understanding.http_load import Measured, load
from benchmarks.understanding.results import machine
from benchmarks.understanding.servers import Server, our_server, their_server
from benchmarks.understanding.splits import Split
from benchmarks.understanding.stock_rasa import WORKER, write_job
from integrations.rasa.environment import interpreter, process_environment

TEXTS = 300
CLIENTS = (1, 8, 32)
WARM_UP = 1.0


def measure_serving(
    bench: Bench, split: Split, engines: Sequence[str], seconds: float, say: Say
) -> dict[str, Any]:
    """Everything about the engines' serving of models trained on `split`, as JSON. Trains what is missing.

    `seconds` is how long each step of the load lasts. Raises RasaUnavailable.
    """
    texts = [example.text for example in split.test[:TEXTS]]
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "split": split.name,
        "texts": len(texts),
        "machine": machine(),
        "load_before": os.getloadavg()[0],
        "engines": {},
    }
    for engine in engines:
        model = bench.model(engine, split)
        if not model.exists():
            say(f"{engine}: training on {split.name}")
            bench.train(engine, split, say)
        say(f"{engine}: in process")
        figures = in_process(bench, engine, model, texts)
        if engine in ("ours", "rasa"):
            say(f"{engine}: over HTTP")
            figures |= asyncio.run(over_http(server_of(bench, engine, model, split), texts, seconds))
        found["engines"][engine] = figures
    return found


def in_process(bench: Bench, engine: str, model: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Cold start (from the start of the process to its first answer), memory and latency of one process."""
    with TemporaryDirectory(prefix="understanding-serving-") as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")
        result = folder / "result.json"
        if engine == "rasa":
            job = write_job(model.parent, folder / "texts.json", result, folder / "job.json")
            command = [str(interpreter(bench.home)), str(WORKER), str(job)]
            environment = process_environment(bench.threads)
        else:
            module = "benchmarks.understanding.in_process"
            command = [
                sys.executable,
                "-m",
                module,
                engine,
                str(model),
                str(folder / "texts.json"),
                str(result),
            ]
            environment = {**os.environ}
        began = time.time()
        subprocess.run(command, check=True, env=environment, cwd=bench.home, capture_output=True)
        found = json.loads(result.read_text(encoding="utf-8"))
    milliseconds = 1000 * np.array(found["seconds"])
    return {
        "model_bytes": size_of(model),
        "cold_start": found["first_answer_at"] - began,
        "pss": found["memory"]["pss"],
        "rss": found["memory"]["rss"],
        "p50_ms": float(np.percentile(milliseconds, 50)),
        "p95_ms": float(np.percentile(milliseconds, 95)),
    }


def server_of(bench: Bench, engine: str, model: Path, split: Split) -> AbstractAsyncContextManager[Server]:
    """Ours refuses a model of other intents than its own, such as one of a public set: it serves its shipped
    one then, of the same size."""
    if engine == "rasa":
        return their_server(bench.home, model, bench.threads)
    return our_server(bench.home, model if split.set_name == "nlu_data" else None)


async def over_http(
    serving: AbstractAsyncContextManager[Server], texts: Sequence[str], seconds: float
) -> dict[str, Any]:
    """The same of a server, with 1, 8 and 32 clients at a time."""
    async with serving as server:

        def run(clients: int, duration: float) -> Any:
            return load(server.host, server.port, server.headers, texts, clients, duration)

        await run(1, WARM_UP)
        steps: dict[int, Measured] = {clients: await run(clients, seconds) for clients in CLIENTS}
        used = server.memory()
    return {
        "http_cold_start": server.cold_start,
        "http_pss": used["pss"],
        "http_rss": used["rss"],
        "http": [
            {
                "clients": clients,
                "p50_ms": 1000 * float(np.percentile(step.seconds, 50)),
                "p95_ms": 1000 * float(np.percentile(step.seconds, 95)),
                "per_second": step.per_second,
            }
            for clients, step in steps.items()
        ],
    }


def size_of(model: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(
        file.stat().st_size for file in ([model] if model.is_file() else model.rglob("*")) if file.is_file()
    )
