"""The migrations make exactly the tables that the code knows, both ways, and once."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from assistant.storage import Database, metadata
from assistant.storage.migrations import downgrade, upgrade
from tests.throwaway_postgresql import Cluster


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(Database(database_url).urls.blocking, poolclass=NullPool)
    yield engine
    engine.dispose()


def test_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_table_belongs_to_an_organization(engine: Engine) -> None:
    inspector = inspect(engine)
    for name in set(inspector.get_table_names()) - {"organizations", "alembic_version"}:
        columns = {column["name"]: column for column in inspector.get_columns(name)}
        assert not columns["organization_id"]["nullable"], name


def test_down_to_nothing_and_up_again(database_url: str, engine: Engine) -> None:
    migrating = Database(database_url)._migration_engine()
    downgrade(migrating)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(migrating)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    migrating.dispose()


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await database.migrate()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT id FROM organizations"))).scalars().all() == ["default"]


def migrate_in_process(url: str) -> None:
    import asyncio

    asyncio.run(Database(url).migrate())


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.empty_database() as url:
        yield url


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    processes = [
        multiprocessing.get_context("spawn").Process(target=migrate_in_process, args=(empty_url,))
        for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    engine = create_engine(Database(empty_url).urls.blocking, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM organizations")).scalar_one() == 1
    engine.dispose()


def test_a_failing_migration_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    def half(config: object, revision: str) -> None:
        config.attributes["connection"].execute(text("CREATE TABLE half (id INTEGER)"))  # type: ignore[attr-defined]
        raise RuntimeError("interrupted")

    monkeypatch.setattr(command, "upgrade", half)
    engine = Database(empty_url)._migration_engine()
    with pytest.raises(RuntimeError, match="interrupted"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
