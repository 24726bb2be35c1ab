"""The working state of one turn: the conversation being changed and the events so far."""

from datetime import datetime
from typing import Any

from assistant.dialogue.conditions import holds
from assistant.dialogue.content import Content, Flow, SlotSpec
from assistant.dialogue.conversation import Conversation, Frame, Pending, Turn
from assistant.dialogue.events import (
    AlertLevel,
    AlertRaised,
    Disposition,
    Ended,
    Event,
    FlowEnded,
    FlowStarted,
    Said,
    SlotCorrected,
    SlotSet,
)
from assistant.dialogue.rendering import render
from assistant.dialogue.slots import SlotValue
from assistant.dialogue.steps import END, Step
from assistant.dialogue.view import View, view_of
from assistant.dialogue.waits import Wait

_TYPED = 1.0
"""Confidence in words that were typed: no recogniser stands between them and us."""
_NOT_THE_PATIENT = frozenset({Disposition.WRONG_NUMBER, Disposition.DECEASED})


class EngineError(RuntimeError):
    """The content asks for what the engine must not do: an endless loop, medical words to a stranger."""


class Run:
    """One turn in the making. Everything here changes a copy; the caller's conversation stays as it is."""

    def __init__(self, conversation: Conversation, now: datetime, content: Content) -> None:
        self.state = conversation
        self.now = now
        self.content = content
        self.events: list[Event] = []
        self.wait: Wait | None = None
        self.repeated = False
        """Whether the last words were said again: they stay the last words, without the 我再说一遍."""

    def change(self, **changes: Any) -> None:
        """Replaces fields of the conversation."""
        self.state = self.state.model_copy(update=changes)

    def view(self) -> View:
        """What conditions and responses see now."""
        return view_of(self.state)

    # The stack

    @property
    def frame(self) -> Frame:
        """The running flow."""
        return self.state.stack[-1]

    @property
    def flow(self) -> Flow:
        """The definition of the running flow."""
        return self.content.flows[self.frame.flow]

    @property
    def step(self) -> Step | None:
        """The step that the running flow stands on, None at its end."""
        return self.flow.steps[self.frame.step] if self.frame.step is not None else None

    def change_frame(self, **changes: Any) -> None:
        """Replaces fields of the running flow's frame."""
        top = self.frame.model_copy(update=changes)
        self.change(stack=(*self.state.stack[:-1], top))

    def push(self, flow: str, target: str | None = None) -> None:
        """Starts a flow on top of the running one."""
        interrupted = self.frame.flow if self.state.stack else None
        frame = Frame(flow=flow, step=self.content.flows[flow].first, target=target)
        self.change(stack=(*self.state.stack, frame))
        self.events.append(FlowStarted(flow=flow, interrupted=interrupted))

    def pop(self) -> None:
        """Ends the running flow; the one below goes on."""
        ended = self.frame
        self.change(stack=self.state.stack[:-1])
        self.events.append(FlowEnded(flow=ended.flow))
        if self.state.stack:
            self.change_frame(resumed=True)

    def go(self, target: str) -> None:
        """Moves the running flow to a step, or to its end."""
        self.change_frame(step=None if target == END else target, pending=None, resumed=False)

    # Speaking

    def say(self, key: str, **names: Any) -> str:
        """Says the response under the key, if one of its variations fits; gives the words."""
        rendered = render(key, self.state, self.view().with_names(**names), self.content)
        if rendered is None:
            return ""
        text, response = rendered
        if response.medical and not self.state.verified:
            raise EngineError(f"response {key!r} is medical and the person is not verified")
        said = Said(text=text, response=key, interruptible=response.interruptible, slow=self.state.slow)
        self.events.append(said)
        return text

    def say_if_known(self, *keys: str, **names: Any) -> str:
        """Says the first of the keys that the domain has; gives the words, or nothing."""
        for key in keys:
            if key in self.content.responses:
                return self.say(key, **names)
        return ""

    # Slots

    def spec(self, slot: str) -> SlotSpec:
        """The definition of a slot."""
        return self.content.slots[slot]

    def set_slot(self, name: str, value: SlotValue) -> None:
        """Sets a slot and says so in the events; the same value and status again is no event."""
        before = self.state.slots.get(name)
        if before == value:
            return
        self.change(
            slots={**self.state.slots, name: value},
            candidates={key: item for key, item in self.state.candidates.items() if key != name},
        )
        if before is not None and before.filled and before.value != value.value:
            self.events.append(SlotCorrected(slot=name, before=before, now=value))
        else:
            self.events.append(SlotSet(slot=name, now=value))

    def keep_candidate(self, name: str, value: SlotValue) -> None:
        """Keeps a value that was mentioned before its question."""
        self.change(candidates={**self.state.candidates, name: value})

    def pending(self) -> Pending | None:
        """The open question of the running flow."""
        return self.frame.pending

    # Ending

    def end(self, disposition: Disposition) -> None:
        """Ends the conversation; what its form did not come to ask is marked so."""
        if self.state.verified and disposition not in _NOT_THE_PATIENT:
            if disposition is not Disposition.EMERGENCY:
                self._alert_unconfirmed()
            self._keep_stated()
        form = self.content.flows[self.state.flow].form
        if form is not None:
            interview = self.content.interviews[form]
            for slot, status in interview.settled_without_asking(self.state.slots, self.view()).items():
                self.set_slot(slot, SlotValue(status=status))
        self.change(ended=True, disposition=disposition, stack=(), candidates={}, pending_action=None)
        self.wait = None
        self.events.append(Ended(disposition=disposition))

    def _keep_stated(self) -> None:
        """Files what was typed and not agreed to yet, as stated: the draft holds all that was said.

        What a recogniser heard is never filed without a yes; the transcript has the words.
        """
        for name, value in self._unconfirmed().items():
            if value.confidence is None or value.confidence >= _TYPED:
                self.set_slot(name, value)

    def _alert_unconfirmed(self) -> None:
        """A critical reading that was not agreed to any more: somebody looks at once."""
        for name, value in self._unconfirmed().items():
            critical = self.spec(name).critical
            if critical is not None and holds(critical, self.view().with_names(value=value.value)):
                reason = f"{self.spec(name).label}达到紧急转诊水平，未及核对通话即结束"
                self.events.append(AlertRaised(level=AlertLevel.URGENT, reason=reason, text=value.said or ""))

    def _unconfirmed(self) -> dict[str, SlotValue]:
        """Values heard well that still wait for their question or for a yes."""
        threshold = float(str(self.content.settings.get("read_back_confidence", 0.7)))
        waiting = {
            name: value
            for name, value in self.state.candidates.items()
            if name not in self.state.slots and (value.confidence is None or value.confidence >= threshold)
        }
        for frame in self.state.stack:
            pending = frame.pending
            if pending is not None and pending.candidate is not None and not pending.doubtful:
                waiting[pending.slot] = pending.candidate
        return waiting

    def turn(self) -> Turn:
        """The finished turn."""
        said = tuple(event for event in self.events if isinstance(event, Said))
        changes: dict[str, Any] = {"wait": self.wait}
        if said and not self.repeated:
            changes["last_said"] = said
        self.change(**changes)
        return Turn(conversation=self.state, events=tuple(self.events), wait=self.wait)
