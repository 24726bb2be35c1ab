"""Every look at a resident's data, and every change, leaves a row in the audit table."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from assistant.console.desk import desk
from assistant.console.users import User
from assistant.storage import audit


async def note(
    connection: AsyncConnection,
    request: Request,
    user: User,
    action: str,
    resource: str,
    resident_id: str | None = None,
    **detail: Any,
) -> None:
    """Adds the row in the caller's transaction. `detail` holds names of fields and counts, never values."""
    await connection.execute(
        insert(audit).values(
            organization_id=user.organization_id,
            actor=user.id,
            action=action,
            resource=resource,
            resident_id=resident_id,
            request_id=getattr(request.state, "request_id", None),
            detail=detail or None,
            at=desk(request).now(),
        )
    )
