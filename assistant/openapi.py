"""The OpenAPI document: what clients rely on, with errors as they are really answered."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.channels.problems import MEDIA_TYPE, Problem

FHIR_TYPE = "application/fhir+json"
RASA_PATHS = ("/model/", "/webhooks/")
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def document(app: FastAPI) -> dict[str, Any]:
    """The document of the application's routes."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    made["info"]["x-server-version"] = server_version()
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"bearer": []}]
    for path, operation in _operations(made):
        _describe_errors(path, operation["responses"])
    made["paths"]["/healthz"]["get"]["security"] = []
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return made


def server_version() -> str:
    """The version of the installed package; `0` when it runs from a folder that was never installed."""
    try:
        return version("health-centre-assistant")
    except PackageNotFoundError:
        return "0"


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in made["paths"].items():
        yield from ((path, operation) for method, operation in item.items() if method in _METHODS)


def _describe_errors(path: str, responses: dict[str, Any]) -> None:
    """FastAPI documents its own validation errors; here they are problems, Rasa's, or OperationOutcomes."""
    if path.startswith("/fhir"):
        responses.pop("422", None)
        responses["default"] = {"description": "OperationOutcome", "content": {FHIR_TYPE: {"schema": {}}}}
        for response in responses.values():
            response["content"] = {FHIR_TYPE: {"schema": {}}}
    elif path.startswith(RASA_PATHS):
        responses.pop("422", None)
        responses["default"] = {
            "description": "Rasa's error",
            "content": {"application/json": {"schema": {}}},
        }
    elif "422" in responses:
        schema = {"$ref": "#/components/schemas/Problem"}
        responses["422"] = {"description": "Invalid request", "content": {MEDIA_TYPE: {"schema": schema}}}
