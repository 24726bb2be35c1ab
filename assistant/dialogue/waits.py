"""A wait: what the assistant expects next. Understanding and voice both read it."""

from enum import StrEnum

from pydantic import JsonValue

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import ValueKind


class Endpointing(StrEnum):
    """How soon silence ends the speaker's turn at this step."""

    QUICK = "quick"
    """Yes/no and choices: a short answer is complete as soon as it is said."""
    NORMAL = "normal"
    DICTATION = "dictation"
    """Numbers and dates: pauses inside the answer are expected, never cut."""
    PATIENT = "patient"
    """An open account: the speaker may think between sentences."""


class Option(Frozen):
    """One choice: its coded value, what is said or shown, and the telephone key that picks it."""

    value: JsonValue
    label: str
    key: str | None = None
    synonyms: tuple[str, ...] = ()


class Wait(Frozen):
    """What is expected of the resident next.

    `slot` and `expects` name the fact; `reading_back` says that a yes or no to a read-back of it is
    awaited (`expects` is then `yes_no`, and `value_kind` still names the slot's own kind, so that a new
    number in the reply is read as that). `question` is the question as asked: the parsers need it to know
    what 都没有 denies.
    `silence_seconds` runs from the end of our own speech until a `Silence` input is due.
    """

    slot: str | None
    expects: ValueKind
    question: str = ""
    options: tuple[Option, ...] = ()
    about: dict[str, JsonValue] | None = None
    reading_back: bool = False
    value_kind: ValueKind | None = None
    endpointing: Endpointing = Endpointing.NORMAL
    interruptible: bool = True
    silence_seconds: float = 6.0
    attempt: int = 1
