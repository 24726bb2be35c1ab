"""Events: what happened, in the past tense, append-only. The only output of a turn besides the wait."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotValue
from assistant.dialogue.waits import Option


class Disposition(StrEnum):
    """How a conversation ended."""

    COMPLETED = "completed"
    PARTIAL = "partial"
    CALLBACK_SCHEDULED = "callback_scheduled"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"
    OPTED_OUT = "opted_out"
    TRANSFERRED = "transferred"
    EMERGENCY = "emergency"
    DECEASED = "deceased"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"


class AlertLevel(StrEnum):
    """How soon a person must look, mildest first."""

    NONE = "none"
    DOCTOR_REVIEW = "doctor_review"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Said(Frozen):
    """The assistant said something: one message.

    `response` is its key in the domain (recorded prompts override by it); `slow` asks for a slower
    voice; `interruptible` is False for what must be heard to the end.
    """

    type: Literal["said"] = "said"
    text: str
    response: str
    options: tuple[Option, ...] = ()
    interruptible: bool = True
    slow: bool = False


class Heard(Frozen):
    """The resident's turn as understood: text (or keys, or silence), and the act taken from it."""

    type: Literal["heard"] = "heard"
    text: str
    act: str | None = None
    intent: str | None = None
    confidence: float = 1.0
    heard_until: int | None = None


class SlotSet(Frozen):
    """A slot got its first value or status."""

    type: Literal["slot_set"] = "slot_set"
    slot: str
    now: SlotValue


class SlotCorrected(Frozen):
    """A slot that had a value got another."""

    type: Literal["slot_corrected"] = "slot_corrected"
    slot: str
    before: SlotValue
    now: SlotValue


class ActionRequested(Frozen):
    """An action is to be run; its result comes back as an `ActionResult` with the same id."""

    type: Literal["action_requested"] = "action_requested"
    action_id: str
    name: str
    arguments: dict[str, JsonValue] = {}


class AlertRaised(Frozen):
    """A person must look. `rules` name what fired, `text` are the words said."""

    type: Literal["alert_raised"] = "alert_raised"
    level: AlertLevel
    reason: str
    rules: tuple[str, ...] = ()
    text: str = ""


class TaskRequested(Frozen):
    """Something for a person or a later step to do: a call-back, a transfer, an answer.

    `kind` is one of callback, handoff, question, do_not_call, death_reported, wrong_number, complaint,
    emergency; `due` is an ISO date-time or period when one was promised.
    """

    type: Literal["task_requested"] = "task_requested"
    kind: str
    reason: str = ""
    due: JsonValue = None


class HandedOff(Frozen):
    """The conversation's owner changed."""

    type: Literal["handed_off"] = "handed_off"
    owner: str
    reason: str = ""


class FlowStarted(Frozen):
    """A flow or a pattern began; `interrupted` is the flow that it stands on."""

    type: Literal["flow_started"] = "flow_started"
    flow: str
    interrupted: str | None = None


class FlowEnded(Frozen):
    """A flow or a pattern ended and the one below goes on."""

    type: Literal["flow_ended"] = "flow_ended"
    flow: str


class Ended(Frozen):
    """The conversation is over."""

    type: Literal["ended"] = "ended"
    disposition: Disposition


Event = Annotated[
    Said
    | Heard
    | SlotSet
    | SlotCorrected
    | ActionRequested
    | AlertRaised
    | TaskRequested
    | HandedOff
    | FlowStarted
    | FlowEnded
    | Ended,
    Field(discriminator="type"),
]
