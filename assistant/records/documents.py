"""JSON as it comes in: parsed strictly, so that what is stored is what was sent."""

import json
import math
import re
from typing import Any, NoReturn

from assistant.records.errors import FhirError, Issue, refuse

MAX_DEPTH = 40
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in a request body. FhirError 400 where it is not one."""
    try:
        document = json.loads(
            body.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise refuse(400, "structure", "the body is not UTF-8") from error
    except RecursionError as error:
        raise refuse(400, "structure", f"the body is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise refuse(400, "structure", f"the body is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise refuse(400, "structure", "the body must be a JSON object: a FHIR resource")
    return document


def empty_or_unstorable(resource: dict[str, Any]) -> list[Issue]:
    """What FHIR's JSON does not allow: empty objects, lists and strings, null, and text no database holds."""
    issues: list[Issue] = []
    _inspect(resource, str(resource.get("resourceType", "Resource")), issues, 0, False)
    return issues


def _inspect(value: Any, path: str, issues: list[Issue], depth: int, null_allowed: bool) -> None:
    if depth > MAX_DEPTH:
        issues.append(Issue("structure", f"nested deeper than {MAX_DEPTH} levels", path))
    elif isinstance(value, dict):
        if not value:
            issues.append(Issue("structure", "an object must not be empty: leave the element out", path))
        for key, item in value.items():
            if _UNSTORABLE.search(key):
                issues.append(Issue("structure", "an element's name holds a NUL or a lone surrogate", path))
            _inspect(item, f"{path}.{key}", issues, depth + 1, False)
    elif isinstance(value, list):
        if not value:
            issues.append(Issue("structure", "a list must not be empty: leave the element out", path))
        for position, item in enumerate(value):
            _inspect(item, f"{path}[{position}]", issues, depth + 1, True)
    elif reason := _refused_scalar(value, null_allowed):
        issues.append(Issue("structure", reason, path))


def _refused_scalar(value: Any, null_allowed: bool) -> str | None:
    """Null is allowed only inside lists, where it keeps the place of an extension."""
    if value is None and not null_allowed:
        return "null is not allowed: leave the element out"
    if value == "" and isinstance(value, str):
        return "a text must not be empty: leave the element out"
    if isinstance(value, str) and _UNSTORABLE.search(value):
        return "the text holds a NUL or a lone surrogate, which cannot be stored"
    if isinstance(value, float) and not math.isfinite(value):
        return "the number is too large"
    return None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise FhirError(400, Issue("structure", f"the element {key!r} stands twice in one object"))
            seen.add(key)
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
