"""The charts of the embedded record service, for the pages."""

from collections.abc import Sequence

from assistant.console.ports import Found, Resource, VersionConflict
from assistant.records import FhirError, FhirStore

_CONFLICTS = frozenset({409, 412})


class EmbeddedCharts:
    """Implements `assistant.console.ports.Charts` on the FHIR store of the same process."""

    def __init__(self, store: FhirStore) -> None:
        self._store = store

    async def search(self, organization_id: str, type_: str, parameters: Sequence[tuple[str, str]]) -> Found:
        """One page of what matches, with what was asked to be brought along."""
        page = await self._store.search(type_, parameters, strict=True, organization_id=organization_id)
        return Found(
            matched=tuple(stored.content for stored in page.found),
            total=page.total,
            included=tuple(stored.content for stored in page.included),
        )

    async def history(self, organization_id: str, type_: str, id_: str) -> list[Resource]:
        """Every version, newest first; empty when there is none."""
        try:
            return [stored.content for stored in await self._store.history(type_, id_, organization_id)]
        except FhirError as error:
            if error.status == 404:
                return []
            raise

    async def transaction(self, organization_id: str, bundle: Resource) -> Resource:
        """Applies the Bundle. Raises VersionConflict when an If-Match fails."""
        try:
            return await self._store.process(bundle, organization_id=organization_id)
        except FhirError as error:
            if error.status in _CONFLICTS:
                raise VersionConflict(str(error)) from error
            raise
