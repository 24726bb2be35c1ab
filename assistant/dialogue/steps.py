"""The steps that a flow is made of. `docs/flows.md` shows each with an example."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from assistant.dialogue.events import AlertLevel, Disposition
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.waits import Endpointing

END = "END"
"""The target of `next` that ends the flow and goes back to the one below it."""


class Branch(Frozen):
    """One way on: the target step is taken when the condition holds (None: always)."""

    condition: str | None
    target: str


class StepBase(Frozen):
    """`id` is unique within the flow; `next` is tried in order, the first that holds is taken."""

    id: str
    next: tuple[Branch, ...]


class SayStep(StepBase):
    """Says responses, or those whose keys the expression `each` gives."""

    type: Literal["say"] = "say"
    responses: tuple[str, ...] = ()
    each: str | None = None


class CollectStep(StepBase):
    """Asks for a slot unless it is known.

    `again` asks although it is known and merges the answer into what is there. `ask` overrides the
    response, `endpointing` and `silence_seconds` what the slot's kind prescribes. `yes_no` says that a yes
    or a no answers the question whatever the slot's kind, so that the keys 1 and 2 do as well.
    """

    type: Literal["collect"] = "collect"
    slot: str
    ask: str | None = None
    again: bool = False
    about: dict[str, JsonValue] | None = None
    endpointing: Endpointing | None = None
    silence_seconds: float | None = None
    yes_no: bool = False


class InterviewStep(StepBase):
    """Asks the questions of an interview until it has none left; `leave_out` names slots not to ask here."""

    type: Literal["interview"] = "interview"
    interview: str
    leave_out: tuple[str, ...] = ()


class ActionStep(StepBase):
    """Requests an action; its result is kept under its name in `results`."""

    type: Literal["action"] = "action"
    action: str
    arguments: dict[str, str] = {}
    """Argument name -> expression."""


class SetStep(StepBase):
    """Sets slots, or the engine's own `verified`, `speaker` and `slow`, from expressions."""

    type: Literal["set"] = "set"
    assignments: dict[str, str]
    status: Literal["stated", "confirmed", "unknown", "refused"] = "stated"


class ConfirmStep(StepBase):
    """Marks slots that have a value as confirmed."""

    type: Literal["confirm"] = "confirm"
    slots: tuple[str, ...]


class AlertStep(StepBase):
    """Raises an alert for a person."""

    type: Literal["alert"] = "alert"
    level: AlertLevel
    reason: str


class TaskStep(StepBase):
    """Asks for something to be done by a person or later: see `TaskRequested`."""

    type: Literal["task"] = "task"
    kind: str
    reason: str = ""
    due: str | None = None
    """Expression for when."""


class CallStep(StepBase):
    """Runs another flow and comes back."""

    type: Literal["call"] = "call"
    flow: str


class LinkStep(StepBase):
    """Goes over to another flow for good."""

    type: Literal["link"] = "link"
    flow: str


class HandoffStep(StepBase):
    """Gives the conversation to a new owner: the queue."""

    type: Literal["handoff"] = "handoff"
    owner: str = "queue"
    reason: str = ""


class RepeatStep(StepBase):
    """Says once more what was last said, slower when asked, and leaves the open question as it is."""

    type: Literal["repeat"] = "repeat"
    slow: bool = False


class KeepWaitingStep(StepBase):
    """Ends a pattern without asking the open question again: the wait of the flow below stays open."""

    type: Literal["keep_waiting"] = "keep_waiting"
    silence_seconds: float | None = None


class GiveUpStep(StepBase):
    """Leaves the open question of the flow below unanswered (`unknown`) and lets that flow go on."""

    type: Literal["give_up"] = "give_up"


class ReopenStep(StepBase):
    """Asks for the pattern's target slot once more, because the speaker took it back."""

    type: Literal["reopen"] = "reopen"


class EndStep(StepBase):
    """Ends the conversation."""

    type: Literal["end"] = "end"
    disposition: Disposition


class NoopStep(StepBase):
    """Does nothing but choose where to go."""

    type: Literal["noop"] = "noop"


Step = Annotated[
    SayStep
    | CollectStep
    | InterviewStep
    | ActionStep
    | SetStep
    | ConfirmStep
    | AlertStep
    | TaskStep
    | CallStep
    | LinkStep
    | HandoffStep
    | RepeatStep
    | KeepWaitingStep
    | GiveUpStep
    | ReopenStep
    | EndStep
    | NoopStep,
    Field(discriminator="type"),
]
