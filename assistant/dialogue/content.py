"""What a conversation runs on: flows, responses, slots and interviews, immutable, with a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field, JsonValue

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.interview import Interview
from assistant.dialogue.meaning import Act, ValueKind
from assistant.dialogue.steps import Step
from assistant.dialogue.waits import Endpointing, Option

Signal = Literal[
    "not_understood", "off_topic", "silence", "voicemail", "correction", "critical_value", "timer"
]
"""What the engine itself notices and a pattern may answer to."""


class Variation(Frozen):
    """One wording of a response, said when its condition holds and the channel fits."""

    text: str
    condition: str | None = None
    channel: Literal["spoken", "typed"] | None = None


class Response(Frozen):
    """What is said under one key. `medical` responses are never said to an unverified person."""

    key: str
    variations: tuple[Variation, ...]
    interruptible: bool = True
    medical: bool = False


class Part(Frozen):
    """A part of a composite value that is asked for when the answer left it out."""

    name: str
    ask: str
    kind: ValueKind | None = None
    """Kind of the value that fills it, where it is not the slot's own."""
    condition: str | None = None
    """Expression over `value`: the part is asked for only when it holds."""
    optional: bool = False
    """Asked for once; without an answer the value is taken as it is."""
    suffices: bool = False
    """Whether the slot is answered by this part alone."""


class SlotSpec(Frozen):
    """What a slot holds and how its question behaves.

    `minimum` and `maximum` bound each number in the value; outside them it is asked again, never stored.
    `read_back`: `always`, `spoken` (in calls), `never`. `units` are the units by which a value mentioned
    in passing is recognised as this slot's. `if_yes` and `if_no` are expressions for the value that a bare
    yes or no stands for. `merge` unites later answers with earlier ones instead of replacing them.
    """

    name: str
    kind: ValueKind
    label: str
    options: tuple[Option, ...] = ()
    ask: str
    minimum: float | None = None
    maximum: float | None = None
    bounds: dict[str, tuple[float, float]] = {}
    read_back: Literal["always", "spoken", "never"] = "never"
    units: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    if_yes: str | None = None
    if_no: str | None = None
    endpointing: Endpointing | None = None
    critical: str | None = None
    """Expression over `value`: when it holds, the signal `critical_value` is given."""


class Trigger(Frozen):
    """When a pattern interrupts: by act, intent or signal, and only if the condition holds.

    Lower `priority` is tried first. Values in the same utterance are kept for their questions.
    """

    acts: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    signal: Signal | None = None
    condition: str | None = None
    priority: int = 50
    takes: str | None = None
    """A slot that is filled from the very utterance that triggered the pattern."""
    besides: float | None = Field(default=None, gt=0, le=1)
    """The intents also count when they are ranked behind an answer, with at least this confidence."""
    everywhere: bool = False
    """Also inside an exclusive pattern."""


class Flow(Frozen):
    """A named sequence of steps. `trigger` makes it a pattern."""

    name: str
    title: str
    description: str
    steps: dict[str, Step]
    first: str
    trigger: Trigger | None = None
    form: str | None = None
    exclusive: bool = False
    """While it runs, only patterns that are allowed everywhere interrupt it."""
    resume_with: str | None = None
    """Response said when the interrupted flow goes on after this pattern."""


@dataclass(frozen=True)
class Content:
    """One version of the dialogs. `version` is a digest of the files it was read from."""

    version: str
    flows: Mapping[str, Flow]
    responses: Mapping[str, Response]
    slots: Mapping[str, SlotSpec]
    interviews: Mapping[str, Interview]
    patterns: tuple[Flow, ...]
    """Flows with a trigger, the most urgent first."""
    settings: Mapping[str, JsonValue]
    """Thresholds of the dialog, from the domain's `session_config`."""
    intents: Mapping[str, Act] = field(default_factory=dict)
    """The intents that understanding tells apart, and the act that each performs."""
