"""The frozen test set: utterances written before the training data, one JSON-lines file for each group."""

from pathlib import Path

from assistant.understanding.data.examples import Example, read_examples

FROZEN = Path("benchmarks/understanding/frozen")
"""Where the set stands, below the home of the installation."""

RED_FLAGS = "red_flags.jsonl"
"""The emergency detector's set in the same folder: its lines carry no intent, so it is not read here."""


def read_frozen(home: Path) -> list[Example]:
    """The frozen examples. Empty where an installation has none; raises DataError for what cannot be read."""
    folder = home / FROZEN
    files = sorted(file for file in folder.glob("*.jsonl") if file.name != RED_FLAGS)
    return read_examples(files) if files else []
