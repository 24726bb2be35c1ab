"""Names that the chart entries go by: systems, deterministic identifiers, and the URLs derived from them."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Resource = dict[str, Any]
"""A FHIR R4 resource, or a part of one, in JSON types."""

PROJECT = "urn:health-centre-assistant"
ENTRIES = f"{PROJECT}:chart-entry"
"""System of the identifiers of chart entries: `<conversation>/<form>/<part>`."""
DEVICES = f"{PROJECT}:device"
FORMS = f"{PROJECT}:form"
TASKS = f"{PROJECT}:task"
"""System of the task codes."""
CONCLUSIONS = f"{PROJECT}:conclusion"
"""System of what a task for review carries: class, next step, reasons."""

_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/|")


def extension(name: str, **value: Any) -> Resource:
    """One of our own extensions, with its `value…` or its `extension` list."""
    return {"url": f"{PROJECT}:extension:{name}", **value}


def entry_identifier(conversation_id: str, form: str, part: str) -> Resource:
    """The identifier of one part of what a conversation leaves in the chart; the same every time."""
    return {"system": ENTRIES, "value": f"{conversation_id}/{form}/{part}"}


def full_url(identifier: Mapping[str, str]) -> str:
    """The `urn:uuid:` under which the other entries of a Bundle refer to this one."""
    return f"urn:uuid:{stable_id(identifier)}"


def stable_id(identifier: Mapping[str, str]) -> str:
    """A UUID made from the identifier alone."""
    return str(uuid5(NAMESPACE_URL, f"{identifier['system']}|{identifier['value']}"))


def search_for(identifier: Mapping[str, str]) -> str:
    """The query that finds the identifier, as `ifNoneExist` takes it."""
    return f"identifier={_encoded(identifier['system'])}|{_encoded(identifier['value'])}"


def part_of(resource: Mapping[str, Any]) -> str | None:
    """The part that an entry of ours stands for, None for any other resource."""
    given = resource.get("identifier")
    for identifier in given if isinstance(given, list) else [given]:
        if isinstance(identifier, Mapping) and identifier.get("system") == ENTRIES:
            return str(identifier.get("value")).split("/", 2)[-1]
    return None


def _encoded(text: str) -> str:
    return "".join(
        char if char in _SAFE else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text
    )
