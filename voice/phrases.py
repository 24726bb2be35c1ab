"""Cuts a message into phrases that are spoken, marked and, when interrupted, counted one by one."""

import re
from dataclasses import dataclass
from typing import Final

from voice.lengths import length

SHORTEST: Final = 4
"""Units below which a phrase is joined with the next: two sounds with a pause between them sound broken."""

_PIECE: Final = re.compile(r"[^，。？！；：\n]*[，。？！；：\n]+[”’」』）]*|[^，。？！；：\n]+")
_STOPS: Final = tuple("。？！\n")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a message; `end` is the code point of the message just after it."""

    text: str
    end: int


def phrases(message: str) -> list[Phrase]:
    """The phrases of `message`, in order; together they are the whole message."""
    found: list[Phrase] = []
    held = ""
    for match in _PIECE.finditer(message):
        held += match.group()
        if length(held) >= SHORTEST or held.rstrip("”’」』）").endswith(_STOPS):
            found.append(Phrase(held, match.end()))
            held = ""
    if held:
        found.append(Phrase(held, len(message)))
    return found
