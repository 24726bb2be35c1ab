"""The labelled utterances of the benchmark: the frozen set, the one to tune on, and the training examples."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assistant.dialogue.meaning import ValueKind
from assistant.understanding.context import Context
from assistant.understanding.data.examples import Example, read_training_data
from assistant.understanding.evaluation.frozen import read_frozen

HOME = Path(__file__).parents[2]
FROZEN = HOME / "benchmarks/understanding/frozen/red_flags.jsonl"
DEVELOPMENT = HOME / "tests/understanding/cases/red_flags_development.jsonl"
TODAY = date(2026, 3, 4)
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One labelled utterance.

    `group` is the danger it reports, or why it reports none; `subject` whose it is (empty where unlabelled).
    """

    text: str
    emergency: bool
    group: str
    subject: str = ""
    context: Context = field(default_factory=lambda: Context(today=TODAY))


def labelled(path: Path) -> list[Utterance]:
    """The utterances of a JSON-lines file. Raises ValueError with the line that cannot be read."""
    return list(_lines(path))


def _lines(path: Path) -> Iterator[Utterance]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            expects = row.get("expects")
            context = Context(
                today=TODAY,
                question=row.get("question", ""),
                expects=ValueKind(expects) if expects else None,
            )
            danger = bool(row["emergency"])
            yield Utterance(
                row["text"], danger, row["rule"] if danger else row["why"], row.get("subject", ""), context
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}:{number}: no labelled utterance: {error}") from None


def examples() -> list[Utterance]:
    """The training examples as utterances: those of the intent `emergency`, grouped so, and all others."""
    return [_utterance(example) for example in read_training_data(HOME / "nlu_data").examples]


def others() -> list[Utterance]:
    """The frozen utterances of all intents: nearly all of them harmless."""
    return [_utterance(example) for example in read_frozen(HOME)]


def _utterance(example: Example) -> Utterance:
    return Utterance(example.text, example.intent == EMERGENCY, example.intent)
