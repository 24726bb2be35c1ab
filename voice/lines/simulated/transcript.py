"""What the simulated resident said and how long she was kept waiting, one JSON object a line."""

import json
from pathlib import Path
from typing import Any


class Transcript:
    """Writes to a file, or nowhere when there is none."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None

    def note(self, event: str, **fields: Any) -> None:
        """Adds one event."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n")
