"""The outcomes that were measured: one small JSON file per engine and split, kept with the project."""

import json
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.understanding.outcome import Outcome

FOLDER = Path(__file__).with_name("results")
SERVING = "serving.json"


class Results:
    """Outcomes by engine and split. The newest of each is kept; a `key` tells whether it still holds."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def find(self, engine: str, set_name: str, fold: int, key: str | None = None) -> Outcome | None:
        """The kept outcome; None where there is none, or where its key is not `key`."""
        path = self._path(engine, set_name, fold)
        if not path.exists():
            return None
        outcome = Outcome.of_json(json.loads(path.read_text(encoding="utf-8")))
        return outcome if key in (None, outcome.key) else None

    def of_set(self, engine: str, set_name: str) -> list[Outcome]:
        """What is kept of an engine on a set, by fold."""
        found = (
            Outcome.of_json(json.loads(path.read_text(encoding="utf-8")))
            for path in self._folder.glob(f"{engine}-{set_name}-*.json")
        )
        return sorted(found, key=lambda outcome: outcome.fold)

    def keep(self, outcome: Outcome) -> None:
        path = self._path(outcome.engine, outcome.set_name, outcome.fold)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(compact(outcome.as_json()), encoding="utf-8")
        new.replace(path)

    def serving(self) -> dict[str, Any] | None:
        """What the last run measured of serving; None where none was."""
        path = self._folder / SERVING
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def keep_serving(self, found: dict[str, Any]) -> None:
        (self._folder / SERVING).write_text(compact(found), encoding="utf-8")

    def _path(self, engine: str, set_name: str, fold: int) -> Path:
        return self._folder / f"{engine}-{set_name}-{fold}.json"


def compact(data: dict[str, Any]) -> str:
    """JSON with one line per key, so that a change of a figure is a change of a line."""
    lines = (
        f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for name, value in data.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version()}
