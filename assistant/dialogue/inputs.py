"""Inputs: everything that can move a conversation on. Each is recorded, so that it can be replayed."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import Meaning


class Started(Frozen):
    """The conversation begins: the first input of every conversation."""

    type: Literal["started"] = "started"


class Utterance(Frozen):
    """The resident said or typed something.

    `confidence` is the recogniser's (1.0 when typed). `heard_until` tells how many characters of our
    last messages had really been played when the speaker began, None when all were.
    """

    type: Literal["utterance"] = "utterance"
    text: str
    meaning: Meaning
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    heard_until: int | None = None


class Keys(Frozen):
    """Telephone keys, or the tap on a quick reply that carries a key."""

    type: Literal["keys"] = "keys"
    keys: str
    heard_until: int | None = None


class Silence(Frozen):
    """Nothing was said within the wait's `silence_seconds`."""

    type: Literal["silence"] = "silence"


class ActionResult(Frozen):
    """What a requested action brought back. `status` is `ok` or `failed`; `values` go to the flow."""

    type: Literal["action_result"] = "action_result"
    action_id: str
    status: Literal["ok", "failed"] = "ok"
    values: dict[str, JsonValue] = {}
    error: str | None = None


class TimerFired(Frozen):
    """A timer that an earlier turn set has run out."""

    type: Literal["timer_fired"] = "timer_fired"
    name: str


class StaffJoined(Frozen):
    """A member of staff takes the conversation over; the assistant falls silent."""

    type: Literal["staff_joined"] = "staff_joined"
    staff_id: str


class VoicemailDetected(Frozen):
    """A machine or a carrier announcement answers, not a person."""

    type: Literal["voicemail_detected"] = "voicemail_detected"


class HungUp(Frozen):
    """The line is gone, or the chat was closed; or it broke, when `reason` is `failed`."""

    type: Literal["hung_up"] = "hung_up"
    reason: Literal["resident", "failed"] = "resident"


Input = Annotated[
    Started
    | Utterance
    | Keys
    | Silence
    | ActionResult
    | TimerFired
    | StaffJoined
    | VoicemailDetected
    | HungUp,
    Field(discriminator="type"),
]
