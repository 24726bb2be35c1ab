"""Bundles that the service gives: search results, histories, and answers to transactions and batches."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from assistant.records.dates import instant
from assistant.records.errors import FhirError, operation_outcome
from assistant.records.reading import Page
from assistant.records.resource_rows import Stored
from assistant.records.writing import Written

_REASONS = {
    200: "OK",
    201: "Created",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
}


def searchset(page: Page, base_url: str) -> dict[str, Any]:
    """A page of search results, with links to itself, the next and the previous page.

    The self link holds only the parameters that were used; those that were not are named in an
    OperationOutcome among the entries.
    """
    entries = [_found(stored, base_url, "match") for stored in page.found]
    entries += [_found(stored, base_url, "include") for stored in page.included]
    if page.query.ignored:
        outcome = operation_outcome(*(replace(issue, expression=None) for issue in page.query.ignored))
        entries.append({"resource": outcome, "search": {"mode": "outcome"}})
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": page.total,
        "link": _links(page, base_url),
    }
    return bundle | ({"entry": entries} if entries else {})


def history(versions: list[Stored], base_url: str) -> dict[str, Any]:
    """Every version of a resource, the newest first."""
    return {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(versions),
        "entry": [
            {
                "fullUrl": f"{base_url}/{stored.target}",
                "resource": stored.content,
                "request": {
                    "method": stored.method,
                    "url": stored.type if stored.method == "POST" else str(stored.target),
                },
                "response": _response("201 Created" if stored.version == 1 else "200 OK", stored),
            }
            for stored in versions
        ],
    }


def answer(kind: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer to a `transaction` or `batch`, entry by entry in the order of the request."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": f"{kind}-response"}
    return bundle | ({"entry": entries} if entries else {})


def written(result: Written, representation: bool) -> dict[str, Any]:
    """The answer to one create or update in a Bundle."""
    entry: dict[str, Any] = {"response": _response(_status(result.status), result.stored)}
    return entry | ({"resource": result.stored.content} if representation else {})


def was_read(resource: dict[str, Any], stored: Stored | None) -> dict[str, Any]:
    """The answer to one read or search in a Bundle."""
    response = _response("200 OK", stored) if stored else {"status": "200 OK"}
    response.pop("location", None)
    return {"resource": resource, "response": response}


def refused(error: FhirError) -> dict[str, Any]:
    """The answer to one entry of a batch that could not be done."""
    return {"response": {"status": _status(error.status), "outcome": operation_outcome(*error.issues)}}


def _found(stored: Stored, base_url: str, mode: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{base_url}/{stored.target}",
        "resource": stored.content,
        "search": {"mode": mode},
    }


def _links(page: Page, base_url: str) -> list[dict[str, str]]:
    query = page.query
    offsets = {"self": query.offset}
    if page.next_offset is not None:
        offsets["next"] = page.next_offset
    if query.offset > 0:
        offsets["previous"] = max(0, query.offset - query.count)
    links = []
    for relation, offset in offsets.items():
        parameters = [*query.applied, ("_count", str(query.count))]
        if offset:
            parameters.append(("_offset", str(offset)))
        links.append({"relation": relation, "url": f"{base_url}/{query.type}?{urlencode(parameters)}"})
    return links


def _response(status: str, stored: Stored) -> dict[str, Any]:
    return {
        "status": status,
        "location": stored.location,
        "etag": stored.etag,
        "lastModified": instant(stored.last_updated),
    }


def _status(status: int) -> str:
    return f"{status} {_REASONS[status]}"
