"""A clinic for each test, and a doctor signed in to it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from assistant.storage import Database
from tests.console.clinic import DOCTOR, Clinic, clinic, people


@pytest.fixture(scope="session")
def clinic_database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with the clinic's people: copying it is quicker than writing their charts again."""
    path = tmp_path_factory.mktemp("clinic") / "template.db"
    shutil.copyfile(migrated_sqlite, path)

    async def fill() -> None:
        database = Database(f"sqlite:///{path}")
        await people(database)
        await database.dispose()

    asyncio.run(fill())
    return path


@dataclass(frozen=True)
class Visited:
    """A closed database after one completed follow-up of resident-1, which nobody has looked at yet."""

    path: Path
    visit: str
    at: datetime


@pytest.fixture(scope="session")
def visited_database(clinic_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Visited:
    """Holding the conversation once is quicker than once for each test."""
    path = tmp_path_factory.mktemp("visited") / "template.db"
    shutil.copyfile(clinic_database, path)

    async def hold() -> Visited:
        database = Database(f"sqlite:///{path}")
        held = clinic(database, path.parent)
        visit = await held.follow_up("resident-1")
        await database.dispose()
        return Visited(path, visit, held.clock.at)

    return asyncio.run(hold())


@pytest.fixture
def starting_point(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, datetime | None]:
    """A copy of a prepared database, and its time where the test asks for `visit`.

    The prepared ones are made in event loops of their own, so no coroutine may ask for them.
    """
    path = tmp_path / "clinic.db"
    if "visit" in request.fixturenames:
        visited: Visited = request.getfixturevalue("visited_database")
        shutil.copyfile(visited.path, path)
        return path, visited.at
    shutil.copyfile(request.getfixturevalue("clinic_database"), path)
    return path, None


@pytest.fixture
async def desk(starting_point: tuple[Path, datetime | None], tmp_path: Path) -> AsyncIterator[Clinic]:
    """A clinic of this test alone: with one follow-up behind it where the test asks for `visit`."""
    path, at = starting_point
    database = Database(f"sqlite:///{path}")
    found = clinic(database, tmp_path)
    if at is not None:
        found.clock.at = at
    yield found
    await database.dispose()


@pytest.fixture
def visit(visited_database: Visited) -> str:
    """A completed follow-up of resident-1, in the chart and not yet signed."""
    return visited_database.visit


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
