"""The keypad: what telephone keys mean at the open question."""

from pydantic import JsonValue

from assistant.dialogue.content import SlotSpec
from assistant.dialogue.meaning import Act, IntentScore, Meaning, Value, ValueKind
from assistant.dialogue.waits import Wait

PERSON_KEY = "0"
REPEAT_KEY = "*"


def understood_keys(keys: str, wait: Wait | None, spec: SlotSpec | None) -> Meaning:
    """The meaning of the keys pressed: an option, a number typed in, a person (0), or once more (*).

    Blood pressure is typed as 145*92, a birth year or the last four digits of an identity card as four
    digits; a trailing # is ignored. Other keys are an answer without a value: one that was not understood.
    """
    typed = keys.strip().removesuffix("#")
    if wait is not None:
        for option in wait.options:
            if option.key == typed:
                kind = ValueKind.YES_NO if isinstance(option.value, bool) else wait.expects
                return _meaning(keys, Act.ANSWER, "inform", (Value(kind=kind, value=option.value),))
        value = typed_value(typed, wait.expects if spec is None else spec.kind)
        if value is not None and not wait.reading_back:
            return _meaning(keys, Act.ANSWER, "inform", (value,))
    if typed == PERSON_KEY:
        return _meaning(keys, Act.HANDOFF, "handoff")
    if typed == REPEAT_KEY:
        return _meaning(keys, Act.REPEAT_PLEASE, "repeat")
    return _meaning(keys, Act.ANSWER, "inform")


def _meaning(keys: str, act: Act, intent: str, values: tuple[Value, ...] = ()) -> Meaning:
    return Meaning(text=keys, act=act, intent=IntentScore(name=intent, confidence=1.0), values=values)


def typed_value(typed: str, kind: ValueKind) -> Value | None:
    """A number typed in for a kind that takes one, None when the keys are no such number."""
    if kind is ValueKind.BLOOD_PRESSURE:
        high, _, low = typed.partition("*")
        if high.isdecimal() and low.isdecimal():
            return Value(kind=kind, value={"systolic": int(high), "diastolic": int(low)})
        return None
    if not typed.isdecimal():
        return None
    if kind is ValueKind.IDENTITY and len(typed) == 4:
        return Value(kind=kind, value={"is_patient": True, **_identity_digits(typed)})
    shapes: dict[ValueKind, dict[str, JsonValue]] = {
        ValueKind.HEART_RATE: {"bpm": int(typed)},
        ValueKind.WEIGHT: {"kg": int(typed)},
    }
    return Value(kind=kind, value=shapes[kind]) if kind in shapes and len(typed) > 1 else None


def _identity_digits(typed: str) -> dict[str, JsonValue]:
    digits: dict[str, JsonValue] = {"id_last4": typed}
    if 1900 <= int(typed) <= 2100:
        digits["birth_year"] = int(typed)
    return digits
