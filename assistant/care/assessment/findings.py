"""What an assessment reads: the facts of one follow-up, taken from slots and from what was on file."""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from assistant.care.assessment.measure import BloodPressure
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotStatus, SlotValue

Classification = Literal["控制满意", "控制不满意", "不良反应", "并发症"]
CLASSES: tuple[Classification, ...] = ("控制满意", "控制不满意", "不良反应", "并发症")
"""Mildest first."""


class LastVisit(Frozen):
    """The follow-up before this one, as far as it is on file."""

    date: str | None = None
    blood_pressure: BloodPressure = BloodPressure()
    classification: Classification | None = None

    @classmethod
    def of(cls, value: JsonValue) -> "LastVisit | None":
        """The last visit in `on_file.last_visit`; an unknown class counts as none."""
        if not isinstance(value, dict):
            return None
        date = value.get("date")
        named = value.get("classification")
        return cls(
            date=date if isinstance(date, str) else None,
            blood_pressure=BloodPressure.of(value.get("blood_pressure")),
            classification=next((known for known in CLASSES if known == named), None),
        )


class Findings(Frozen):
    """The facts of a hypertension follow-up.

    `pregnant` means pregnant or nursing. None means not known: not asked, refused, or no answer.
    `finished` says that the blood pressure was asked for, so that its lack is worth a look.
    """

    blood_pressure: BloodPressure = BloodPressure()
    symptoms: tuple[str, ...] = ()
    age: int | None = None
    pregnant: bool = False
    side_effects: bool | None = None
    adherence: str | None = None
    last_visit: LastVisit | None = None
    finished: bool = True

    @classmethod
    def of(
        cls,
        slots: Mapping[str, SlotValue],
        *,
        age: int | None = None,
        pregnant: bool = False,
        last_visit: LastVisit | None = None,
        completed: bool = False,
    ) -> "Findings":
        """The findings in the stated and confirmed slots of `followup_hypertension`.

        `completed` says that the conversation went through the whole form.
        """
        asked = slots.get("blood_pressure", SlotValue()).status
        known = {name: slot.value for name, slot in slots.items() if slot.filled}
        side_effects = known.get("side_effects")
        adherence = known.get("medication_adherence")
        return cls(
            blood_pressure=BloodPressure.of(known.get("blood_pressure")),
            symptoms=present_symptoms(known.get("symptoms")),
            age=age,
            pregnant=pregnant,
            side_effects=side_effects if isinstance(side_effects, bool) else None,
            adherence=adherence if isinstance(adherence, str) else None,
            last_visit=last_visit,
            finished=completed or asked in (SlotStatus.UNKNOWN, SlotStatus.REFUSED),
        )


def present_symptoms(value: JsonValue) -> tuple[str, ...]:
    """The symptoms that a `symptoms` value says are present."""
    present = value.get("present") if isinstance(value, dict) else None
    return tuple(term for term in present if isinstance(term, str)) if isinstance(present, list) else ()
