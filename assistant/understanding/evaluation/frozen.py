"""The frozen test set: utterances written before the training data, one JSON-lines file for each group."""

from dataclasses import replace
from pathlib import Path

from assistant.understanding.data.examples import Example, read_examples

FROZEN = Path("benchmarks/understanding/frozen")
"""Where the set stands, below the home of the installation."""
GROUPS = ("dialog", "people", "services", "health")
"""The groups of intents, a file each; other sets beside them are no utterances with intents."""


def read_frozen(home: Path) -> list[Example]:
    """The frozen examples. Empty where an installation has none; raises DataError for what cannot be read."""
    files = [file for group in GROUPS if (file := home / FROZEN / f"{group}.jsonl").is_file()]
    examples = read_examples(files) if files else []
    return [
        replace(example, source=example.source.removeprefix(f"{home.as_posix()}/")) for example in examples
    ]
