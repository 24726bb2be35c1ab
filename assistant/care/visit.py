"""A visit: everything that one follow-up conversation left behind, as the outcome and the chart read it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from pydantic import AwareDatetime, JsonValue

from assistant.care.assessment.findings import LastVisit
from assistant.care.assessment.measure import number
from assistant.dialogue.events import AlertRaised, Disposition, TaskRequested
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker

Channel = Literal["voice", "voice_text", "text", "web", "wechat"]
CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai, which knows no summer time."""


class Resident(Frozen):
    """Whom the visit is about. `id` is the FHIR `Patient.id`; `pregnant` includes nursing."""

    id: str
    name: str = ""
    sex: Literal["M", "F"] | None = None
    age: int | None = None
    pregnant: bool = False


class Line(Frozen):
    """One line of the transcript. `turn` counts the resident's turns."""

    turn: int
    role: Literal["assistant", "resident", "staff"]
    text: str
    at: AwareDatetime


class OnFile(Frozen):
    """What the chart knew before the conversation. None means not on file."""

    medications: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    height_cm: float | None = None
    weight_kg: float | None = None
    smokes: bool | None = None
    last_visit: LastVisit | None = None

    @classmethod
    def of(cls, value: JsonValue) -> "OnFile":
        """What is on file by the fact `on_file`; anything that has another shape is left out."""
        if not isinstance(value, dict):
            return cls()
        smokes = value.get("smokes")
        return cls(
            medications=_texts(value.get("medications")),
            conditions=_texts(value.get("conditions")),
            height_cm=number(value.get("height_cm")),
            weight_kg=number(value.get("weight_kg")),
            smokes=smokes if isinstance(smokes, bool) else None,
            last_visit=LastVisit.of(value.get("last_visit")),
        )


class Visit(Frozen):
    """One follow-up conversation that has ended, or goes on while `disposition` is None.

    `recording_url` is where staff can hear the call, None when it was not recorded. `verified` says that
    the identity check succeeded: before it nothing said belongs in the chart.
    """

    conversation_id: str
    organization_id: str
    resident: Resident
    practitioner_id: str | None = None
    channel: Channel
    flow: str
    form: str
    started: AwareDatetime
    ended: AwareDatetime | None = None
    transcript: tuple[Line, ...] = ()
    slots: Mapping[str, SlotValue] = {}
    speaker: Speaker = Speaker.SELF
    verified: bool = True
    alerts: tuple[AlertRaised, ...] = ()
    tasks: tuple[TaskRequested, ...] = ()
    disposition: Disposition | None = None
    on_file: OnFile = OnFile()
    recording_url: str | None = None

    @property
    def today(self) -> date:
        """The day of the visit in China."""
        return self.started.astimezone(CHINA).date()

    @property
    def last_moment(self) -> datetime:
        """When it ended; the last thing known while it goes on."""
        return self.ended or (self.transcript[-1].at if self.transcript else self.started)

    @property
    def spoken(self) -> bool:
        """Whether it was a telephone call (or a call's dialog, typed)."""
        return self.channel in ("voice", "voice_text")

    def amended(self, amendments: Mapping[str, JsonValue]) -> "Visit":
        """The same visit with a doctor's values in place; None takes a value away."""
        changed = {
            slot: SlotValue(status=SlotStatus.UNKNOWN)
            if value is None
            else SlotValue(value=value, status=SlotStatus.CONFIRMED)
            for slot, value in amendments.items()
        }
        return self.model_copy(update={"slots": {**self.slots, **changed}})


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
