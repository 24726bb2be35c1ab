"""Whether a resource may be stored: FHIR's structure and required codes, and the rules for measurements.

The model of a type is loaded when its first resource comes in.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.records import dates, documents, vital_signs
from assistant.records.errors import FhirError, Issue, refuse
from assistant.records.references import local_target
from assistant.records.search_parameters import STORED_TYPES

_CODES = Path(__file__).with_name("required_codes.json")
_JSON_NAMES = {bool: "true or false", str: "a text", dict: "an object", list: "a list"}
MAX_ISSUES = 30


def validate(resource: dict[str, Any], expected_type: str | None = None) -> None:
    """FhirError 400 where it is no resource of the expected, stored type; 422 with every fault found."""
    found = resource.get("resourceType")
    if not isinstance(found, str):
        raise refuse(400, "structure", "the resource has no resourceType", "Resource.resourceType")
    if expected_type is not None and found != expected_type:
        raise refuse(400, "invalid", f"this is a {found}, not a {expected_type}", f"{found}.resourceType")
    if found not in STORED_TYPES:
        raise refuse(422, "not-supported", f"{found} is not stored here", f"{found}.resourceType")
    issues = documents.empty_or_unstorable(resource) or list(_structure(resource))
    if issues:
        raise FhirError(422, *issues[:MAX_ISSUES])


def _structure(resource: dict[str, Any]) -> Iterator[Issue]:
    """Later checks rely on the structure, so they run only where it is right."""
    try:
        model = model_of(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            yield _issue(resource["resourceType"], detail)
        return
    read = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    differences = list(_differences(resource, read, resource["resourceType"]))
    yield from differences
    if not differences:
        yield from _elements(model, resource["resourceType"])
        yield from _invariants(resource, resource["resourceType"])
        if resource["resourceType"] == "Observation":
            yield from vital_signs.check(resource)


@cache
def model_of(resource_type: str) -> type[BaseModel]:
    """The model of a stored type: FHIR R4B, which for these types is R4."""
    module = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    model: type[BaseModel] = getattr(module, resource_type)
    return model


@cache
def _required_codes() -> dict[str, dict[str, Any]]:
    types: dict[str, dict[str, Any]] = json.loads(_CODES.read_text(encoding="utf-8"))["types"]
    return types


def _issue(resource_type: str, detail: Any) -> Issue:
    """One fault that the model found, in the words of FHIR rather than of Python."""
    path, kind = resource_type, detail["type"]
    for step in detail["loc"]:
        if step != "root" or kind != "model_validation_format":
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
    match kind:
        case "missing":
            return Issue("required", "this element is required", path)
        case "extra_forbidden":
            return Issue("structure", "there is no such element", path)
        case "model_validation_format" | "json_invalid":
            return Issue("value", "must be an object", path)
        case _:
            return Issue("value", detail["msg"].removeprefix("Value error, "), path)


def _differences(sent: Any, read: Any, path: str) -> Iterator[Issue]:
    """Where the model read something else than was sent: "5" as a number, a Python name as an element's."""
    if isinstance(sent, dict) and isinstance(read, dict):
        for key in sent.keys() - read.keys():
            yield Issue("structure", "there is no such element", f"{path}.{key}")
        for key in sent.keys() & read.keys():
            yield from _differences(sent[key], read[key], f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for position, (one, other) in enumerate(zip(sent, read, strict=True)):
            yield from _differences(one, other, f"{path}[{position}]")
    elif _json_name(sent) != _json_name(read):
        yield Issue("value", f"must be {_json_name(read)}, not {_json_name(sent)}", path)


def _json_name(value: Any) -> str:
    return _JSON_NAMES.get(type(value), "null" if value is None else "a number")


def _elements(model: BaseModel, path: str) -> Iterator[Issue]:
    """Required codes and the types that references may point at, in this element and all inside it."""
    codes = _required_codes().get(model.__resource_type__, {})  # type: ignore[attr-defined]
    for name in model.model_fields_set:
        field = type(model).model_fields.get(name)
        if field is None:
            continue
        element = field.alias or name
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        value = getattr(model, name)
        items = value if isinstance(value, list) else [value]
        for position, item in enumerate(items):
            place = f"{path}.{element}[{position}]" if isinstance(value, list) else f"{path}.{element}"
            if element in codes and item is not None:
                yield from _coded(item, codes[element], place)
            if isinstance(item, BaseModel):
                yield from _target(item, extra.get("enum_reference_types"), place)
                yield from _elements(item, place)


def _coded(item: Any, allowed: list[str] | dict[str, list[str]], path: str) -> Iterator[Issue]:
    if isinstance(allowed, list):
        if item not in allowed:
            shown = ", ".join(allowed) if len(allowed) <= 20 else "those of FHIR R4"
            yield Issue("code-invalid", f"this code is not one of: {shown}", path)
    elif not any(coding.code in allowed.get(coding.system or "", ()) for coding in item.coding or ()):
        codes = "; ".join(f"{system}: {', '.join(values)}" for system, values in allowed.items())
        yield Issue("code-invalid", f"none of the codings is one of: {codes}", path)


def _target(item: BaseModel, allowed: Any, path: str) -> Iterator[Issue]:
    reference = getattr(item, "reference", None)
    if not allowed or "Resource" in allowed or not isinstance(reference, str):
        return
    target = local_target(reference)
    if target is not None and target.type not in allowed:
        text = f"must refer to {' or '.join(allowed)}, not to {target.type}"
        yield Issue("value", text, f"{path}.reference")


def _invariants(resource: dict[str, Any], path: str) -> Iterator[Issue]:
    """Rules of FHIR across elements: per-1, obs-6, ref-1."""
    contained = {f"#{item.get('id')}" for item in resource.get("contained", ())} | {"#"}
    if "dataAbsentReason" in resource and any(key.startswith("value") for key in resource):
        yield Issue("invariant", "a value and the reason why there is none exclude each other", path)
    yield from _inner_invariants(resource, path, contained)


def _inner_invariants(value: Any, path: str, contained: set[str]) -> Iterator[Issue]:
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _inner_invariants(item, f"{path}[{position}]", contained)
    elif isinstance(value, dict):
        start, end = value.get("start"), value.get("end")
        if isinstance(start, str) and isinstance(end, str) and _backwards(start, end):
            yield Issue("invariant", "the period ends before it starts", path)
        reference = value.get("reference")
        if isinstance(reference, str) and reference.startswith("#") and reference not in contained:
            yield Issue("invariant", f"nothing is contained under {reference}", f"{path}.reference")
        for key, item in value.items():
            yield from _inner_invariants(item, f"{path}.{key}", contained)


def _backwards(start: str, end: str) -> bool:
    try:
        return dates.interval(start).start >= dates.interval(end).end
    except ValueError:
        return False
