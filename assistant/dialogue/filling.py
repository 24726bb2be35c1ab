"""Filling: turns a value that was heard into a slot, by way of plausibility, completeness and read-back."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue

from assistant.dialogue.asking import ask, read_back
from assistant.dialogue.conditions import evaluate, holds
from assistant.dialogue.content import SlotSpec
from assistant.dialogue.conversation import Pending
from assistant.dialogue.interview import Question
from assistant.dialogue.meaning import Value, ValueKind
from assistant.dialogue.run import Run
from assistant.dialogue.slots import SlotStatus, SlotValue

_MINUTES: Final = {"min": 1, "h": 60, "d": 1440, "wk": 10080}

MOST_READBACKS: Final = 3
"""A value that was read back this often and never agreed to is left open."""


RETAKEN: Final = (ValueKind.YES_NO, ValueKind.CHOICE, ValueKind.MEDICATION_ADHERENCE)
"""Kinds whose question is so short that asking it again is clearer than reading the answer back."""


def slot_value(run: Run, value: JsonValue, *, confidence: float | None, said: str, approx: bool) -> SlotValue:
    """A stated value with its provenance."""
    return SlotValue(
        value=value,
        status=SlotStatus.STATED,
        turn=run.state.turn,
        speaker=run.state.speaker,
        confidence=confidence,
        approx=approx,
        said=said,
    )


def matching(spec: SlotSpec, values: tuple[Value, ...], pending: Pending | None = None) -> Value | None:
    """The value that answers the slot's question, with the parts that the same utterance gave.

    It is the last of the slot's kind, or of the kind of the part that is asked for or that suffices alone.
    """
    part = next((p for p in spec.parts if pending is not None and p.name == pending.part), None)
    kinds = {spec.kind} | ({part.kind} if part is not None and part.kind is not None else set())
    found = [value for value in values if value.kind in kinds and _fits(spec, value)]
    if found:
        return found[-1].model_copy(update={"value": with_companions(spec, found[-1].value, values)})
    for alone in spec.parts:
        given = next((value for value in values if alone.suffices and value.kind is alone.kind), None)
        if given is not None:
            whole = with_companions(spec, {alone.name: _scalar(given)}, values)
            return given.model_copy(update={"kind": spec.kind, "value": whole})
    return None


def _fits(spec: SlotSpec, value: Value) -> bool:
    if not spec.units or not isinstance(value.value, Mapping):
        return True
    return value.value.get("unit") in (None, *spec.units)


def implausible(spec: SlotSpec, value: JsonValue) -> bool:
    """Whether a number in the value lies outside the slot's bounds."""
    if isinstance(value, Mapping):
        return any(_outside(spec, name, number) for name, number in value.items())
    return _outside(spec, "value", value)


def _outside(spec: SlotSpec, name: str, number: Any) -> bool:
    if isinstance(number, Mapping):
        return any(_outside(spec, name, item) for item in number.values())
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    low, high = spec.bounds.get(name, (None, None))
    return (low is not None and number < low) or (high is not None and number > high)


def merged(old: JsonValue, new: JsonValue) -> JsonValue:
    """The union of two values of one slot: later parts win, lists of symptoms are united."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    both: dict[str, JsonValue] = dict(old) | {name: part for name, part in new.items() if part is not None}
    if "present" in old and "present" in new:
        return united_symptoms(old, new)
    return both


def united_symptoms(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Two accounts of symptoms as one: the later decides about what both name."""
    later = {*new.get("present", ()), *new.get("absent", ()), *new.get("unsure", ())}
    union: dict[str, JsonValue] = {}
    for name in ("present", "absent", "unsure"):
        kept = [item for item in old.get(name) or () if item not in later]
        union[name] = kept + [item for item in new.get(name) or () if item not in kept]
    if (old.get("none") or new.get("none")) and not union["present"]:
        union["none"] = True
    return union


def missing_part(run: Run, spec: SlotSpec, value: JsonValue) -> str | None:
    """The first part that a composite value lacks and should have."""
    if not spec.parts or not isinstance(value, Mapping):
        return None
    view = run.view().with_names(value=value)
    return next(
        (
            part.name
            for part in spec.parts
            if value.get(part.name) is None and (part.condition is None or holds(part.condition, view))
        ),
        None,
    )


def with_companions(spec: SlotSpec, value: JsonValue, values: tuple[Value, ...]) -> JsonValue:
    """The value with the parts that the same utterance gave as values of their own kind."""
    if not isinstance(value, Mapping):
        return value
    whole: dict[str, JsonValue] = dict(value)
    for part in spec.parts:
        if part.kind is None or whole.get(part.name) is not None:
            continue
        companion = next((item for item in values if item.kind is part.kind), None)
        if companion is not None:
            whole[part.name] = _scalar(companion)
    return whole


