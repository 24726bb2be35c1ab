"""Who looked at or changed what."""

from datetime import datetime

from sqlalchemy import Column, Index, Named, Table

from assistant.storage.columns import Json, JsonObject, RowId, Tenanted, Timestamp, metadata


class AuditColumns(Tenanted):
    """One access. Append-only: the database refuses UPDATE and DELETE.

    `actor` is a staff id or a part of the system, `resource` what was touched (`Patient/resident-1`,
    `conversation/…`), `resident_id` whose data it is. `detail` holds no personal data.
    """

    id: Named[int] = Column(RowId, primary_key=True)
    actor: Named[str]
    action: Named[str]
    resource: Named[str]
    resident_id: Named[str | None]
    request_id: Named[str | None]
    detail: Named[JsonObject | None] = Column(Json)
    at: Named[datetime] = Column(Timestamp)


audit = Table("audit", metadata, AuditColumns)

Index(None, audit.c.organization_id, audit.c.at)
Index(None, audit.c.resident_id, audit.c.at)
