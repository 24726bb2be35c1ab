"""Slots: what has been learned, with where it came from and how sure it is."""

from enum import StrEnum

from pydantic import JsonValue

from assistant.dialogue.frozen import Frozen


class SlotStatus(StrEnum):
    """How a slot stands. Only `stated` and `confirmed` carry a value that may be filed."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    """Read back to the speaker, who agreed."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Asked, and the speaker could not say, or no trustworthy value was heard."""
    NOT_ASKED = "not_asked"
    NOT_BY_PHONE = "not_by_phone"
    """Cannot be found out in this way at all (an examination, a laboratory value)."""


class Speaker(StrEnum):
    """Who said it, seen from the patient."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    RELATIVE = "relative"
    CARER = "carer"
    OTHER = "other"


class SlotValue(Frozen):
    """The state of one slot with its provenance.

    `turn` counts the resident's turns from 1; None for what was known before the conversation began.
    `confidence` is the recogniser's or the understanding's, 0 to 1; None for typed or prefilled values.
    `said` is the sentence the value was taken from, for the doctor to compare.
    """

    value: JsonValue = None
    status: SlotStatus = SlotStatus.NOT_ASKED
    turn: int | None = None
    speaker: Speaker | None = None
    confidence: float | None = None
    approx: bool = False
    said: str | None = None

    @property
    def filled(self) -> bool:
        """Whether there is a value that may be used."""
        return self.status in (SlotStatus.STATED, SlotStatus.CONFIRMED)
