"""The shipped lexicon, a small trained model, and cases read from the tables beside the tests."""

import fcntl
import random
from functools import cache
from pathlib import Path

import pytest

from assistant.understanding import Lexicon
from benchmarks.values.tables import TODAY, context_of, table
from tests.understanding.tiny_encoder import examples, trained

__all__ = ["TODAY", "context_of", "examples", "shipped_lexicon", "table", "trained"]

CONTENT = Path(__file__).parents[2] / "nlu_data"


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return Lexicon.load(CONTENT)


@pytest.fixture
def lexicon() -> Lexicon:
    return shipped_lexicon()


SMALL_MODEL_INTENTS = ("affirm", "deny", "thanks", "handoff", "report_symptom", "request_prescription")


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder, trained in seconds on some of our examples; all test processes share one."""
    pytest.importorskip("torch", reason="training needs the `train` extra")
    parent = tmp_path_factory.getbasetemp()
    if parent.name.startswith("popen-"):  # that of a test process among several
        parent = parent.parent
    folder = parent / "small-model" / "1"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "card.json").exists():
            _train_small_model(folder)
    return folder


def _train_small_model(folder: Path) -> None:
    from assistant.understanding.data.examples import read_training_data
    from assistant.understanding.model.settings import Settings
    from assistant.understanding.training.trainer import train

    data = read_training_data(CONTENT)
    suitable = [example for example in data.examples if example.intent in SMALL_MODEL_INTENTS]
    few = random.Random(0).sample(suitable, 300)
    size = Settings(pieces=2000, embedding=16, width=32, layers=1, heads=2, towers=2, epochs=4)
    train(few, folder, size, version="1", acts_of_intents=data.acts)
