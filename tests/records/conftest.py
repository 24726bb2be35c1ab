"""A store on an empty, migrated database, with a clock and ids that a test can foretell."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Header, HTTPException
from httpx import ASGITransport, AsyncClient
from ruamel.yaml import YAML
from sqlalchemy import insert

from assistant.records import FhirStore, router
from assistant.storage import Database, organizations

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Ticking:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self._ticks = count()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=next(self._ticks))


def numbered() -> Callable[[], str]:
    """Ids id-1, id-2, …"""
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


class Trail(list[tuple[str, str, str | None]]):
    """An audit hook that keeps what it was told."""

    async def __call__(self, action: str, resource: str, resident_id: str | None) -> None:
        self.append((action, resource, resident_id))


@pytest.fixture
def trail() -> Trail:
    return Trail()


@pytest.fixture
def store(database: Database, trail: Trail) -> FhirStore:
    """A store on each kind of database."""
    return FhirStore(database, audit=trail, now=Ticking(), new_id=numbered())


@pytest.fixture
async def client(sqlite_database: Database, trail: Trail) -> AsyncIterator[AsyncClient]:
    """The service over HTTP, for organisation `default`, or the one named in the header Organization."""

    async def access(organization: str = Header("default")) -> SimpleNamespace:
        if organization == "stranger":
            raise HTTPException(401, "sign in first", {"WWW-Authenticate": "Bearer"})
        return SimpleNamespace(organization_id=organization)

    async with sqlite_database.transaction() as connection:
        await connection.execute(insert(organizations).values(id="other", name="别的中心", phone=""))
    app = FastAPI()
    app.include_router(router(FhirStore(sqlite_database, trail, Ticking(), numbered()), access))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://centre") as client:
        yield client


def table(name: str) -> Any:
    """The cases in a YAML file beside the tests."""
    return YAML(typ="safe").load((Path(__file__).parent / name).read_text(encoding="utf-8"))


def patient(resource_id: str = "resident-1", **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": resource_id, "name": [{"text": "王秀英"}], **elements}


def task(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "status": "requested", "intent": "order", **elements}


def identified(value: str, system: str = "urn:calls") -> list[dict[str, str]]:
    return [{"system": system, "value": value}]


def entry(
    resource: dict[str, Any] | None, method: str = "POST", url: str | None = None, **more: Any
) -> dict[str, Any]:
    """An entry of a transaction or batch; `full_url` is its fullUrl, the rest goes into the request."""
    full_url = more.pop("full_url", None)
    where = url or (resource["resourceType"] if resource else "")
    made: dict[str, Any] = {"request": {"method": method, "url": where, **more}}
    if resource is not None:
        made["resource"] = resource
    if full_url is not None:
        made["fullUrl"] = full_url
    return made


def bundle(*entries: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
