"""The stored FHIR resources of the embedded record service, every version kept, and their search index."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Named, Table, TypedColumns

from assistant.storage.columns import Json, JsonObject, RowId, Timestamp, metadata


class OfOrganization(TypedColumns):
    """Resource ids are an organisation's own, so it is the first part of every key."""

    organization_id: Named[str] = Column(ForeignKey("organizations.id"), primary_key=True)


def _of_resource() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "type", "id"],
        ["fhir_resources.organization_id", "fhir_resources.type", "fhir_resources.id"],
    )


class FhirResourceColumns(OfOrganization):
    """The current version of each resource."""

    type: Named[str] = Column(primary_key=True)
    id: Named[str] = Column(primary_key=True)
    version: Named[int]
    last_updated: Named[datetime] = Column(Timestamp)


class FhirVersionColumns(OfOrganization):
    """Each version as it is given out; `method` is the HTTP method that made it (POST or PUT)."""

    type: Named[str] = Column(primary_key=True)
    id: Named[str] = Column(primary_key=True)
    version: Named[int] = Column(primary_key=True, autoincrement=False)
    last_updated: Named[datetime] = Column(Timestamp)
    method: Named[str]
    content: Named[JsonObject] = Column(Json)


class FhirIndexColumns(TypedColumns):
    """One searchable value of a current resource: which columns are used depends on the parameter's kind.

    token: `system`, `value`; reference: `value` is `Type/id` or a URL; string: `value` lower-cased;
    date: the half-open interval from `starts_at` to `ends_at`.
    """

    row: Named[int] = Column(RowId, primary_key=True)
    organization_id: Named[str] = Column(ForeignKey("organizations.id"))
    type: Named[str]
    id: Named[str]
    parameter: Named[str]
    system: Named[str | None]
    value: Named[str | None]
    starts_at: Named[datetime | None] = Column(Timestamp)
    ends_at: Named[datetime | None] = Column(Timestamp)


fhir_resources = Table("fhir_resources", metadata, FhirResourceColumns)
fhir_versions = Table("fhir_versions", metadata, FhirVersionColumns, _of_resource())
fhir_index = Table("fhir_index", metadata, FhirIndexColumns, _of_resource())

Index(None, fhir_resources.c.organization_id, fhir_resources.c.type, fhir_resources.c.last_updated)
Index(None, fhir_index.c.organization_id, fhir_index.c.type, fhir_index.c.id)
Index(None, fhir_index.c.organization_id, fhir_index.c.type, fhir_index.c.parameter, fhir_index.c.value)
Index(None, fhir_index.c.organization_id, fhir_index.c.type, fhir_index.c.parameter, fhir_index.c.starts_at)
