"""What a client asks for, one interaction at a time: alone, or as an entry of a Bundle."""

import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from assistant.records.errors import FhirError, refuse
from assistant.records.references import Target
from assistant.records.search_parameters import STORED_TYPES

MAX_ENTRIES = 500
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_REQUEST_ELEMENTS = frozenset(
    {"id", "extension", "method", "url", "ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist"}
)
_ENTRY_ELEMENTS = frozenset({"id", "extension", "link", "fullUrl", "resource", "request"})

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Operation:
    """One interaction.

    `path` is where it stands in a Bundle (empty: alone). `id` and `version` name an instance; with neither,
    a GET searches by `parameters` and a PUT is conditional on them. `history` asks for all versions.
    `if_none_exist` are the search parameters of a conditional create.
    """

    method: Literal["GET", "POST", "PUT"]
    type: str
    path: str = ""
    id: str | None = None
    version: int | None = None
    history: bool = False
    parameters: Parameters = ()
    resource: dict[str, Any] | None = None
    full_url: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    if_none_exist: Parameters = ()

    @property
    def target(self) -> Target | None:
        return Target(self.type, self.id) if self.id is not None else None

    def located(self, error: FhirError) -> FhirError:
        """The error, said of this entry's resource."""
        return error.inside(f"{self.path}.resource") if self.path else error


def of_bundle(bundle: dict[str, Any], base_url: str = "") -> list[Operation]:
    """The entries of a transaction or batch, in order. FhirError 400, 404 or 405 where one makes no sense."""
    entries = entries_of(bundle)
    return [of_entry(entry, f"Bundle.entry[{position}]", base_url) for position, entry in enumerate(entries)]


def entries_of(bundle: dict[str, Any]) -> list[Any]:
    """The entries, not yet looked at. FhirError 400 where this is no transaction or batch."""
    if bundle.get("resourceType") != "Bundle":
        raise refuse(400, "invalid", "a Bundle is expected here", "Bundle.resourceType")
    if bundle.get("type") not in ("transaction", "batch"):
        raise refuse(400, "invalid", "the Bundle must be a transaction or a batch", "Bundle.type")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise refuse(400, "structure", "the entries must be a list", "Bundle.entry")
    if len(entries) > MAX_ENTRIES:
        raise refuse(
            413, "too-costly", f"more than {MAX_ENTRIES} entries: send several Bundles", "Bundle.entry"
        )
    return entries


def of_entry(entry: Any, path: str, base_url: str = "") -> Operation:
    """One entry of a Bundle."""
    if not isinstance(entry, dict):
        raise refuse(400, "structure", "an entry must be an object", path)
    _only(entry, _ENTRY_ELEMENTS, path)
    request = entry.get("request")
    if not isinstance(request, dict):
        raise refuse(400, "required", "an entry needs its request", f"{path}.request")
    _only(request, _REQUEST_ELEMENTS, f"{path}.request")
    for element, value in request.items():
        if element not in ("id", "extension") and not isinstance(value, str):
            raise refuse(400, "structure", "must be a text", f"{path}.request.{element}")
    for element in ("method", "url"):
        if not request.get(element):
            raise refuse(400, "required", "this element is required", f"{path}.request.{element}")
    full_url = entry.get("fullUrl")
    if full_url is not None and (not isinstance(full_url, str) or not full_url):
        raise refuse(400, "structure", "must be a URL", f"{path}.fullUrl")
    return _operation(request, entry.get("resource"), full_url, path, base_url)


def parse_parameters(query: str) -> Parameters:
    """The decoded name-value pairs of a query string."""
    return tuple(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


def check_id(text: str, expression: str) -> str:
    """A FHIR id. FhirError 400 where it is none."""
    if _ID.fullmatch(text) is None:
        raise refuse(400, "value", "an id is 1 to 64 letters, digits, hyphens and dots", expression)
    return text


def check_type(resource_type: str, expression: str | None = None) -> str:
    """A stored type. FhirError 404 where it is none."""
    if resource_type not in STORED_TYPES:
        raise refuse(
            404, "not-supported", f"{resource_type} is not a resource type of this service", expression
        )
    return resource_type


def _operation(
    request: dict[str, Any], resource: Any, full_url: str | None, path: str, base_url: str
) -> Operation:
    method, url = request["method"], request["url"]
    if method not in ("GET", "POST", "PUT"):
        text = f"{method} is not offered: the chart keeps what was written"
        raise refuse(405, "not-supported", text, f"{path}.request.method")
    if method != "GET" and not isinstance(resource, dict):
        raise refuse(400, "required", "this entry needs its resource", f"{path}.resource")
    where, _, query = url.removeprefix(base_url).lstrip("/").partition("?")
    steps = where.split("/")
    resource_type = check_type(steps[0], f"{path}.request.url")
    return Operation(
        method,
        resource_type,
        path,
        **_instance(method, steps[1:], f"{path}.request.url"),
        parameters=parse_parameters(query),
        resource=resource if method != "GET" else None,
        full_url=full_url,
        if_match=request.get("ifMatch"),
        if_none_match=request.get("ifNoneMatch"),
        if_none_exist=parse_parameters(request.get("ifNoneExist", "")),
    )


def _instance(method: str, steps: list[str], expression: str) -> dict[str, Any]:
    """What follows the type: nothing, an id, an id and its history, an id and a version."""
    found: dict[str, Any] = {}
    match steps:
        case []:
            pass
        case [instance] if method != "POST":
            found = {"id": check_id(instance, expression)}
        case [instance, "_history"] if method == "GET":
            found = {"id": check_id(instance, expression), "history": True}
        case [instance, "_history", version] if method == "GET":
            found = {"id": check_id(instance, expression), "version": version_number(version)}
        case _:
            raise refuse(400, "invalid", f"{method} of this URL is not understood", expression)
    return found


def version_number(text: str) -> int:
    """A version id of this service; 0, which never exists, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _only(element: dict[str, Any], known: frozenset[str], path: str) -> None:
    """A misspelt `ifNoneExist` would silently store twice."""
    for name in element.keys() - known:
        raise refuse(400, "structure", "there is no such element in a request", f"{path}.{name}")
