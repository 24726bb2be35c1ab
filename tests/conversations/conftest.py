"""A workplace for each test, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.storage import Database
from tests.conversations.workplace import NotedWork, Workplace


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    """A host whose later work is noted, not done."""
    return Workplace(database, tmp_path, NotedWork(database, tmp_path))


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated database on SQLite only, where the kind of database makes no difference."""
    database = Database(sqlite_url)
    yield database
    await database.dispose()
