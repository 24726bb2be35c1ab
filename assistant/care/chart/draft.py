"""The draft that all entries of one visit belong to, and how they name each other."""

from dataclasses import dataclass

from assistant.care.chart.datatypes import reference
from assistant.care.chart.naming import DEVICES, Resource, entry_identifier, full_url
from assistant.care.form import Form
from assistant.care.outcome import NOBODYS_ANSWERS, Outcome, answers
from assistant.care.visit import Visit
from assistant.dialogue.events import Disposition
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import Speaker

NOBODY_REACHED = frozenset(
    {Disposition.NO_ANSWER, Disposition.BUSY, Disposition.VOICEMAIL, Disposition.FAILED}
)
"""Endings without a word from the resident or the household."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A visit on its way into the chart, with what it came to and its form."""

    visit: Visit
    outcome: Outcome
    form: Form

    def identifier(self, part: str) -> Resource:
        """The identifier of the entry for that part."""
        return entry_identifier(self.visit.conversation_id, self.form.form, part)

    def entry(self, part: str) -> Resource:
        """A reference to another entry of the same Bundle."""
        return reference(full_url(self.identifier(part)))

    @property
    def device_identifier(self) -> Resource:
        """The identifier of the assistant itself, one per organisation."""
        return {"system": DEVICES, "value": f"assistant/{self.visit.organization_id}"}

    @property
    def device(self) -> Resource:
        """The assistant."""
        return reference(full_url(self.device_identifier))

    @property
    def patient(self) -> Resource:
        """The resident whom all of this is about."""
        return reference(f"Patient/{self.visit.resident.id}", self.visit.resident.name)

    @property
    def organization(self) -> Resource:
        """The centre."""
        return reference(f"Organization/{self.visit.organization_id}")

    @property
    def practitioner(self) -> Resource | None:
        """The family doctor, None where none is known."""
        doctor = self.visit.practitioner_id
        return reference(f"Practitioner/{doctor}") if doctor else None

    @property
    def owner(self) -> Resource:
        """Who has to do what is asked for: the family doctor, else the centre."""
        return self.practitioner or self.organization

    @property
    def related(self) -> bool:
        """Whether somebody else spoke for the resident."""
        return self.visit.speaker is not Speaker.SELF

    @property
    def source(self) -> Resource:
        """Who said what is recorded."""
        return self.entry("speaker") if self.related else self.patient

    @property
    def reached(self) -> bool:
        """Whether anybody was spoken with."""
        return self.visit.disposition not in NOBODY_REACHED

    @property
    def answered(self) -> bool:
        """Whether there is anything to fill the form with, beyond who is speaking."""
        if not self.reached or self.visit.disposition in NOBODYS_ANSWERS or not self.visit.verified:
            return False
        given = answers(self.visit)
        return any(
            item.kind is not ValueKind.IDENTITY and item.slot in given and given[item.slot].filled
            for item in self.form.items
        )
