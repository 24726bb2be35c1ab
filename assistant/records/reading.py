"""Reading and searching, on an open connection."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.records import resource_rows, selection
from assistant.records.errors import refuse
from assistant.records.operations import Parameters
from assistant.records.queries import Include, Query, parse
from assistant.records.references import Target, local_target
from assistant.records.resource_rows import Stored


@dataclass(frozen=True)
class Page:
    """A page of search results: what matched, of how many, and what was asked to be brought along."""

    query: Query
    total: int
    found: tuple[Stored, ...] = ()
    included: tuple[Stored, ...] = ()

    @property
    def next_offset(self) -> int | None:
        end = self.query.offset + len(self.found)
        return end if self.found and end < self.total else None


async def read(connection: AsyncConnection, organization_id: str, target: Target) -> Stored:
    """The current version. FhirError 404 where there is none."""
    found = await resource_rows.current(connection, organization_id, [target])
    if target not in found:
        raise refuse(404, "not-found", f"there is no {target}")
    return found[target]


async def read_version(
    connection: AsyncConnection, organization_id: str, target: Target, version: int
) -> Stored:
    """One version. FhirError 404 where there is none."""
    for stored in await resource_rows.versions(connection, organization_id, target):
        if stored.version == version:
            return stored
    raise refuse(404, "not-found", f"there is no such version of {target}")


async def history(connection: AsyncConnection, organization_id: str, target: Target) -> list[Stored]:
    """Every version, the newest first. FhirError 404 where there is none."""
    found = await resource_rows.versions(connection, organization_id, target)
    if not found:
        raise refuse(404, "not-found", f"there is no {target}")
    return found


async def search(connection: AsyncConnection, organization_id: str, query: Query) -> Page:
    """One page of what matches, with the resources to include."""
    total = (await connection.execute(selection.total(query, organization_id))).scalar_one()
    if query.count == 0 or query.offset >= total:
        return Page(query, total)
    rows = await connection.execute(selection.page(query, organization_id))
    found = tuple(map(resource_rows.of_row, rows))
    return Page(query, total, found, await _included(connection, organization_id, query.includes, found))


async def matching(
    connection: AsyncConnection, organization_id: str, resource_type: str, parameters: Parameters
) -> list[Stored]:
    """Up to two resources that match the condition of a create, an update or a reference.

    FhirError 412 where a parameter is not known: a condition is never widened by leaving a part out.
    """
    query = parse(resource_type, parameters)
    if query.ignored or not query.conditions:
        names = ", ".join(str(issue.expression) for issue in query.ignored) or "none given"
        raise refuse(412, "not-supported", f"the condition's search parameters are not usable: {names}")
    condition = Query(resource_type, query.conditions, count=2)
    rows = await connection.execute(selection.page(condition, organization_id))
    return [resource_rows.of_row(row) for row in rows]


async def _included(
    connection: AsyncConnection, organization_id: str, includes: Iterable[Include], found: tuple[Stored, ...]
) -> tuple[Stored, ...]:
    wanted: dict[Target, None] = {}
    for include in includes:
        wanted.update(dict.fromkeys(await _linked(connection, organization_id, include, found)))
    for stored in found:
        wanted.pop(stored.target, None)
    return tuple((await resource_rows.current(connection, organization_id, wanted)).values())


async def _linked(
    connection: AsyncConnection, organization_id: str, include: Include, found: tuple[Stored, ...]
) -> list[Target]:
    if include.reversed:
        names = [str(stored.target) for stored in found]
        ids = await connection.execute(selection.referring(include, names, organization_id))
        return [Target(include.source, str(name)) for name in ids.scalars()]
    ids_of_source = [stored.id for stored in found if stored.type == include.source]
    values = await connection.execute(selection.referred(include, ids_of_source, organization_id))
    targets = [local_target(value) for value in values.scalars() if value is not None]
    return [target for target in targets if target is not None]
