"""A conversation: the whole JSON-serialisable state between two inputs."""

from typing import Literal

from pydantic import JsonValue

from assistant.dialogue.events import Disposition, Event, Said
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.meaning import RedFlag
from assistant.dialogue.slots import SlotValue, Speaker
from assistant.dialogue.waits import Wait

Channel = Literal["voice", "voice_text", "text", "web", "wechat"]
SPOKEN: frozenset[str] = frozenset({"voice", "voice_text"})


class Pending(Frozen):
    """The open question of a frame: what was asked, how often, and the candidate being read back.

    `attempts` counts how often it was asked without an answer that could be used; `readbacks` how often
    a value was read back; `part` names the missing half that is asked for (the diastolic pressure).
    `doubtful` says that the candidate may have been misheard: unless agreed to it is never filed.
    """

    slot: str
    phase: Literal["asking", "reading_back"] = "asking"
    candidate: SlotValue | None = None
    part: str | None = None
    doubtful: bool = False
    attempts: int = 1
    readbacks: int = 0


class Frame(Frozen):
    """One flow on the stack.

    `step` is the id of the step to run next (None: the flow is at its end), `pending` its open question.
    `resumed` says that an interruption above it has just ended, `target` names the slot that a pattern
    was started for.
    """

    flow: str
    step: str | None
    pending: Pending | None = None
    resumed: bool = False
    target: str | None = None


class Conversation(Frozen):
    """State of one conversation.

    `facts` is what was known before it began and does not change: patient_name, honorific, age, sex,
    pregnant, centre_name, doctor_name, on_file …; conditions and responses may read it.
    `candidates` holds values that were mentioned before they were asked for; they are filed only when
    their question is reached and, where the form wants it, read back. `results` is what actions brought.
    `stack` has the running flow last. `turn` counts the resident's turns. `misses` counts turns in a row
    that were not understood, `silences` those without a word. `red_flags` are the danger signs of the
    emergency that was raised. `content_version` names the flows and responses that it keeps to its end.
    """

    id: str
    flow: str
    channel: Channel
    content_version: str
    facts: dict[str, JsonValue] = {}
    resident_id: str | None = None
    language: str = "zh-CN"
    owner: str = "assistant"
    speaker: Speaker = Speaker.SELF
    verified: bool = False
    slow: bool = False
    stack: tuple[Frame, ...] = ()
    slots: dict[str, SlotValue] = {}
    candidates: dict[str, SlotValue] = {}
    results: dict[str, JsonValue] = {}
    pending_action: str | None = None
    wait: Wait | None = None
    turn: int = 0
    actions: int = 0
    misses: int = 0
    silences: int = 0
    counts: dict[str, int] = {}
    red_flags: tuple[RedFlag, ...] = ()
    last_said: tuple[Said, ...] = ()
    ended: bool = False
    disposition: Disposition | None = None

    @property
    def spoken(self) -> bool:
        """Whether this is a call, spoken or typed as one."""
        return self.channel in SPOKEN


class Turn(Frozen):
    """What one input led to: the new state, what happened, and what is expected next (None: nothing)."""

    conversation: Conversation
    events: tuple[Event, ...]
    wait: Wait | None
