"""Fixtures for every test: a migrated database of its own, on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.storage import Database
from tests import fhir_validator
from tests.throwaway_postgresql import Cluster, missing


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, closed SQLite file: copying it is quicker than migrating again."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"

    async def migrate() -> None:
        database = Database(f"sqlite:///{path}")
        await database.migrate()
        await database.dispose()

    asyncio.run(migrate())
    return path


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test process, started by the first test that needs it."""
    if reason := missing():
        pytest.skip(reason)
    with Cluster.running() as cluster:
        yield cluster


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database that belongs to this test alone."""
    path = tmp_path / "test.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database that belongs to this test alone, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.database() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.dispose()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated SQLite database, for tests of parts that do not care which database it is."""
    database = Database(sqlite_url)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def fhir_problems() -> Callable[[Iterable[dict[str, Any]]], list[str]]:
    """What an independent validator says is wrong with FHIR resources: see `tests.fhir_validator`."""
    try:
        fhir_validator.install()
    except fhir_validator.NotInstalled as reason:
        pytest.skip(str(reason))
    return fhir_validator.problems
