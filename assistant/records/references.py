"""References between resources: finding them, and rewriting the temporary ones of a Bundle."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.records.search_parameters import STORED_TYPES

_LOCAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")
_RESTFUL = re.compile(r"(?P<base>[a-z]+://.+)/(?P<relative>[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})")
_NARRATIVE_LINK = re.compile(
    r"""(?P<before>\b(?:href|src)\s*=\s*(?P<quote>["']))(?P<link>[^"']*)(?P=quote)"""
)

LINK_ELEMENTS = frozenset(
    {
        "reference",
        "uri",
        "url",
        "valueUri",
        "valueUrl",
        "valueOid",
        "valueUuid",
        "valueCanonical",
        "answerUri",
        "policy",
        "questionnaire",
        "instantiatesUri",
        "instantiatesCanonical",
    }
)
"""Elements of type uri, url, oid, uuid, canonical and Reference.reference that may point at an entry.

`Identifier.value` and free text are not among them, even where they look like a `urn:uuid:`.
"""


@dataclass(frozen=True)
class Target:
    """A resource of this service: `Patient/resident-1`."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


def local_target(reference: str) -> Target | None:
    """What a relative reference, with or without version, points at; None where it is of no stored type."""
    found = _LOCAL.fullmatch(reference)
    if found is None or found["type"] not in STORED_TYPES:
        return None
    return Target(found["type"], found["id"])


def base_and_relative(full_url: str) -> tuple[str, str] | None:
    """`http://host/fhir/Patient/1` as its base and `Patient/1`; None for a `urn:uuid:` and the like.

    Inside an entry with such a fullUrl, relative references are to entries with the same base.
    """
    found = _RESTFUL.fullmatch(full_url)
    return (found["base"], found["relative"]) if found else None


def rewrite(value: Any, targets: Mapping[str, str]) -> Any:
    """A copy in which every link that is a key of `targets` is its value, wherever it stands.

    Looks through contained resources, extensions and the links of the narrative; a `#fragment` or
    `|version` after the link stays.
    """
    return _rewritten(value, "", lambda link: _replaced(link, targets)) if targets else value


def references(resource: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every `Reference.reference` with its FHIRPath, `path` being that of the resource."""
    if isinstance(resource, dict):
        for key, item in resource.items():
            if key == "reference" and isinstance(item, str):
                yield f"{path}.reference", item
            else:
                yield from references(item, f"{path}.{key}")
    elif isinstance(resource, list):
        for position, item in enumerate(resource):
            yield from references(item, f"{path}[{position}]")


def _replaced(link: str, targets: Mapping[str, str]) -> str:
    if link in targets:
        return targets[link]
    for mark in ("#", "|"):
        base, found, rest = link.partition(mark)
        if found and base in targets:
            return f"{targets[base]}{mark}{rest}"
    return link


def _rewritten(value: Any, element: str, replaced: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _rewritten(item, key, replaced) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item, element, replaced) for item in value]
    if not isinstance(value, str):
        return value
    if element in LINK_ELEMENTS:
        return replaced(value)
    if element == "div":
        return _NARRATIVE_LINK.sub(
            lambda found: f"{found['before']}{replaced(found['link'])}{found['quote']}", value
        )
    return value
