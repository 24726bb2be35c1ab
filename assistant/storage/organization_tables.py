"""Who works here and whom they care for."""

from datetime import datetime

from sqlalchemy import Column, Index, Named, Table, TypedColumns, true

from assistant.storage.columns import Tenanted, Timestamp, metadata


class OrganizationColumns(TypedColumns):
    """A centre: the tenant that everything else belongs to."""

    id: Named[str] = Column(primary_key=True)
    name: Named[str]
    phone: Named[str]


class StaffColumns(Tenanted):
    """A person who signs in. `role` is one of the roles of the security part."""

    id: Named[str] = Column(primary_key=True)
    name: Named[str]
    role: Named[str]
    active: Named[bool] = Column(default=True, server_default=true())


class ResidentColumns(Tenanted):
    """What calls need to know about a resident beyond the chart. `id` is FHIR `Patient.id`.

    `do_not_call_since` and `deceased_reported_at` stop every call; `do_not_call_source` says where the
    wish was stated (a conversation id, a staff id). `recording_consent` is None until asked.
    """

    id: Named[str] = Column(primary_key=True)
    do_not_call_since: Named[datetime | None] = Column(Timestamp)
    do_not_call_source: Named[str | None]
    deceased_reported_at: Named[datetime | None] = Column(Timestamp)
    recording_consent: Named[bool | None]
    updated_at: Named[datetime] = Column(Timestamp)


organizations = Table("organizations", metadata, OrganizationColumns)
staff = Table("staff", metadata, StaffColumns)
residents = Table("residents", metadata, ResidentColumns)

Index(None, staff.c.organization_id)
Index(None, residents.c.organization_id)
