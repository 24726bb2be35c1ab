"""Chooses the wording of a response and fills it in. Deterministic, so that a replay says the same."""

import re
from collections.abc import Mapping
from zlib import crc32

from assistant.dialogue.conditions import evaluate, holds
from assistant.dialogue.content import Content, Response, SlotSpec, Variation
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.view import View
from assistant.dialogue.wording import day, describe, number

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def chosen(response: Response, conversation: Conversation, view: View) -> Variation | None:
    """The variation to say: a condition that holds goes before none, then one for this channel before one for
    all; None when nothing fits."""
    wanted = "spoken" if conversation.spoken else "typed"
    fitting = [v for v in response.variations if v.channel in (None, wanted)]
    conditional = [v for v in fitting if v.condition is not None and holds(v.condition, view)]
    eligible = conditional[:1] or [v for v in fitting if v.condition is None]
    eligible = [v for v in eligible if v.channel is not None] or eligible
    if not eligible:
        return None
    return eligible[crc32(f"{conversation.id}/{conversation.turn}/{response.key}".encode()) % len(eligible)]


def fill(text: str, view: View, slots: Mapping[str, SlotSpec]) -> str:
    """The text with each `{expression}` replaced by its value in words."""
    return PLACEHOLDER.sub(lambda match: _worded(match.group(1).strip(), view, slots), text)


def _worded(expression: str, view: View, slots: Mapping[str, SlotSpec]) -> str:
    value = evaluate(expression, view)
    if value is None:
        return ""
    name = expression.removeprefix("slots.")
    if expression.startswith("slots.") and name in slots:
        return describe(slots[name].kind, value, slots[name].options)
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return day(value)
    return number(value)


def render(key: str, conversation: Conversation, view: View, content: Content) -> tuple[str, Response] | None:
    """The words of the response under the key, or None when no variation fits."""
    response = content.responses[key]
    variation = chosen(response, conversation, view)
    if variation is None:
        return None
    return fill(variation.text, view, content.slots), response
