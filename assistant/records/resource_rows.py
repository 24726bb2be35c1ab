"""Stored resources as rows: the current version, every earlier one, and the search index."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.records.dates import instant
from assistant.records.indexing import index
from assistant.records.references import Target
from assistant.records.selection import with_content
from assistant.storage import fhir_index, fhir_resources, fhir_versions

_LOCKS = 512
"""How many locks all identities of an organisation share: enough not to meet, few enough to hold many."""


@dataclass(frozen=True)
class Stored:
    """One version of a resource; `content` is the resource with its id, versionId and lastUpdated."""

    type: str
    id: str
    version: int
    last_updated: datetime
    content: dict[str, Any]
    method: str | None = None

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'

    @property
    def target(self) -> Target:
        return Target(self.type, self.id)

    @property
    def location(self) -> str:
        """Relative to the base URL of the service."""
        return f"{self.type}/{self.id}/_history/{self.version}"


async def lock(connection: AsyncConnection, organization_id: str, identities: Iterable[str]) -> None:
    """Let only one transaction at a time work on each identity (`Patient/1`, `Task?identifier=…`).

    All are taken at once and in one order, so that two transactions never wait for each other. SQLite has
    one writer and needs none.
    """
    if connection.dialect.name != "postgresql":
        return
    keys = sorted({_lock_key(organization_id, identity) for identity in identities})
    if keys:
        await connection.execute(
            text(
                "SELECT pg_advisory_xact_lock(key) FROM "
                "(SELECT unnest(CAST(:keys AS bigint[])) AS key ORDER BY key) AS keys"
            ),
            {"keys": keys},
        )


async def current(
    connection: AsyncConnection, organization_id: str, targets: Iterable[Target]
) -> dict[Target, Stored]:
    """The current versions of those targets that exist."""
    wanted = [(target.type, target.id) for target in dict.fromkeys(targets)]
    if not wanted:
        return {}
    rows = await connection.execute(
        with_content().where(
            fhir_resources.c.organization_id == organization_id,
            tuple_(fhir_resources.c.type, fhir_resources.c.id).in_(wanted),
        )
    )
    return {stored.target: stored for stored in map(of_row, rows)}


async def existing(
    connection: AsyncConnection, organization_id: str, targets: Iterable[Target]
) -> set[Target]:
    """Which of the targets exist."""
    wanted = [(target.type, target.id) for target in dict.fromkeys(targets)]
    if not wanted:
        return set()
    rows = await connection.execute(
        select(fhir_resources.c.type, fhir_resources.c.id).where(
            fhir_resources.c.organization_id == organization_id,
            tuple_(fhir_resources.c.type, fhir_resources.c.id).in_(wanted),
        )
    )
    return {Target(row.type, row.id) for row in rows}


async def versions(connection: AsyncConnection, organization_id: str, target: Target) -> list[Stored]:
    """Every version, the newest first."""
    rows = await connection.execute(
        select(fhir_versions)
        .where(_is(fhir_versions, organization_id, target))
        .order_by(fhir_versions.c.version.desc())
    )
    return [of_row(row) for row in rows]


async def write(
    connection: AsyncConnection,
    organization_id: str,
    target: Target,
    resource: dict[str, Any],
    now: datetime,
    method: str,
) -> Stored:
    """Store the next version of a resource (the first, where there is none) and index it."""
    before = (
        await connection.execute(
            select(fhir_resources.c.version)
            .where(_is(fhir_resources, organization_id, target))
            .with_for_update()
        )
    ).scalar_one_or_none()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    version = (before or 0) + 1
    key = {"organization_id": organization_id, "type": target.type, "id": target.id}
    moving = {"version": version, "last_updated": now}
    if before is None:
        await connection.execute(insert(fhir_resources).values(**key, **moving))
    else:
        await connection.execute(
            update(fhir_resources).where(_is(fhir_resources, organization_id, target)).values(**moving)
        )
    content = _identified(resource, target, version, now)
    await connection.execute(insert(fhir_versions).values(**key, **moving, method=method, content=content))
    await _index(connection, key, content, replace=before is not None)
    return Stored(target.type, target.id, version, now, content, method)


def of_row(row: Row[*tuple[Any, ...]]) -> Stored:
    """A row with the columns type, id, version, last_updated, content and perhaps method."""
    return Stored(row.type, row.id, row.version, row.last_updated, row.content, getattr(row, "method", None))


def same_content(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two resources say the same, whatever their versions."""
    return _without_version(one) == _without_version(other)


def _without_version(resource: dict[str, Any]) -> dict[str, Any]:
    meta = {
        key: value
        for key, value in resource.get("meta", {}).items()
        if key not in ("versionId", "lastUpdated")
    }
    rest = {key: value for key, value in resource.items() if key not in ("meta", "id")}
    return {**rest, "meta": meta}


def _identified(resource: dict[str, Any], target: Target, version: int, now: datetime) -> dict[str, Any]:
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": instant(now)}
    rest = {key: value for key, value in resource.items() if key not in ("resourceType", "id", "meta")}
    return {"resourceType": target.type, "id": target.id, "meta": meta, **rest}


async def _index(
    connection: AsyncConnection, key: dict[str, str], content: dict[str, Any], replace: bool
) -> None:
    if replace:
        target = Target(key["type"], key["id"])
        await connection.execute(delete(fhir_index).where(_is(fhir_index, key["organization_id"], target)))
    rows = [
        {
            **key,
            "parameter": entry.parameter,
            "system": entry.system,
            "value": entry.value,
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
        }
        for entry in index(content)
    ]
    if rows:
        await connection.execute(insert(fhir_index), rows)


def _is(table: Any, organization_id: str, target: Target) -> Any:
    return (
        (table.c.organization_id == organization_id)
        & (table.c.type == target.type)
        & (table.c.id == target.id)
    )


def _lock_key(organization_id: str, identity: str) -> int:
    """Folded into few keys, in a range of its own."""
    digest = hashlib.sha256(f"{organization_id}\0{identity}".encode()).digest()
    return (0x66686972 << 16) + int.from_bytes(digest[:4]) % _LOCKS
