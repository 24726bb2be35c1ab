"""A clinic for each test, and a doctor signed in to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assistant.storage import Database
from tests.console.clinic import DOCTOR, Clinic, clinic


@pytest.fixture
async def desk(sqlite_database: Database, tmp_path: Path) -> Clinic:
    return await clinic(sqlite_database, tmp_path)


@pytest.fixture
async def stranger(desk: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    transport = httpx.ASGITransport(app=desk.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic") as client:
        yield client


@pytest.fixture
async def doctor(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same browser with a doctor signed in."""
    answer = await stranger.post("/console/sign-in", data={"token": DOCTOR})
    assert answer.status_code == 303
    return stranger
