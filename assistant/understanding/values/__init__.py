"""Value parsers, one module per kind. Each has `parse(sentence, context) -> list[Value]`."""

from collections.abc import Callable

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import (
    blood_pressure,
    choice,
    date,
    duration,
    free_text,
    frequency,
    glucose,
    heart_rate,
    identity,
    medication_adherence,
    quantity,
    quantity_per_day,
    symptoms,
    time,
    weight,
    yes_no,
)
from assistant.understanding.values.edges import without_edges

Parser = Callable[[Sentence, Context], list[Value]]

PARSERS: dict[ValueKind, Parser] = {
    ValueKind.BLOOD_PRESSURE: blood_pressure.parse,
    ValueKind.GLUCOSE: glucose.parse,
    ValueKind.HEART_RATE: heart_rate.parse,
    ValueKind.WEIGHT: weight.parse,
    ValueKind.YES_NO: yes_no.parse,
    ValueKind.CHOICE: choice.parse,
    ValueKind.DATE: date.parse,
    ValueKind.TIME: time.parse,
    ValueKind.DURATION: duration.parse,
    ValueKind.SYMPTOMS: symptoms.parse,
    ValueKind.MEDICATION_ADHERENCE: medication_adherence.parse,
    ValueKind.QUANTITY_PER_DAY: quantity_per_day.parse,
    ValueKind.FREQUENCY: frequency.parse,
    ValueKind.IDENTITY: identity.parse,
    ValueKind.QUANTITY: quantity.parse,
    ValueKind.FREE_TEXT: free_text.parse,
}
"""The parser of every kind; each is tried on every utterance."""

_NUMERIC = frozenset(
    {
        ValueKind.BLOOD_PRESSURE,
        ValueKind.GLUCOSE,
        ValueKind.HEART_RATE,
        ValueKind.WEIGHT,
        ValueKind.QUANTITY_PER_DAY,
        ValueKind.QUANTITY,
        ValueKind.FREQUENCY,
        ValueKind.DURATION,
        ValueKind.DATE,
        ValueKind.TIME,
    }
)
"""Kinds whose value is a number or a point in time."""


def parse_all(sentence: Sentence, context: Context) -> tuple[Value, ...]:
    """Every fact in the utterance: the kind asked for first, then in the order said."""
    said = without_edges(sentence)
    values = [
        value
        for kind, parser in PARSERS.items()
        for value in parser(sentence if kind is ValueKind.FREE_TEXT else said, context)
    ]
    values += _given_instead(said, context, values)
    # Of the kind asked for the parser knows best which comes first.
    asked = [value for value in values if value.kind is context.expects]
    others = [value for value in values if value.kind is not context.expects]
    return (*asked, *sorted(others, key=lambda value: value.span))


def _given_instead(sentence: Sentence, context: Context, found: list[Value]) -> list[Value]:
    """The new value in a reply to a read-back: 不对，一百四十五 is a reading."""
    kind = context.value_kind
    if not context.reading_back or kind not in _NUMERIC or any(value.kind is kind for value in found):
        return []
    asked = context.model_copy(update={"expects": kind, "question": ""})
    return PARSERS[kind](sentence, asked)
