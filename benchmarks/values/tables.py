"""The tables of cases: what is said in which situation, and what may be taken from it.

A table is `tests/understanding/cases/<kind>.yml`, and `cases/fresh/<kind>.yml` those that were written from
the conventions alone, before the parser was looked at. A document gives `expects`, `question`, `options`
and `today` for its cases; a case may give its own, and `speaker` and `reading_back`.

What is wanted of a case is one of

- `value`, with `approx` and `lunar`: exactly this value, filed,
- `values`: these, in any order,
- `filed`: this is filed; whatever else is found is to be confirmed,
- `confirm`: one value, to be confirmed,
- `none`: no value of the kind,
- `unfiled`: nothing filed, whether asked again or not taken at all; `alternatives` may be filed as well.

A row that is known not to be read rightly says `weak`; it is asked again, never filed wrongly.

The table of symptoms names `present`, `absent`, `unsure` and `none` instead of a value, and says `nothing`
for no value at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option
from assistant.understanding import Context

TABLES = Path(__file__).parents[2] / "tests" / "understanding" / "cases"
TODAY = date(2026, 3, 4)
"""A Wednesday."""


@dataclass(frozen=True)
class Case:
    """One row: `say` in `context`; `wanted` has the row's own keys."""

    kind: ValueKind
    say: str
    context: Context
    wanted: dict[str, Any]
    fresh: bool

    @property
    def name(self) -> str:
        """For the id of a test and the list of errors."""
        return f"{self.kind.value}-{self.say}-{self.wanted.get('question', '')}"


@cache
def table(name: str, folder: Path = TABLES) -> dict[str, Any]:
    """The document `<folder>/<name>.yml`."""
    document: dict[str, Any] = YAML(typ="safe").load((folder / f"{name}.yml").read_text(encoding="utf-8"))
    return document


def context_of(case: dict[str, Any], document: dict[str, Any]) -> Context:
    """The context of a case: its own keys, else those of its table."""

    def given(key: str, default: Any) -> Any:
        return case[key] if key in case else document.get(key, default)

    expects = given("expects", None)
    return Context(
        expects=ValueKind(expects) if expects else None,
        question=given("question", ""),
        options=tuple(Option(**option) for option in given("options", [])),
        today=given("today", TODAY),
        reading_back=given("reading_back", False),
        speaker=given("speaker", "self"),
    )


def cases_of(kind: ValueKind) -> Iterator[Case]:
    """Every case of a kind, those of the fresh table last."""
    for folder in (TABLES, TABLES / "fresh"):
        document = table(kind.value, folder)
        for row in document["cases"]:
            yield Case(kind, row["say"], context_of(row, document), row, folder != TABLES)
