"""Entity annotations inside a sentence, in Rasa's markup: `[头疼](symptom:头痛)早上开始的`.

Three forms, as Rasa 3 reads them: `[words](entity)` or `[words](entity:value)`, `[words]{"entity": …}`, and
`[words][{"entity": …}, {"entity": …}]` for several entities on the same words.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(
    r"\[(?P<entity_text>[^\]]+?)\]"
    r"(\((?P<entity>[^:)]+?)(?:\:(?P<value>[^)]+))?\)"
    r"|\{(?P<entity_dict>[^}]+?)\}"
    r"|\[(?P<list_entity_dicts>.*?)\])"
)
"""Rasa's own pattern (rasa.shared.nlu.training_data.entities_parser), so that both read the same."""

_KEYS = ("entity", "role", "group", "value")


class AnnotationError(ValueError):
    """The markup of a sentence cannot be read. The message says what is wrong and how it should be."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A named thing in a sentence: `[start, end)` in code points of the text without markup.

    `value` is the standard term; where none is given it is the words themselves. `role` and `group` tell
    entities of one kind apart, as in Rasa.
    """

    entity: str
    start: int
    end: int
    value: str
    role: str | None = None
    group: str | None = None


def parse_markup(marked: str) -> tuple[str, tuple[Annotation, ...]]:
    """The text without markup, and its annotations in order. Raises AnnotationError."""
    parts: list[str] = []
    annotations: list[Annotation] = []
    length = position = 0
    for found in _MARKUP.finditer(marked):
        before = _plain(marked[position : found.start()])
        words = found["entity_text"]
        if "[" in words:
            raise AnnotationError(f"a bracket inside the annotated words {words!r}; write [words](entity)")
        parts += [before, words]
        start, length = length + len(before), length + len(before) + len(words)
        annotations += [_annotation(given, words, start) for given in _given(found)]
        position = found.end()
    parts.append(_plain(marked[position:]))
    return "".join(parts), tuple(annotations)


def write_markup(text: str, annotations: Sequence[Annotation]) -> str:
    """The text with its annotations as markup, the inverse of `parse_markup`.

    Raises AnnotationError where markup cannot say it: overlapping annotations, brackets in the words, or a
    text that would itself be read as markup.
    """
    spans: dict[tuple[int, int], list[Annotation]] = {}
    for annotation in sorted(annotations, key=lambda one: (one.start, one.end)):
        spans.setdefault((annotation.start, annotation.end), []).append(annotation)
    marked, position = "", 0
    for (start, end), here in spans.items():
        if start < position or end <= start or end > len(text):
            raise AnnotationError(f"annotation [{start}, {end}) overlaps another or leaves the text {text!r}")
        marked += text[position:start] + _marked(text[start:end], here)
        position = end
    marked += text[position:]
    if parse_markup(marked)[0] != text:
        raise AnnotationError(f"the text {text!r} contains what would be read as an annotation")
    return marked


def _marked(words: str, annotations: Sequence[Annotation]) -> str:
    if len(annotations) > 1:
        return f"[{words}][{', '.join(_object(one, words) for one in annotations)}]"
    one = annotations[0]
    if one.role or one.group or set(":)") & set(one.entity) or ")" in one.value:
        return f"[{words}]{_object(one, words)}"
    return f"[{words}]({one.entity})" if one.value == words else f"[{words}]({one.entity}:{one.value})"


def _object(one: Annotation, words: str) -> str:
    given = {key: getattr(one, key) for key in _KEYS if getattr(one, key) is not None}
    if one.value == words:
        del given["value"]
    return json.dumps(given, ensure_ascii=False)


def _given(found: re.Match[str]) -> list[dict[str, Any]]:
    """What the markup says of its words: one mapping per entity."""
    if found["entity"]:
        return [{"entity": found["entity"].strip(), "value": found["value"]}]
    source = f"{{{found['entity_dict']}}}" if found["entity_dict"] else f"[{found['list_entity_dicts']}]"
    try:
        data = json.loads(source)
    except ValueError:
        raise AnnotationError(
            f'{source} is not JSON; write {{"entity": "name"}} with double quotes'
        ) from None
    given = data if isinstance(data, list) else [data]
    if not given or not all(isinstance(one, dict) and isinstance(one.get("entity"), str) for one in given):
        raise AnnotationError(f'{source} names no entity; write {{"entity": "name"}}')
    return given


def _annotation(given: dict[str, Any], words: str, start: int) -> Annotation:
    strange = sorted(set(given) - set(_KEYS))
    if strange:
        raise AnnotationError(f"unknown key {strange[0]!r} in an annotation; known are {', '.join(_KEYS)}")
    said = {key: str(value) for key, value in given.items() if value is not None}
    return Annotation(
        entity=said["entity"],
        start=start,
        end=start + len(words),
        value=said.get("value", words),
        role=said.get("role"),
        group=said.get("group"),
    )


def _plain(text: str) -> str:
    """The text between annotations. Brackets there must be in pairs and must not look like an annotation."""
    depth = 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if depth not in (0, 1):
            break
    if depth:
        raise AnnotationError(f"a bracket without its partner in {text!r}; an annotation is [words](entity)")
    if re.search(r"\][({]", text):
        raise AnnotationError(f"an annotation that cannot be read in {text!r}; write [words](entity)")
    return text