def with_part(spec: SlotSpec, pending: Pending, value: Value) -> JsonValue:
    """The candidate completed by an answer to the question for its missing part."""
    before = pending.candidate.value if pending.candidate else None
    part = next((p for p in spec.parts if p.name == pending.part), None)
    if part is None or not isinstance(before, Mapping):
        return value.value
    if value.kind is spec.kind:
        new = value.value if isinstance(value.value, Mapping) else {part.name: value.value}
        return dict(before) | {name: item for name, item in new.items() if item is not None}
    return dict(before) | {part.name: _scalar(value)}


def _scalar(value: Value) -> JsonValue:
    """A part's value as one number or text; durations in minutes."""
    inner = value.value
    if not isinstance(inner, Mapping):
        return inner
    number = inner.get("value", inner.get("text"))
    if value.kind is ValueKind.DURATION and isinstance(number, int | float):
        return round(number * _MINUTES.get(str(inner.get("unit")), 1))
    return number


def consume(
    run: Run,
    question: Question,
    pending: Pending,
    candidate: SlotValue,
    *,
    doubtful: bool,
    reread: bool = False,
) -> bool:
    """Takes a candidate towards its slot. True when the slot is settled, False when we wait once more.

    `doubtful`: it may have been misheard. `reread`: it is read back whatever the form says.
    """
    spec = run.spec(question.slot)
    if implausible(spec, candidate.value):
        run.say_if_known(f"utter_implausible_{spec.name}", "utter_implausible", target=spec.label)
        ask(run, question, pending.model_copy(update={"attempts": pending.attempts + 1, "part": None}))
        return False
    part = missing_part(run, spec, candidate.value)
    if part is not None and pending.part != part:
        ask(
            run,
            question,
            pending.model_copy(update={"part": part, "candidate": candidate, "doubtful": doubtful}),
        )
        return False
    doubtful = doubtful or (pending.part is not None and pending.doubtful)
    if doubtful and spec.kind in RETAKEN and not needs_read_back(run, spec):
        return _retake(run, question, pending, candidate)
    if doubtful or reread or needs_read_back(run, spec):
        if pending.readbacks >= MOST_READBACKS:
            leave_open(run, question)
            return True
        read_back(run, question, pending.model_copy(update={"doubtful": doubtful}), candidate)
        return False
    file(run, spec, candidate, SlotStatus.STATED)
    return True


def _retake(run: Run, question: Question, pending: Pending, candidate: SlotValue) -> bool:
    """A short answer heard badly is asked for again.

    The same yes or no twice is taken; the same choice twice is read back, since a word that sounds like
    another is misheard the same way every time.
    """
    spec = run.spec(question.slot)
    if pending.candidate is not None and pending.candidate.value == candidate.value:
        if spec.kind is not ValueKind.YES_NO:
            read_back(run, question, pending.model_copy(update={"doubtful": True}), candidate)
            return False
        file(run, spec, candidate, SlotStatus.STATED)
        return True
    if pending.attempts > MOST_READBACKS:
        leave_open(run, question)
        return True
    run.say_if_known("utter_not_understood")
    again = {"attempts": pending.attempts + 1, "candidate": candidate, "doubtful": True}
    ask(run, question, pending.model_copy(update=again))
    return False


def needs_read_back(run: Run, spec: SlotSpec) -> bool:
    """Whether the form wants the slot read back on this channel."""
    return spec.read_back == "always" or (spec.read_back == "spoken" and run.state.spoken)


def file(run: Run, spec: SlotSpec, candidate: SlotValue, status: SlotStatus) -> None:
    """Files the value and starts the pattern for a critical one."""
    before = run.state.slots.get(spec.name)
    value = candidate.value
    if before is not None and before.filled and spec.kind in (ValueKind.IDENTITY, ValueKind.SYMPTOMS):
        value = merged(before.value, value)
    run.set_slot(spec.name, candidate.model_copy(update={"value": value, "status": status}))
    run.change(misses=0)
    run.say_if_known(f"utter_noted_{spec.name}")


def is_critical(run: Run, spec: SlotSpec) -> bool:
    """Whether the value just filed calls for the critical-value pattern."""
    slot = run.state.slots.get(spec.name)
    if spec.critical is None or slot is None or not slot.filled:
        return False
    return holds(spec.critical, run.view().with_names(value=slot.value))


def leave_open(run: Run, question: Question) -> None:
    """Marks the slot as asked without a value that can be trusted."""
    run.set_slot(
        question.slot,
        SlotValue(status=SlotStatus.UNKNOWN, turn=run.state.turn or None, speaker=run.state.speaker),
    )


def stands_for(run: Run, spec: SlotSpec, answer: bool) -> JsonValue:
    """The value that a bare yes or no stands for at this slot, None when it stands for nothing."""
    expression = spec.if_yes if answer else spec.if_no
    if expression is None:
        return None
    value: JsonValue = evaluate(expression, run.view())
    return value
