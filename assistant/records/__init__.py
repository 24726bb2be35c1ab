"""The embedded record service: a FHIR R4 store over the tables of `assistant.storage`."""

from assistant.records.centre import keep_centre
from assistant.records.errors import FhirError, Issue, operation_outcome
from assistant.records.reading import Page
from assistant.records.references import Target
from assistant.records.resource_rows import Stored
from assistant.records.router import Access, router
from assistant.records.store import Audit, FhirStore
from assistant.records.validation import validate
from assistant.records.writing import Written

__all__ = [
    "Access",
    "Audit",
    "FhirError",
    "FhirStore",
    "Issue",
    "Page",
    "Stored",
    "Target",
    "Written",
    "keep_centre",
    "operation_outcome",
    "router",
    "validate",
]
