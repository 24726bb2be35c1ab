"""Examples as JSON lines: `{"text", "intent", "act"?, "entities"?: [{"entity", "start", "end", "value"?}]}`.

Other keys are left alone, since public data sets carry identifiers of their own.
"""

import json
from collections.abc import Iterator
from typing import Any

from assistant.dialogue.meaning import Act
from assistant.understanding.data.annotations import Annotation
from assistant.understanding.data.example import Example, Problem


def parse_json_lines(file: str, text: str) -> tuple[list[Example], list[Problem]]:
    """The examples of a file, and every line that is none. Empty lines are passed over."""
    examples: list[Example] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        source = f"{file}:{number}"
        try:
            examples.append(_example(line, source))
        except ValueError as error:
            problems.append(Problem(source, str(error)))
    return examples, problems


def _example(line: str, source: str) -> Example:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}; write one object a line") from None
    if not isinstance(given, dict):
        raise ValueError('not an object; write {"text": "…", "intent": "…"}')
    text, intent = (_words(given, key) for key in ("text", "intent"))
    act = given.get("act")
    if act is not None and act not in set(Act):
        raise ValueError(f"'act' {act!r} must be one of {', '.join(Act)}")
    entities = given.get("entities") or []
    if not isinstance(entities, list):
        raise ValueError("'entities' must be a list of {entity, start, end}")
    return Example(text, intent, tuple(_annotations(entities, text)), act, source)


def _words(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is missing or empty; it must be a string")
    return value if key == "text" else value.strip()


def _annotations(entities: list[Any], text: str) -> Iterator[Annotation]:
    for given in entities:
        if not isinstance(given, dict) or not isinstance(given.get("entity"), str):
            raise ValueError(f"entity {given!r} needs a name under 'entity'")
        start, end = given.get("start"), given.get("end")
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            raise ValueError(
                f"entity {given['entity']!r}: [{start}, {end}) is no part of the text, "
                f"which has {len(text)} code points; end is exclusive"
            )
        value, role, group = (given.get(key) for key in ("value", "role", "group"))
        yield Annotation(
            given["entity"],
            start,
            end,
            text[start:end] if value is None else str(value),
            role if role is None else str(role),
            group if group is None else str(group),
        )
