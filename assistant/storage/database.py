"""The database: transactions for every part, migrations at start, and the engine for durable work."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from assistant.storage import sqlite, urls
from assistant.storage.migrations import upgrade

_to_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_POSTGRESQL_POOL = {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}


class Database:
    """One SQLite file or one PostgreSQL database, named by a URL (see `assistant.storage.urls`).

    It connects when first used; `migrate` brings an empty or older database up to date.
    """

    def __init__(self, url: str) -> None:
        self.urls = urls.parse(url)
        self._engine = self._asynchronous_engine()
        self._blocking: Engine | None = None
        self._turn = asyncio.Lock()
        self._writing: set[asyncio.Task[Any] | None] = set()

    @property
    def is_sqlite(self) -> bool:
        return self.urls.is_sqlite

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Everything inside is committed together, or nothing where an exception leaves the block.

        SQLite allows one writer: writers of this process queue here, in order, and those of other
        processes wait for the file. A second transaction inside a first one would wait for itself, so
        it is refused: pass the connection on instead.
        """
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("a transaction is already open here: pass its connection on")
        self._writing.add(task)
        try:
            if self.is_sqlite:
                async with self._turn, self._begin("IMMEDIATE") as connection:
                    yield connection
            else:
                async with self._engine.begin() as connection:
                    yield connection
        finally:
            self._writing.discard(task)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for reading: every statement inside sees the same moment. Nothing is saved."""
        async with self._engine.connect() as connection:
            if not self.is_sqlite:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            transaction = await connection.begin()
            try:
                yield connection
            finally:
                await transaction.rollback()

    async def migrate(self) -> None:
        """Create or update the tables; processes that start together wait for the first to finish."""
        engine = self._migration_engine()
        try:
            await asyncio.to_thread(upgrade, engine)
        finally:
            engine.dispose()

    def sync_engine(self) -> Engine:
        """The same database for blocking code (the durable workflow engine); closed by `dispose`."""
        if self._blocking is None:
            self._blocking = self._blocking_engine()
        return self._blocking

    async def dispose(self) -> None:
        """Close all connections. The database may be used again afterwards."""
        await self._engine.dispose()
        if self._blocking is not None:
            await asyncio.to_thread(self._blocking.dispose)
            self._blocking = None

    @asynccontextmanager
    async def _begin(self, kind: str) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            await connection.execution_options(**{sqlite.BEGIN_OPTION: kind})
            async with connection.begin():
                yield connection

    def _asynchronous_engine(self) -> AsyncEngine:
        options: dict[str, Any] = {} if self.is_sqlite else _POSTGRESQL_POOL
        engine = create_async_engine(self.urls.asynchronous, json_serializer=_to_json, **options)
        if self.is_sqlite:
            sqlite.own_transactions(engine.sync_engine, default="DEFERRED")
        return engine

    def _blocking_engine(self) -> Engine:
        """The workflow engine begins its own transactions, so here the driver begins them, IMMEDIATE."""
        if not self.is_sqlite:
            return create_engine(self.urls.blocking, json_serializer=_to_json, **_POSTGRESQL_POOL)
        engine = create_engine(
            self.urls.blocking, json_serializer=_to_json, connect_args={"isolation_level": "IMMEDIATE"}
        )

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, record: Any) -> None:
            sqlite.prepare(connection)

        return engine

    def _migration_engine(self) -> Engine:
        """SQLite rebuilds a table to change it, which foreign keys would forbid; they are off here."""
        engine = create_engine(self.urls.blocking, poolclass=NullPool)
        if self.is_sqlite:
            sqlite.own_transactions(engine, default="IMMEDIATE", foreign_keys=False)
        return engine
