"""A value that was read back and is said again: the same, or another one in spite of a 对."""

from collections.abc import Sequence

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence, prepare
from assistant.understanding.values import PARSERS

_MEASURED = frozenset(
    {ValueKind.BLOOD_PRESSURE, ValueKind.GLUCOSE, ValueKind.HEART_RATE, ValueKind.WEIGHT, ValueKind.QUANTITY}
)


def contradicted(sentence: Sentence, context: Context, values: Sequence[Value]) -> bool:
    """Whether a measured value in the answer differs from the one that the question read back."""
    if not context.reading_back:
        return False
    for value in values:
        if value.kind in _MEASURED and value.value is not None:
            read = _read(value.kind, sentence, context)
            if read is not None and _differ(value.value, read):
                return True
    return False


def _read(kind: ValueKind, sentence: Sentence, context: Context) -> JsonValue:
    """The value of `kind` that the question names."""
    plain = context.model_copy(update={"expects": kind, "question": "", "reading_back": False})
    found = PARSERS[kind](prepare(context.question, plain, sentence.lexicon), plain)
    return found[0].value if found else None


def _differ(told: JsonValue, read: JsonValue) -> bool:
    if not isinstance(told, dict) or not isinstance(read, dict):
        return told != read
    return any(value is not None and read.get(key) not in (None, value) for key, value in told.items())


def reconcile(sentence: Sentence, context: Context, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """`values`, where a yes beside another value than the one read back is a no (对, 低压是八十)."""
    if not contradicted(sentence, context, values):
        return values
    return tuple(
        value.model_copy(update={"value": False}) if value.kind is ValueKind.YES_NO else value
        for value in values
    )
