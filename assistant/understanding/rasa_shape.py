"""The body of `/model/parse`: Rasa's parse shape, with our values, act and danger signs beside it."""

from typing import Any

from assistant.dialogue.meaning import Entity, Meaning, Value
from assistant.understanding.tokens import token_spans


def parse_response(meaning: Meaning) -> dict[str, Any]:
    """`meaning` as JSON: Rasa 3.6's keys, then `values`, `act`, `emergency` and `red_flags`.

    Spans are [start, end) in code points of the text. Of a value's flags only those that are set appear.
    """
    return {
        "text": meaning.text,
        "intent": {"name": meaning.intent.name, "confidence": meaning.intent.confidence},
        "entities": [_entity(entity) for entity in meaning.entities],
        "text_tokens": [list(span) for span in token_spans(meaning.text)],
        "intent_ranking": [
            {"name": intent.name, "confidence": intent.confidence} for intent in meaning.intent_ranking
        ],
        "values": [_value(value) for value in meaning.values],
        "act": meaning.act.value,
        "emergency": meaning.emergency,
        "red_flags": [flag.model_dump(mode="json") for flag in meaning.red_flags],
    }


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "entity": entity.entity,
        "start": entity.start,
        "end": entity.end,
        "confidence_entity": entity.confidence,
        "value": entity.value,
        "extractor": entity.extractor,
    }


def _value(value: Value) -> dict[str, Any]:
    flags = {
        name: True
        for name, is_set in (
            ("approx", value.approx),
            ("lunar", value.lunar),
            ("needs_confirmation", value.needs_confirmation),
        )
        if is_set
    }
    return {"kind": value.kind.value, "value": value.value, **flags, "span": list(value.span)}
