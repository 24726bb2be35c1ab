"""Who or what answers: a person, a machine, or something in between.

The call begins with ears only. A short opening is a person; a known announcement, or an opening that goes
on and on, is a machine. In doubt the assistant greets as if to a person, and says nothing medical anyway
before it knows to whom.
"""

from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Final

from ruamel.yaml import YAML

from voice.barge_in import bare_text

GREETING_WAIT: Final = 1.2
"""Seconds that we wait for a first 喂 before we speak."""
LONGEST_OPENING: Final = 7.0
"""Seconds of voice in the opening that no person needs."""
ANNOUNCEMENT_WINDOW: Final = 20.0
"""Seconds from the beginning during which an announcement is still looked for in what is said."""


class Answerer(Enum):
    """The verdict on an opening."""

    PERSON = "person"
    MACHINE = "machine"


@cache
def announcements() -> tuple[str, ...]:
    """The shipped phrases."""
    text = files("voice").joinpath("announcements.yml").read_text(encoding="utf-8")
    return tuple(YAML(typ="safe").load(text)["announcements"])


def judge(text: str, voiced: float) -> Answerer:
    """Judges the words of an opening, spoken in `voiced` seconds."""
    words = bare_text(text)
    if voiced > LONGEST_OPENING or any(phrase in words for phrase in announcements()):
        return Answerer.MACHINE
    return Answerer.PERSON
