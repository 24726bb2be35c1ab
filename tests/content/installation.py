"""The content as it is shipped, with what is needed to play conversations on it."""

from functools import cache
from pathlib import Path

from assistant.content import forms, load, read
from assistant.conversations.actions import Actions
from assistant.conversations.assessing import register_assess
from assistant.conversations.contents import Edition

HOME = Path(__file__).resolve().parents[2] / "nlu_data"


@cache
def edition() -> Edition:
    """The shipped content."""
    files = read(HOME)
    return Edition(content=load(files), files=files, forms=forms(files))


@cache
def actions() -> Actions:
    """The actions that flows may request."""
    registry = Actions(timeout_seconds=5)
    register_assess(registry)
    return registry
