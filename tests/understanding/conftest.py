"""The shipped lexicon, and cases read from the tables beside the tests."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Option
from assistant.understanding import Context, Lexicon

CASES = Path(__file__).parent / "cases"
CONTENT = Path(__file__).parents[2] / "nlu_data"
TODAY = date(2026, 3, 4)
"""A Wednesday."""


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return Lexicon.load(CONTENT)


@pytest.fixture
def lexicon() -> Lexicon:
    return shipped_lexicon()


def table(name: str) -> dict[str, Any]:
    """The table `cases/<name>.yml`."""
    return YAML(typ="safe").load((CASES / f"{name}.yml").read_text(encoding="utf-8"))


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
