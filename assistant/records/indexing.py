"""What a resource can be found by: its values for each search parameter of its type."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.records import dates
from assistant.records.references import local_target
from assistant.records.search_parameters import Kind, SearchParameter, parameters_of


@dataclass(frozen=True)
class IndexEntry:
    """One row of the search index, see `assistant.storage.fhir_tables`."""

    parameter: str
    system: str | None = None
    value: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def index(resource: dict[str, Any]) -> list[IndexEntry]:
    """Every searchable value of a valid resource, without repetition."""
    entries: dict[IndexEntry, None] = {}
    for parameter in parameters_of(resource["resourceType"]).values():
        for path in parameter.paths:
            for value in values_at(resource, path):
                entries.update(dict.fromkeys(_entries(parameter, value)))
    return list(entries)


def residents_of(resource: dict[str, Any]) -> list[str]:
    """Ids of the patients whose data the resource holds, in order of mention."""
    if resource["resourceType"] == "Patient":
        return [resource["id"]]
    parameter = parameters_of(resource["resourceType"]).get("patient")
    if parameter is None:
        return []
    targets = (
        local_target(value.get("reference", ""))
        for path in parameter.paths
        for value in values_at(resource, path)
        if isinstance(value, dict)
    )
    return list(dict.fromkeys(target.id for target in targets if target and target.type == "Patient"))


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Every value at a dotted path, through lists."""
    head, _, rest = path.partition(".")
    for item in value if isinstance(value, list) else [value]:
        found = item.get(head) if isinstance(item, dict) else None
        if found is None:
            continue
        if rest:
            yield from values_at(found, rest)
        elif isinstance(found, list):
            yield from found
        else:
            yield found


def _entries(parameter: SearchParameter, value: Any) -> Iterator[IndexEntry]:
    match parameter.kind:
        case Kind.TOKEN:
            yield from _tokens(parameter.name, value)
        case Kind.REFERENCE:
            yield from _reference(parameter, value)
        case Kind.CANONICAL:
            yield IndexEntry(parameter.name, value=value)
            if "|" in value:
                yield IndexEntry(parameter.name, value=value.partition("|")[0])
        case Kind.DATE:
            yield from _date(parameter.name, value)
        case Kind.STRING:
            yield IndexEntry(parameter.name, value=str(value).casefold())
        case Kind.URI:
            yield IndexEntry(parameter.name, value=value)


def _tokens(name: str, value: Any) -> Iterator[IndexEntry]:
    """A CodeableConcept gives each of its codings; an Identifier or Coding one; a bare value itself."""
    if isinstance(value, bool):
        yield IndexEntry(name, value="true" if value else "false")
    elif isinstance(value, str):
        yield IndexEntry(name, value=value)
    elif isinstance(value, dict):
        for coding in value.get("coding", ()):
            yield from _tokens(name, coding)
        code = value.get("code", value.get("value"))
        if code is not None:
            yield IndexEntry(name, value.get("system"), code)


def _reference(parameter: SearchParameter, value: Any) -> Iterator[IndexEntry]:
    reference = value.get("reference", "") if isinstance(value, dict) else ""
    if not reference or reference.startswith("#"):
        return
    target = local_target(reference)
    if parameter.target and (target is None or target.type != parameter.target):
        return
    yield IndexEntry(parameter.name, value=str(target) if target else reference)


def _date(name: str, value: Any) -> Iterator[IndexEntry]:
    if isinstance(value, str):
        found = dates.interval(value)
    elif isinstance(value, dict) and ("start" in value or "end" in value):
        found = dates.period(value.get("start"), value.get("end"))
    else:
        return
    yield IndexEntry(name, starts_at=found.start, ends_at=found.end)
