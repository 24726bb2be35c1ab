"""The shipped lexicon, and cases read from the tables beside the tests."""

from functools import cache
from pathlib import Path

import pytest

from assistant.understanding import Lexicon
from benchmarks.values.tables import TODAY, context_of, table

__all__ = ["TODAY", "context_of", "shipped_lexicon", "table"]

CONTENT = Path(__file__).parents[2] / "nlu_data"


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return Lexicon.load(CONTENT)


@pytest.fixture
def lexicon() -> Lexicon:
    return shipped_lexicon()
