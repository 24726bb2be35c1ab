"""What the service can do, in FHIR's own terms, made from what it does."""

from datetime import datetime
from typing import Any

from assistant.records.dates import instant
from assistant.records.search_parameters import STORED_TYPES, Kind, SearchParameter, parameters_of


def capability_statement(base_url: str, started: datetime) -> dict[str, Any]:
    """The CapabilityStatement of a service at `base_url`, running since `started`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(started),
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "software": {"name": "assistant"},
        "implementation": {"description": "Embedded record service", "url": base_url},
        "rest": [
            {
                "mode": "server",
                "documentation": (
                    "Unknown search parameters are ignored and named in an OperationOutcome among the "
                    "results; Prefer: handling=strict refuses them. Nothing is ever deleted."
                ),
                "resource": [_resource(resource_type) for resource_type in STORED_TYPES],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(resource_type: str) -> dict[str, Any]:
    parameters = parameters_of(resource_type).values()
    references = sorted(parameter.name for parameter in parameters if parameter.kind is Kind.REFERENCE)
    interactions = ("read", "vread", "update", "history-instance", "create", "search-type")
    resource: dict[str, Any] = {
        "type": resource_type,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "enforced", "local"],
        "searchParam": [
            {"name": "_id", "type": "token"},
            {"name": "_lastUpdated", "type": "date"},
            *({"name": parameter.name, "type": _type(parameter)} for parameter in parameters),
        ],
    }
    if references:
        resource["searchInclude"] = [f"{resource_type}:{name}" for name in references]
    return resource


def _type(parameter: SearchParameter) -> str:
    return "reference" if parameter.kind is Kind.CANONICAL else parameter.kind.value
