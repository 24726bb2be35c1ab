"""The frozen test set: utterances written before the training data, one JSON-lines file for each group."""

from pathlib import Path

from assistant.understanding.data.examples import Example, read_examples

FROZEN = Path("benchmarks/understanding/frozen")
"""Where the set stands, below the home of the installation."""


def read_frozen(home: Path) -> list[Example]:
    """The frozen examples. Empty where an installation has none; raises DataError for what cannot be read."""
    folder = home / FROZEN
    return read_examples([folder]) if folder.is_dir() else []
