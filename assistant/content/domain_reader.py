"""Reads the domain, in the style of Rasa: `intents`, `responses`, `slots` and `session_config`."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from assistant.content.documents import Document, Path, describe, plain
from assistant.content.problems import nearest
from assistant.dialogue.content import Response, SlotSpec, Variation
from assistant.dialogue.meaning import Act

VARIATION_KEYS: Final = ("text", "condition", "channel", "metadata")
METADATA_KEYS: Final = ("interruptible", "medical")
SLOT_KEYS: Final = (
    "type", "label", "options", "ask", "bounds", "read_back", "units", "parts", "if_yes", "if_no",
    "endpointing", "critical",
)  # fmt: skip
INTENT_KEYS: Final = ("act", "examples")
SETTINGS: Final = ("read_back_confidence", "understood_confidence")
CHANNELS: Final = ("spoken", "typed")


def read_intents(document: Document) -> dict[str, Act]:
    """The intents of a document, each with the act it performs. `examples: false` is for the trainer."""
    intents: dict[str, Act] = {}
    acts = [act.value for act in Act]
    for index, item in enumerate(
        document.sequence(("intents",), document.data.get("intents", []), "'intents'")
    ):
        path: Path = ("intents", index)
        named = item if isinstance(item, Mapping) and len(item) == 1 else None
        if named is None:
            document.problem(path, f"an intent is `name: {{act: ...}}`, found {describe(item)}")
            continue
        ((name, given),) = named.items()
        body = document.mapping(path, given, f"intent {name!r}")
        document.known_keys(path, body, INTENT_KEYS, f"intent {name!r}")
        act = body.get("act")
        if act not in acts:
            document.problem(path, f"intent {name!r}: unknown act {act!r}", nearest(str(act), acts))
        elif name in intents:
            document.problem(path, f"intent {name!r} is listed twice")
        else:
            intents[str(name)] = Act(act)
    return intents


def read_responses(document: Document) -> dict[str, Response]:
    """The responses of a document."""
    responses: dict[str, Response] = {}
    for key, given in document.mapping(
        ("responses",), document.data.get("responses", {}), "'responses'"
    ).items():
        path: Path = ("responses", str(key))
        variations: list[Variation] = []
        metadata: dict[str, bool] = {}
        for index, item in enumerate(document.sequence(path, given, f"response {key!r}")):
            body = document.mapping((*path, index), item, "a variation")
            variation = _variation(document, (*path, index), str(key), body)
            metadata |= _metadata(document, (*path, index), body)
            if variation is not None:
                variations.append(variation)
        if variations:
            responses[str(key)] = Response(key=str(key), variations=tuple(variations), **metadata)
        elif not document.problems:
            document.problem(path, f"response {key!r} has no variation")
    return responses


def _variation(document: Document, path: Path, key: str, body: Mapping[str, Any]) -> Variation | None:
    document.known_keys(path, body, VARIATION_KEYS, f"response {key!r}")
    if not str(body.get("text") or "").strip():
        document.problem(path, f"a variation of response {key!r} has no text")
        return None
    channel = body.get("channel")
    if channel not in (None, *CHANNELS):
        document.problem((*path, "channel"), f"channel {channel!r} is neither 'spoken' nor 'typed'")
        return None
    return Variation(text=str(body["text"]).strip(), condition=body.get("condition"), channel=channel)


def _metadata(document: Document, path: Path, body: Mapping[str, Any]) -> dict[str, bool]:
    given = document.mapping((*path, "metadata"), body.get("metadata", {}), "'metadata'")
    document.known_keys((*path, "metadata"), given, METADATA_KEYS, "'metadata'")
    return {str(name): bool(value) for name, value in given.items() if name in METADATA_KEYS}


def read_slots(document: Document, known: Mapping[str, SlotSpec]) -> dict[str, SlotSpec]:
    """The slots of a document; one that a form has already is refined by what is said here."""
    slots: dict[str, SlotSpec] = {}
    for name, given in document.mapping(("slots",), document.data.get("slots", {}), "'slots'").items():
        path: Path = ("slots", str(name))
        body = document.mapping(path, given, f"slot {name!r}")
        document.known_keys(path, body, SLOT_KEYS, f"slot {name!r}")
        base: dict[str, Any] = {"name": str(name), "label": str(name), "ask": f"utter_ask_{name}"}
        if str(name) in known:
            base = known[str(name)].model_dump()
        elif "type" not in body:
            document.problem(path, f"slot {name!r} has no type")
            continue
        refined = {"kind" if key == "type" else key: plain(value) for key, value in body.items()}
        try:
            slots[str(name)] = SlotSpec.model_validate({**base, **refined})
        except ValidationError as error:
            for item in error.errors(include_url=False):
                place = [str(part) for part in item["loc"]]
                at = (*path, "type" if place[:1] == ["kind"] else place[0] if place else "")
                document.problem(at, f"slot {name!r}: {'.'.join(place)}: {item['msg']}")
    return slots


def read_settings(document: Document) -> dict[str, JsonValue]:
    """The dialog's thresholds from `session_config`."""
    given = document.mapping(("session_config",), document.data.get("session_config", {}), "'session_config'")
    settings: dict[str, JsonValue] = {}
    for key, value in given.items():
        if key not in SETTINGS:
            message = f"unknown key {key!r} in 'session_config'"
            document.problem(("session_config", str(key)), message, nearest(str(key), SETTINGS))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            document.problem(("session_config", str(key)), f"{key!r} must be a number from 0 to 1")
        else:
            settings[str(key)] = float(value)
    return settings
