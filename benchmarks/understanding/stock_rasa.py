"""Stock Rasa 3.6: trains a split in Rasa's own environment and asks the model for the test part.

What a training gave is kept in `var/benchmarks/understanding/rasa/<split>-<hash>`, by the hash of the data
and the configuration, so that an interrupted run goes on where it was.
"""

import fcntl
import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.understanding.outcome import Parse, Trained
from benchmarks.understanding.splits import Split
from integrations.rasa.environment import RASA, RasaUnavailable, interpreter, process_environment
from integrations.rasa.project import RasaData, config, write_project

FORMAT = 1  # a change here makes every kept training stale
SEED = 0
MODEL = "model.tar.gz"
WORKER = Path(__file__).with_name("rasa_worker.py")
NICE = 19
EPOCH = re.compile(r"Epochs:.*?(\d+)/(\d+) \[")
Progress = Callable[[str], None]


def fingerprint(split: Split, epochs: int) -> str:
    """The hash of all that decides what Rasa learns and what it is asked."""
    made_of = [
        FORMAT,
        RASA,
        config(epochs, SEED),
        {name: list(words) for name, words in split.lookups.items()},
        {name: list(words) for name, words in split.patterns.items()},
        [
            [example.text, example.intent, [[a.entity, a.start, a.end] for a in example.annotations]]
            for example in split.train
        ],
        [example.text for example in split.test],
    ]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def job_folder(home: Path, split: Split, epochs: int) -> Path:
    """Where this training is kept, finished or not."""
    name = f"{split.name}-{fingerprint(split, epochs)[:12]}"
    return home / "var" / "benchmarks" / "understanding" / "rasa" / name


def train_and_parse(home: Path, split: Split, epochs: int, progress: Progress, threads: int = 2) -> Trained:
    """What Rasa makes of this split: trained now, unless that is kept. Raises RasaUnavailable."""
    folder = job_folder(home, split, epochs)
    result = folder / "result.json"
    if not result.exists():
        python = interpreter(home)
        with only_one(folder.parent):
            _prepare(folder, split, epochs)
            _work(python, folder, threads, lambda done: progress(f"{split.name}: {done}"))
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    training = found["training"]
    return Trained(
        parses=[_parse(one) for one in found["parses"]],
        seconds=training["seconds"],
        cpu_seconds=training["cpu_seconds"],
        peak_bytes=int(training["peak_bytes"]),
        model_bytes=found["model_bytes"],
        settings={"epochs": epochs, "rasa": found["rasa"]},
    )


def _parse(said: dict[str, Any]) -> Parse:
    return Parse(said["intent"], frozenset((name, start, end) for name, start, end in said["entities"]))


def _prepare(folder: Path, split: Split, epochs: int) -> None:
    write_project(
        folder / "project",
        RasaData(split.train, lookups=split.lookups, patterns=split.patterns),
        epochs=epochs,
        seed=SEED,
    )
    texts = [example.text for example in split.test]
    (folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    write_job(folder, folder / "texts.json", folder / "result.json", folder / "job.json")


def write_job(folder: Path, texts: Path, result: Path, path: Path) -> Path:
    """The worker's orders, at `path`: train in `folder` unless that is done; from `texts` to `result`."""
    job = {
        "folder": str(folder / "project"),
        "model": str(folder / MODEL),
        "training": str(folder / "training.json"),
        "texts": str(texts),
        "result": str(result),
    }
    path.write_text(json.dumps(job), encoding="utf-8")
    return path


def _work(python: Path, folder: Path, threads: int, progress: Progress) -> None:
    log = folder / "log.txt"
    with log.open("wb") as out:
        command = ["nice", "-n", str(NICE), str(python), str(WORKER), str(folder / "job.json")]
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=process_environment(threads), cwd=folder
        )
        try:
            _watch(process, log, progress)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise RasaUnavailable(f"Rasa failed ({process.returncode}): {' '.join(last)}; its output is in {log}")


def _watch(process: "subprocess.Popen[bytes]", log: Path, progress: Progress) -> None:
    """Says each new epoch, and how long the rest will take at the pace so far."""
    said = None
    first: tuple[float, int] | None = None
    while process.poll() is None:
        time.sleep(2)
        found = EPOCH.findall(log.read_text(encoding="utf-8", errors="replace")[-4000:])
        if not found or found[-1] == said:
            continue
        said = found[-1]
        done, total = map(int, said)
        first = first or (time.monotonic(), done)
        pace = (time.monotonic() - first[0]) / max(done - first[1], 1)
        left = f", {pace * (total - done) / 60:.0f} min left" if done > first[1] else ""
        progress(f"epoch {done} of {total}{left}")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two Rasa trainings at a time would starve each other and everything else: the second waits."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another Rasa training to end", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
