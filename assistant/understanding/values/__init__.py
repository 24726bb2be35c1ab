"""Value parsers, one module per kind. Each has `parse(sentence, context) -> list[Value]`."""

from collections.abc import Callable

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import blood_pressure, free_text, identity, symptoms, yes_no

Parser = Callable[[Sentence, Context], list[Value]]

PARSERS: dict[ValueKind, Parser] = {
    ValueKind.IDENTITY: identity.parse,
    ValueKind.YES_NO: yes_no.parse,
    ValueKind.BLOOD_PRESSURE: blood_pressure.parse,
    ValueKind.SYMPTOMS: symptoms.parse,
    ValueKind.FREE_TEXT: free_text.parse,
}
"""The parser of every kind; each is tried on every utterance."""


def parse_all(sentence: Sentence, context: Context) -> tuple[Value, ...]:
    """Every fact in the utterance: the kind asked for first, then in the order said."""
    values = [value for parser in PARSERS.values() for value in parser(sentence, context)]
    return tuple(sorted(values, key=lambda value: (value.kind is not context.expects, value.span)))
