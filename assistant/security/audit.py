"""The audit log: who did what to whose data. Rows are only ever added."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.security.access import Principal
from assistant.storage import DEFAULT_ORGANIZATION, Database
from assistant.storage import audit as audit_table

SYSTEM = "assistant"
"""The actor when nobody asked: a conversation, a delivery, a timer."""

acting: ContextVar[Principal | None] = ContextVar("acting", default=None)
"""Who makes the request that is being answered; set by the guards."""


async def audit(
    connection: AsyncConnection,
    *,
    action: str,
    resource: str,
    at: datetime,
    resident_id: str | None = None,
    organization_id: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add a row in the caller's transaction. `detail` holds names and counts, never values."""
    principal = acting.get()
    of_principal = principal.organization_id if principal else DEFAULT_ORGANIZATION
    await connection.execute(
        insert(audit_table).values(
            organization_id=organization_id or of_principal,
            actor=principal.id if principal else SYSTEM,
            action=action,
            resource=resource,
            resident_id=resident_id,
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
            detail=detail,
            at=at,
        )
    )


def auditor(
    database: Database, now: Callable[[], datetime]
) -> Callable[[str, str, str | None], Awaitable[None]]:
    """What the record service tells of each access: `(action, resource, resident id or None)`."""

    async def note(action: str, resource: str, resident_id: str | None) -> None:
        async with database.transaction() as connection:
            await audit(connection, action=action, resource=resource, at=now(), resident_id=resident_id)

    return note
