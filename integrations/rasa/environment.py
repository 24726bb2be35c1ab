"""Rasa's own Python environment: it needs Python 3.10 and old libraries, so nothing of ours is in it."""

import os
from pathlib import Path

RASA = "3.6.21"
_SETTINGS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONHASHSEED": "0",
    "LOG_LEVEL": "INFO",
}
_THREADS = ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")


class RasaUnavailable(Exception):
    """Rasa's environment is not there, or Rasa failed; says what to do."""


def interpreter(home: Path) -> Path:
    """The Python of Rasa's environment: `RASA_ENV`, else `var/rasa-env`. Raises RasaUnavailable."""
    found = Path(os.environ.get("RASA_ENV") or home / "var" / "rasa-env") / "bin" / "python"
    if not found.exists():
        raise RasaUnavailable(f"no Rasa environment: {found} is not there; setup/rasa.sh makes it")
    return found.absolute()


def process_environment(threads: int) -> dict[str, str]:
    """The environment of a Rasa process: no telemetry, no GPU, so many threads for its arithmetic."""
    return {**os.environ, **_SETTINGS, **dict.fromkeys(_THREADS, str(threads))}
