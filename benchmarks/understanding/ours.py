"""Our own engine, trained as `assistant train` does and asked through the runtime that serves it."""

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.understanding.model.settings import Settings
from benchmarks.understanding.child import Spent
from benchmarks.understanding.outcome import Parse, Trained
from benchmarks.understanding.splits import SEED, Split, fingerprint

if TYPE_CHECKING:
    from assistant.understanding.training.trainer import Progress

NAME = "ours"
MODEL = "model"
PAUSE = 20.0  # seconds between two words on how far it is
UNDERSTANDING = Path(__file__).parents[2] / "assistant" / "understanding"
SOURCES = ("model", "network", "training")


def key(split: Split) -> str:
    """Changes with the data, the settings and the code of the model."""
    files = (path for folder in SOURCES for path in sorted((UNDERSTANDING / folder).glob("*.py")))
    code = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    return fingerprint(NAME, SEED, Settings().model_dump(mode="json"), code, split.acts, split.fingerprint)


def _say_now_and_then() -> "Callable[[Progress], None]":
    said = time.monotonic()

    def say(progress: "Progress") -> None:
        nonlocal said
        if time.monotonic() - said >= PAUSE:
            said = time.monotonic()
            left = f"{progress.seconds_left / 60:.0f} min left"
            print(f"         epoch {progress.done} of {progress.total}, {left}", flush=True)

    return say


def train_and_parse(split: Split, folder: Path) -> Trained:
    """Trains with the default settings, keeps the model in `folder`, parses the test part on ONNX Runtime."""
    import torch

    from assistant.understanding.serving.loading import open_runtime
    from assistant.understanding.training.trainer import train

    torch.set_num_threads(1)
    settings = Settings()
    spent = Spent()
    shutil.rmtree(folder / MODEL, ignore_errors=True)
    train(
        split.train,
        folder / MODEL,
        settings,
        seed=SEED,
        acts_of_intents=split.acts,
        progress=_say_now_and_then(),
    )
    took = spent.so_far()
    runtime = open_runtime(folder / MODEL, device="cpu")
    predictions = runtime.predict([example.text for example in split.test])
    return Trained(
        parses=[
            Parse(
                one.intents[0].name if one.intents else None,
                frozenset((entity.entity, entity.start, entity.end) for entity in one.entities),
            )
            for one in predictions
        ],
        seconds=took.seconds,
        cpu_seconds=took.cpu_seconds,
        peak_bytes=took.peak_bytes,
        model_bytes=sum(file.stat().st_size for file in (folder / MODEL).iterdir()),
        settings={"epochs": settings.epochs, "towers": settings.towers, "width": settings.width},
    )
