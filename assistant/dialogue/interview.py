"""Interviews: sources of questions inside a flow, fixed like a form or adaptive like triage."""

from collections.abc import Mapping
from typing import Protocol

from pydantic import JsonValue

from assistant.dialogue.conditions import holds
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import SlotStatus, SlotValue
from assistant.dialogue.view import View


class Question(Frozen):
    """One question of an interview: the slot it fills and what it is about (a finding and its aspect)."""

    slot: str
    ask: str | None = None
    about: dict[str, JsonValue] | None = None


class Interview(Protocol):
    """Chooses the next question from what is known. Pure: the same slots give the same question."""

    @property
    def name(self) -> str:
        """By which a flow's step names it."""

    def next(self, slots: Mapping[str, SlotValue], view: View, leave_out: frozenset[str]) -> Question | None:
        """The next question, or None when nothing is left to ask."""

    def settled_without_asking(self, slots: Mapping[str, SlotValue], view: View) -> dict[str, SlotStatus]:
        """Slots whose status is clear without a question: skipped, or not to be had by phone."""

    @property
    def slots(self) -> tuple[str, ...]:
        """Every slot that it may ask for or settle."""


class FormItem(Frozen):
    """One item of a form. `condition` decides whether it is asked; `by_phone` whether it can be."""

    question: Question
    condition: str | None = None
    by_phone: bool = True


class FixedInterview(Frozen):
    """A form: its items in order, each asked once unless it is known or skipped."""

    name: str
    items: tuple[FormItem, ...]

    def next(self, slots: Mapping[str, SlotValue], view: View, leave_out: frozenset[str]) -> Question | None:
        """The first item that is neither settled, nor skipped, nor left out."""
        for item in self.items:
            slot = item.question.slot
            if slot in slots or slot in leave_out or not item.by_phone:
                continue
            if item.condition is None or holds(item.condition, view):
                return item.question
        return None

    def settled_without_asking(self, slots: Mapping[str, SlotValue], view: View) -> dict[str, SlotStatus]:
        """Items not asked: those impossible by phone, and those whose condition did not hold."""
        settled: dict[str, SlotStatus] = {}
        for item in self.items:
            if item.question.slot in slots:
                continue
            settled[item.question.slot] = SlotStatus.NOT_ASKED if item.by_phone else SlotStatus.NOT_BY_PHONE
        return settled

    @property
    def slots(self) -> tuple[str, ...]:
        """The items' slots in order."""
        return tuple(item.question.slot for item in self.items)
