"""Tables, migrations and the one way to the database.

Every part writes its own queries with SQLAlchemy Core on the tables exported here.
"""

from assistant.storage.alert_tables import alerts
from assistant.storage.audit_tables import audit
from assistant.storage.call_tables import calls, recordings
from assistant.storage.columns import DEFAULT_ORGANIZATION, metadata
from assistant.storage.conversation_tables import (
    chats,
    content_versions,
    conversations,
    effects,
    events,
    inputs,
)
from assistant.storage.database import Database
from assistant.storage.fhir_tables import fhir_index, fhir_resources, fhir_versions
from assistant.storage.organization_tables import organizations, residents, staff
from assistant.storage.urls import DatabaseUrlError

__all__ = [
    "DEFAULT_ORGANIZATION",
    "Database",
    "DatabaseUrlError",
    "alerts",
    "audit",
    "calls",
    "chats",
    "content_versions",
    "conversations",
    "effects",
    "events",
    "fhir_index",
    "fhir_resources",
    "fhir_versions",
    "inputs",
    "metadata",
    "organizations",
    "recordings",
    "residents",
    "staff",
]
