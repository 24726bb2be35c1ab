"""A process that does nothing but load one model and answer one text after the other: its cold start, memory
and latency. Usage: python -m benchmarks.understanding.in_process ours|svm MODEL TEXTS.json RESULT.json"""

import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path


def main(engine: str, model: Path, texts: Path, result: Path) -> None:
    wanted: list[str] = json.loads(texts.read_text(encoding="utf-8"))
    answer = {"ours": _ours, "svm": _svm}[engine](model)
    answer(wanted[0])
    first_answer_at = time.time()
    seconds = []
    for text in wanted:
        began = time.perf_counter()
        answer(text)
        seconds.append(time.perf_counter() - began)
    found = {"first_answer_at": first_answer_at, "seconds": seconds, "memory": memory("self")}
    result.write_text(json.dumps(found), encoding="utf-8")


def _ours(model: Path) -> Callable[[str], object]:
    from assistant.understanding.serving.loading import open_runtime

    runtime = open_runtime(model, device="cpu")
    return lambda text: runtime.predict([text])


def _svm(model: Path) -> Callable[[str], object]:
    pipeline = pickle.loads(model.read_bytes())
    return lambda text: pipeline.predict([text])


def memory(pid: int | str) -> dict[str, int]:
    """The proportional (`pss`) and the resident (`rss`) memory of a process in bytes."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Pss", "Rss"):
            found[name.lower()] = int(rest.split()[0]) * 1024
    return found


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
