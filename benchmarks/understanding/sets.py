"""The sets that the engines are measured on, each read into our own `Example`.

Public sets are read from a folder that the reader of this benchmark provides (`--data`): none of their texts
is kept in the project.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.understanding.data.examples import Annotation, Example

# What no utterance needs and some formats refuse.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class MissingSet(Exception):
    """A set's files are not there; says which are wanted and where they were looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a set as its publisher split it: `train`, `dev` ..."""

    name: str
    examples: tuple[Example, ...]


def read_json_lines(path: Path) -> list[Example]:
    """KUAKE-QIC: one `{text, intent}` per line."""
    lines = _text_of(path).splitlines()
    return [
        Example(text=clean(row["text"]), intent=row["intent"]) for row in map(json.loads, filter(None, lines))
    ]


def read_smp(path: Path) -> list[Example]:
    """SMP2019: a JSON list; entity ends are inclusive. Of two entities that overlap the longer is kept, for
    neither Rasa's format nor a BIO sequence can hold both (8 utterances of 2,309)."""
    return [_smp_example(row) for row in json.loads(_text_of(path))]


def _smp_example(row: dict[str, Any]) -> Example:
    text = row["text"]
    found = [
        Annotation(
            entity=entity["type"],
            start=entity["start_idx"],
            end=entity["end_idx"] + 1,
            value=text[entity["start_idx"] : entity["end_idx"] + 1],
        )
        for entity in row["entities"]
    ]
    return Example(text=clean(text), intent=row["intent"], annotations=without_overlaps(found))


def read_bioes(sentences: Path, intents: Path) -> list[Example]:
    """CAIS: blank-line separated blocks of `character label` and a file with one intent per block."""
    blocks = [block for block in _text_of(sentences).split("\n\n") if block.strip("\n")]
    labels = _text_of(intents).split()
    if len(blocks) != len(labels):
        raise ValueError(f"{sentences}: {len(blocks)} utterances but {len(labels)} intents in {intents}")
    return [_bioes_example(block, intent) for block, intent in zip(blocks, labels, strict=True)]


def _bioes_example(block: str, intent: str) -> Example:
    rows = [line.rsplit(" ", 1) for line in block.split("\n") if line]
    text = "".join(character for character, _ in rows)
    annotations: list[Annotation] = []
    begun: int | None = None
    for position, (_, label) in enumerate(rows):
        mark, _, entity = label.partition("-")
        if mark in "BS":
            begun = position
        if mark in "ES" and begun is not None:
            span = text[begun : position + 1]
            annotations.append(Annotation(entity=entity, start=begun, end=position + 1, value=span))
            begun = None
    return Example(text=clean(text), intent=intent, annotations=tuple(annotations))


def clean(text: str) -> str:
    """`text` with every control character made a space: as long as before, so that offsets hold."""
    return CONTROL.sub(" ", text)


def without_overlaps(annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """The annotations in order of the text; of those that overlap the longest stays (the first of equals)."""
    kept: list[Annotation] = []
    for one in sorted(annotations, key=lambda a: (a.start - a.end, a.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda a: a.start))


def trimmed(examples: Sequence[Example]) -> list[Example]:
    """Without the white space around each text; annotations move along and never hold it."""
    return [_trim(example) for example in examples]


def _trim(example: Example) -> Example:
    ahead = len(example.text) - len(example.text.lstrip())
    text = example.text.strip()
    moved = tuple(
        replace(a, start=a.start - ahead, end=min(a.end - ahead, len(text))) for a in example.annotations
    )
    if any(a.start < 0 for a in moved) or any(one.end > other.start for one, other in pairwise(moved)):
        raise ValueError(f"an annotation begins before the text or overlaps the next: {example}")
    return replace(example, text=text, annotations=moved)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingSet(f"{path} is not there; say with --data where the public sets are") from None
