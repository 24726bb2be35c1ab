"""What the pages need of the record service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Resource = dict[str, Any]
"""A FHIR R4 resource as JSON."""


class VersionConflict(Exception):
    """Somebody else has changed the resource since it was read."""


@dataclass(frozen=True)
class Found:
    """One page of a search: what matched, of how many, and what was asked to be brought along."""

    matched: tuple[Resource, ...] = ()
    total: int = 0
    included: tuple[Resource, ...] = ()


class Charts(Protocol):
    """The charts of one organisation: embedded here, or an external FHIR server."""

    async def search(self, organization_id: str, type_: str, parameters: Sequence[tuple[str, str]]) -> Found:
        """One page of what matches, with what `_include` and `_revinclude` bring along."""
        ...

    async def history(self, organization_id: str, type_: str, id_: str) -> list[Resource]:
        """Every version of one resource, newest first; empty when there is none."""
        ...

    async def transaction(self, organization_id: str, bundle: Resource) -> Resource:
        """Applies a transaction Bundle, all or nothing. Raises VersionConflict when an If-Match fails."""
        ...
