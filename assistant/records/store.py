"""The embedded record service: FHIR R4 resources of each organisation, every version kept, none deleted."""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assistant.records import bundles, operations, queries, reading, resource_rows
from assistant.records.errors import FhirError
from assistant.records.indexing import residents_of
from assistant.records.operations import Operation, Parameters
from assistant.records.reading import Page
from assistant.records.references import Target
from assistant.records.resource_rows import Stored
from assistant.records.validation import validate
from assistant.records.writing import Writer, Written
from assistant.storage import DEFAULT_ORGANIZATION, Database

Audit = Callable[[str, str, str | None], Awaitable[None]]
"""`audit(action, resource, resident_id)`: called once an access has succeeded, before its answer is given.

`action` is read, search, history, create or update; `resource` is `Type/id`, or the type for a search.
"""


async def _unaudited(action: str, resource: str, resident_id: str | None) -> None:
    """For what is not a person's access: seeding, and tests."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _uuid() -> str:
    return str(uuid.uuid4())


class FhirStore:
    """Reads, searches and writes FHIR resources.

    Every method raises `FhirError`, with the HTTP status that fits and issues that say where the fault is,
    and then nothing was stored.
    """

    def __init__(
        self,
        database: Database,
        audit: Audit = _unaudited,
        now: Callable[[], datetime] = _utc_now,
        new_id: Callable[[], str] = _uuid,
    ) -> None:
        self._database = database
        self._audit = audit
        self._now = now
        self._new_id = new_id

    async def read(
        self, resource_type: str, resource_id: str, organization_id: str = DEFAULT_ORGANIZATION
    ) -> Stored:
        """The current version of a resource (404 where there is none)."""
        target = _target(resource_type, resource_id)
        async with self._database.read() as connection:
            stored = await reading.read(connection, organization_id, target)
        await self._audited("read", [stored])
        return stored

    async def missing(
        self, targets: Iterable[Target], organization_id: str = DEFAULT_ORGANIZATION
    ) -> list[Target]:
        """Which of the resources do not exist; nothing of them is read, so nothing is audited."""
        wanted = list(targets)
        async with self._database.read() as connection:
            there = await resource_rows.existing(connection, organization_id, wanted)
        return [target for target in wanted if target not in there]

    async def read_version(
        self, resource_type: str, resource_id: str, version: int, organization_id: str = DEFAULT_ORGANIZATION
    ) -> Stored:
        """One version of a resource (404 where there is none)."""
        target = _target(resource_type, resource_id)
        async with self._database.read() as connection:
            stored = await reading.read_version(connection, organization_id, target, version)
        await self._audited("read", [stored])
        return stored

    async def history(
        self, resource_type: str, resource_id: str, organization_id: str = DEFAULT_ORGANIZATION
    ) -> list[Stored]:
        """Every version of a resource, the newest first (404 where there is none)."""
        target = _target(resource_type, resource_id)
        async with self._database.read() as connection:
            found = await reading.history(connection, organization_id, target)
        await self._audited("history", found[:1])
        return found

    async def search(
        self,
        resource_type: str,
        parameters: Iterable[tuple[str, str]] = (),
        *,
        strict: bool = False,
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> Page:
        """Resources of a type by decoded search parameters, e.g. `[("patient", "resident-1")]`.

        Unknown parameters are left out and named in `page.query.ignored`; where `strict`, refused (400).
        """
        query = queries.parse(operations.check_type(resource_type), parameters, strict)
        async with self._database.read() as connection:
            page = await reading.search(connection, organization_id, query)
        await self._audited_search(page)
        return page

    async def create(
        self,
        resource: dict[str, Any],
        *,
        if_none_exist: Parameters = (),
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> Written:
        """Store a new resource under an id of ours.

        With `if_none_exist` (search parameters): nothing found, it is created (201); one found, that is
        the answer (200, `changed` False); several, 412.
        """
        resource_type = _type_of(resource)
        operation = Operation("POST", resource_type, resource=resource, if_none_exist=if_none_exist)
        return (await self._write([operation], organization_id))[0]

    async def update(
        self,
        resource: dict[str, Any],
        resource_id: str | None = None,
        *,
        condition: Parameters = (),
        if_match: str | None = None,
        if_none_match: str | None = None,
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> Written:
        """Store the next version of a resource, or its first under an id that the client chose.

        `resource_id` None: the resource is the one that matches the `condition`. `if_match` is the ETag
        that the caller has read (412 where it is no longer current); `if_none_match` "*" only creates.
        An update that changes nothing makes no version.
        """
        resource_type = _type_of(resource)
        if resource_id is not None:
            operations.check_id(resource_id, f"{resource_type}.id")
        operation = Operation(
            "PUT",
            resource_type,
            id=resource_id,
            parameters=condition,
            resource=resource,
            if_match=if_match,
            if_none_match=if_none_match,
        )
        return (await self._write([operation], organization_id))[0]

    async def process(
        self,
        bundle: dict[str, Any],
        *,
        representation: bool = False,
        base_url: str = "",
        organization_id: str = DEFAULT_ORGANIZATION,
    ) -> dict[str, Any]:
        """Carry out a transaction (all or nothing, in one database transaction) or a batch (each alone).

        The answer has an entry for each entry, in the same order; with `representation`, the resources as
        stored are in it.
        """
        if bundle.get("type") == "batch":
            return await self._batch(bundle, representation, base_url, organization_id)
        asked = operations.of_bundle(bundle, base_url)
        for operation in asked:
            _validate(operation)
        writes = [operation for operation in asked if operation.method != "GET"]
        reads = [operation for operation in asked if operation.method == "GET"]
        async with self._database.transaction() as connection:
            results = await self._writer(connection, organization_id).write(writes)
            found = [await self._read_in(connection, organization_id, operation) for operation in reads]
        await self._audited_writes(results)
        for pages in found:
            await self._audited_reading(pages)
        answers = iter([bundles.written(result, representation) for result in results])
        read_answers = iter([_reading_answer(result, base_url) for result in found])
        entries = [next(read_answers if operation.method == "GET" else answers) for operation in asked]
        return bundles.answer("transaction", entries)

    async def _batch(
        self, bundle: dict[str, Any], representation: bool, base_url: str, organization_id: str
    ) -> dict[str, Any]:
        answers = []
        for position, entry in enumerate(operations.entries_of(bundle)):
            try:
                operation = operations.of_entry(entry, f"Bundle.entry[{position}]", base_url)
                if operation.method == "GET":
                    async with self._database.read() as connection:
                        result = await self._read_in(connection, organization_id, operation)
                    await self._audited_reading(result)
                    answers.append(_reading_answer(result, base_url))
                else:
                    alone = replace(operation, full_url=None)
                    done = (await self._write([alone], organization_id))[0]
                    answers.append(bundles.written(done, representation))
            except FhirError as error:
                answers.append(bundles.refused(error))
        return bundles.answer("batch", answers)

    async def _write(self, asked: Sequence[Operation], organization_id: str) -> list[Written]:
        for operation in asked:
            _validate(operation)
        async with self._database.transaction() as connection:
            results = await self._writer(connection, organization_id).write(asked)
        await self._audited_writes(results)
        return results

    def _writer(self, connection: Any, organization_id: str) -> Writer:
        return Writer(connection, organization_id, self._now(), self._new_id)

    async def _read_in(
        self, connection: Any, organization_id: str, operation: Operation
    ) -> Stored | Page | list[Stored]:
        """A GET of a Bundle."""
        target = operation.target
        try:
            if target is None:
                query = queries.parse(operation.type, operation.parameters)
                return await reading.search(connection, organization_id, query)
            if operation.history:
                return await reading.history(connection, organization_id, target)
            if operation.version is not None:
                return await reading.read_version(connection, organization_id, target, operation.version)
            return await reading.read(connection, organization_id, target)
        except FhirError as error:
            raise error.inside(f"{operation.path}.request.url") from error

    async def _audited_writes(self, results: Iterable[Written]) -> None:
        for result in results:
            if result.changed:
                await self._audited("create" if result.status == 201 else "update", [result.stored])

    async def _audited_reading(self, result: Stored | Page | list[Stored]) -> None:
        if isinstance(result, Page):
            await self._audited_search(result)
        elif isinstance(result, list):
            await self._audited("history", result[:1])
        else:
            await self._audited("read", [result])

    async def _audited(self, action: str, stored: Iterable[Stored]) -> None:
        for resource in stored:
            for resident_id in _or_nobody(residents_of(resource.content)):
                await self._audit(action, str(resource.target), resident_id)

    async def _audited_search(self, page: Page) -> None:
        """One entry for each resident of whom something was given."""
        given = (
            resident for stored in (*page.found, *page.included) for resident in residents_of(stored.content)
        )
        for resident_id in _or_nobody(given):
            await self._audit("search", page.query.type, resident_id)


def _target(resource_type: str, resource_id: str) -> Target:
    return Target(operations.check_type(resource_type), resource_id)


def _or_nobody(residents: Iterable[str]) -> list[str | None]:
    """Each resident once; None alone where there is none, so that the access itself is noted."""
    return [*dict.fromkeys(residents)] or [None]


def _type_of(resource: dict[str, Any]) -> str:
    """The type as the resource says it; `validate` refuses what is none."""
    return str(resource.get("resourceType"))


def _validate(operation: Operation) -> None:
    if operation.resource is None:
        return
    try:
        validate(operation.resource, operation.type)
    except FhirError as error:
        raise operation.located(error) from error


def _reading_answer(result: Stored | Page | list[Stored], base_url: str) -> dict[str, Any]:
    if isinstance(result, Page):
        return bundles.was_read(bundles.searchset(result, base_url), None)
    if isinstance(result, list):
        return bundles.was_read(bundles.history(result, base_url), None)
    return bundles.was_read(result.content, result)
